/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fixes in YAML and JSON, see fix.h. Each document of a stream is changed as a text of its own, because
 * every edit reads what it changes twice. In it first what sets and adds is made; then what removes, from
 * the back, because the numbers of later items change with it. A fix is made whole or not at all. In the
 * end the whole text is read: it must have the documents that were made, and the others unchanged.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "check/fix_internal.h"
#include "codec/pointer.h"

/* A text that changes step by step: the one before lies in one arena, the one after in the other. */
struct bench {
        struct cm_arena *arenas[2];
        struct cm_arena *kept; /* the text before a fix of several edits */
        unsigned turn;
        size_t work_bytes; /* that edits have read */
};

static void bench_fini(struct bench *b)
{
        cm_arena_free(b->arenas[0]);
        cm_arena_free(b->arenas[1]);
        cm_arena_free(b->kept);
}

struct job {
        struct cm_check_fixes *fixes;
        const struct cm_check_fix_group *group;
        enum cm_node_yaml_schema schema;
        struct bench *bench;
        bool is_alone; /* the text is that of the group's document, and of no other */
        struct cm_sv text;
};

static int make(struct job *j, const struct cm_text_edit *edit, struct cm_err *err)
{
        struct bench *b = j->bench;
        struct cm_arena *arena = b->arenas[b->turn ^ 1];
        struct cm_text_edit own = *edit;
        struct cm_sv changed;
        if (j->is_alone)
                own.document = 0;
        if (b->work_bytes > CM_CHECK_FIX_WORK_BYTES_MAX)
                return CM_RAISE(err, CM_E_LIMIT, "edits have read check_fix_work_bytes_max (%zu)",
                                CM_CHECK_FIX_WORK_BYTES_MAX);
        b->work_bytes += j->text.len;
        cm_arena_reset(arena);
        int r = cm_text_edit(arena, j->text, j->schema, &own, &changed, err);
        if (r == 0 && changed.ptr != j->text.ptr) {
                j->text = changed;
                b->turn ^= 1;
        }
        return r;
}

static void put_all(struct job *j, size_t number)
{
        struct cm_check_fix *fix = j->group->items[number];
        cm_arena_reset(j->bench->kept);
        struct cm_sv before = fix->edits.count > 1 ? cm_sv_dup(j->bench->kept, j->text) : j->text;
        for (size_t i = 0; i < fix->edits.count; i++) {
                struct cm_err err = CM_ERR_INIT;
                const struct cm_text_edit *edit = &fix->edits.items[i];
                if (edit->value == NULL || cm_check_fix_is_made(j->group, number, edit))
                        continue;
                if (make(j, edit, &err) == 0)
                        continue;
                cm_check_fix_refuse(j->fixes, fix, cm_sv_from_cstr(err.text));
                if (j->text.ptr != before.ptr && fix->edits.count > 1)
                        j->text = cm_sv_dup(j->bench->arenas[j->bench->turn], before);
                return;
        }
}

struct removal {
        const struct cm_text_edit *edit;
};

/* Later places first, what is within one before it; numbers in pointers by value. */
static int from_the_back(const void *a, const void *b)
{
        const struct removal *x = a;
        const struct removal *y = b;
        struct cm_sv p = x->edit->pointer;
        struct cm_sv q = y->edit->pointer;
        struct cm_sv s = CM_SV("");
        struct cm_sv t = CM_SV("");
        while (cm_sv_next_field(&p, '/', &s) && cm_sv_next_field(&q, '/', &t)) {
                bool numbers = s.len > 0 && t.len > 0 && cm_is_digit(s.ptr[0]) &&
                               cm_is_digit(t.ptr[0]) && s.len != t.len;
                int c = numbers ? (s.len < t.len ? -1 : 1) : cm_sv_cmp(s, t);
                if (c != 0)
                        return -c;
        }
        size_t x_len = x->edit->pointer.len;
        size_t y_len = y->edit->pointer.len;
        return x_len == y_len ? 0 : x_len > y_len ? -1 : 1;
}

/* Returns: one of them sets or adds, too, which was made already. */
static bool refuse_all_with(struct job *j, const struct cm_text_edit *edit, struct cm_sv why)
{
        bool is_half_made = false;
        for (size_t i = 0; i < j->group->count; i++) {
                struct cm_check_fix *fix = j->group->items[i];
                bool has_it = false;
                bool puts = false;
                for (size_t k = 0; k < fix->edits.count && !fix->is_refused; k++) {
                        has_it = has_it || cm_check_fix_is_same_edit(&fix->edits.items[k], edit);
                        puts = puts || fix->edits.items[k].value != NULL;
                }
                if (has_it)
                        cm_check_fix_refuse(j->fixes, fix, why);
                is_half_made = is_half_made || (has_it && puts);
        }
        return is_half_made;
}

/* Returns: a fix was refused after a part of it had been made. */
static bool remove_all(struct job *j)
{
        CM_VEC(struct removal) removals = { 0 };
        bool is_half_made = false;
        for (size_t i = 0; i < j->group->count; i++) {
                struct cm_check_fix *fix = j->group->items[i];
                for (size_t k = 0; k < fix->edits.count && !fix->is_refused; k++)
                        if (fix->edits.items[k].value == NULL &&
                            !cm_check_fix_is_made(j->group, i, &fix->edits.items[k]))
                                *CM_VEC_PUSH(j->fixes->arena, &removals) =
                                        (struct removal){ &fix->edits.items[k] };
        }
        if (removals.count > 1)
                qsort(removals.items, removals.count, sizeof(*removals.items), from_the_back);
        for (size_t i = 0; i < removals.count; i++) {
                struct cm_err err = CM_ERR_INIT;
                if (make(j, removals.items[i].edit, &err) < 0 &&
                    refuse_all_with(j, removals.items[i].edit, cm_sv_from_cstr(err.text)))
                        is_half_made = true;
        }
        return is_half_made;
}

static struct cm_sv make_group(struct job *j)
{
        struct cm_sv text = j->text;
        bool again = true;
        while (again) { /* each time with one fix less */
                j->text = text;
                for (size_t i = 0; i < j->group->count; i++)
                        if (!j->group->items[i]->is_refused)
                                put_all(j, i);
                again = remove_all(j);
        }
        return cm_sv_dup(j->fixes->arena, j->text);
}

/* The documents of a text as texts. */
struct stream {
        const struct cm_node_doc *docs;
        size_t count;
        struct cm_sv *texts; /* of each; NULL: the documents cannot be told apart */
};

static int read(struct cm_arena *arena, enum cm_node_yaml_schema schema, struct cm_sv text,
                struct stream *ret)
{
        struct cm_err ignored = CM_ERR_INIT;
        *ret = (struct stream){ 0 };
        return cm_text_edit_read(arena, text, schema, &ret->docs, &ret->count, &ignored);
}

static void cut(struct cm_arena *arena, struct cm_sv text, struct stream *s)
{
        size_t at = 0;
        uint32_t line = 1;
        size_t start = 0;
        s->texts = CM_NEW_ARRAY(arena, struct cm_sv, s->count);
        for (size_t i = 0; i < s->count; i++) {
                uint32_t next_line = i + 1 < s->count ? s->docs[i + 1].pos.line : UINT32_MAX;
                while (line < next_line && at < text.len)
                        line += text.ptr[at++] == '\n' ? 1 : 0;
                s->texts[i] = cm_sv_slice(text, start, at);
                start = at;
        }
}

/* Is the text of a document, read alone, the document? */
static bool is_alone(struct bench *b, const struct stream *s, enum cm_node_yaml_schema schema,
                     size_t number)
{
        struct stream alone;
        cm_arena_reset(b->arenas[0]);
        return read(b->arenas[0], schema, s->texts[number], &alone) == 0 && alone.count == 1 &&
               cm_node_is_same(alone.docs[0].root, s->docs[number].root);
}

/* Has the text the documents that the parts have? */
static bool is_whole(struct cm_check_fixes *fixes, struct bench *b, enum cm_node_yaml_schema schema,
                     const struct stream *parts, struct cm_sv text)
{
        struct stream now;
        if (read(fixes->arena, schema, text, &now) < 0 || now.count != parts->count)
                return false;
        for (size_t i = 0; i < now.count; i++) {
                struct stream alone;
                cm_arena_reset(b->arenas[0]);
                if (read(b->arenas[0], schema, parts->texts[i], &alone) < 0 || alone.count != 1 ||
                    !cm_node_is_same(alone.docs[0].root, now.docs[i].root))
                        return false;
        }
        return true;
}

static struct cm_sv join(struct cm_check_fixes *fixes, const struct stream *s)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, 2 * CM_CHECK_FIX_BYTES_MAX);
        for (size_t i = 0; i < s->count; i++)
                cm_buf_put_sv(&buf, s->texts[i]);
        return buf.overflow ? CM_SV("") : cm_sv_dup(fixes->arena, cm_buf_sv(&buf));
}

static struct cm_sv make_all(struct cm_check_fixes *fixes, const struct cm_check_fix_group *groups,
                             size_t count, struct cm_sv text, struct bench *b)
{
        enum cm_node_yaml_schema schema = groups[0].items[0]->edits.kind->schema;
        struct stream s;
        if (read(fixes->arena, schema, text, &s) < 0)
                return text;
        cut(fixes->arena, text, &s);
        bool are_alone = true;
        for (size_t i = 0; i < s.count && are_alone; i++)
                are_alone = is_alone(b, &s, schema, i);
        struct cm_sv whole = text;
        for (size_t i = 0; i < count; i++) {
                size_t number = groups[i].items[0]->edits.items[0].document;
                struct job j = { fixes, &groups[i], schema, b, are_alone, whole };
                if (number >= s.count)
                        continue;
                if (are_alone)
                        j.text = s.texts[number];
                struct cm_sv made = make_group(&j);
                whole = are_alone ? whole : made;
                s.texts[number] = are_alone ? made : s.texts[number];
        }
        if (!are_alone)
                return whole;
        whole = join(fixes, &s);
        if (is_whole(fixes, b, schema, &s, whole))
                return whole;
        for (size_t i = 0; i < count; i++)
                for (size_t k = 0; k < groups[i].count; k++)
                        groups[i].items[k]->is_refused = true;
        cm_check_fixes_note(fixes, CM_SV("not fixed: its documents do not come together again"));
        return text;
}

struct cm_sv cm_check_fix_trees(struct cm_check_fixes *fixes,
                                const struct cm_check_fix_group *groups, size_t count,
                                struct cm_sv text)
{
        struct bench b = { { cm_arena_new(CM_CHECK_ARENA_BYTES_MAX),
                             cm_arena_new(CM_CHECK_ARENA_BYTES_MAX) },
                           cm_arena_new(CM_CHECK_ARENA_BYTES_MAX),
                           0,
                           0 };
        struct cm_sv made = count == 0 ? text : make_all(fixes, groups, count, text, &b);
        bench_fini(&b);
        return made;
}
