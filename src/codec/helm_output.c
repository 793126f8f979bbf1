/* SPDX-License-Identifier: Apache-2.0 */
/* See helm_output.h. */
#include "codec/helm_output.h"

#include "base/map.h"
#include "base/vec.h"

struct document {
        size_t part; /* by its index */
        struct cm_sv text;
};

struct splitting {
        struct cm_arena *arena;
        struct cm_map by_name; /* name -> index of the part, from 1 */
        CM_VEC(struct cm_helm_part) parts;
        CM_VEC(size_t) sizes;
        CM_VEC(struct document) documents;
};

/* At column 0 only a document begins so: what is in a text of several lines is indented. */
static bool is_marker(struct cm_sv line)
{
        return cm_sv_has_prefix(line, CM_SV("---")) && cm_sv_trim(cm_sv_skip(line, 3)).len == 0;
}

/* "# Source: CHART/templates/x.yaml" */
static bool is_source(struct cm_sv line, struct cm_sv *ret)
{
        struct cm_sv mark = CM_SV("# Source: ");
        struct cm_sv chart;
        if (!cm_sv_has_prefix(line, mark))
                return false;
        *ret = cm_sv_trim(cm_sv_skip(line, mark.len));
        struct cm_sv whole = *ret;
        if (!cm_sv_cut(whole, '/', &chart, ret))
                *ret = whole;
        return ret->len > 0;
}

static int add(struct splitting *s, struct cm_sv name, struct cm_sv text, struct cm_err *err)
{
        if (cm_sv_trim(text).len == 0)
                return 0;
        size_t index = (size_t)(uintptr_t)cm_map_get(&s->by_name, name);
        if (index == 0) {
                if (s->parts.count == CM_HELM_PARTS_MAX)
                        return CM_RAISE(err, CM_E_LIMIT, "there are more than %d templates",
                                        CM_HELM_PARTS_MAX);
                CM_VEC_PUSH(s->arena, &s->parts)->name = name;
                CM_VEC_PUSH(s->arena, &s->sizes);
                index = s->parts.count;
                cm_map_put(&s->by_name, name, (void *)(uintptr_t)index);
        }
        s->sizes.items[index - 1] += text.len + 5;
        *CM_VEC_PUSH(s->arena, &s->documents) = (struct document){ index - 1, text };
        return 0;
}

static void put(struct cm_helm_part *part, char *room, struct cm_sv text)
{
        if (text.len > 0)
                memcpy(room + part->text.len, text.ptr, text.len);
        part->text.len += text.len;
}

/* One pass over the documents, whatever their order. */
static void gather(struct splitting *s)
{
        char **rooms = CM_NEW_ARRAY(s->arena, char *, s->parts.count);
        for (size_t i = 0; i < s->parts.count; i++) {
                rooms[i] = cm_arena_alloc(s->arena, s->sizes.items[i], 1);
                s->parts.items[i].text = cm_sv_make(rooms[i], 0);
        }
        for (size_t i = 0; i < s->documents.count; i++) {
                const struct document *d = &s->documents.items[i];
                struct cm_helm_part *part = &s->parts.items[d->part];
                if (part->text.len > 0)
                        put(part, rooms[d->part], CM_SV("---\n"));
                put(part, rooms[d->part], d->text);
                if (part->text.ptr[part->text.len - 1] != '\n')
                        put(part, rooms[d->part], CM_SV("\n"));
        }
}

int cm_helm_output_split(struct cm_arena *arena, struct cm_sv text, const struct cm_helm_part **ret,
                         size_t *ret_count, struct cm_err *err)
{
        struct splitting s = { .arena = arena };
        struct cm_sv rest = text;
        struct cm_sv line;
        struct cm_sv name = CM_SV("");
        size_t begin = 0; /* of the document, as an offset */
        size_t at = 0;    /* of the line */
        cm_map_init(&s.by_name, arena);
        int r = 0;
        while (r == 0 && cm_sv_next_line(&rest, &line)) {
                struct cm_sv ahead = rest;
                struct cm_sv source;
                if (is_marker(line)) {
                        r = add(&s, name, cm_sv_slice(text, begin, at), err);
                        /* A document without the comment is of the template before. */
                        if (cm_sv_next_line(&ahead, &line) && is_source(line, &source)) {
                                name = source;
                                rest = ahead;
                        }
                        begin = text.len - rest.len;
                }
                at = text.len - rest.len;
        }
        if (r == 0)
                r = add(&s, name, cm_sv_slice(text, begin, text.len), err);
        if (r < 0)
                return r;
        gather(&s);
        *ret = s.parts.items;
        *ret_count = s.parts.count;
        return 0;
}
