/* SPDX-License-Identifier: Apache-2.0 */
/* Reads framework files (framework.h). Every member is known by name: a misspelt one is an error. */
#include "base/escape.h"
#include "base/map.h"
#include "base/vec.h"
#include "codec/node_expect.h"
#include "comply/framework.h"

struct loader {
        struct cm_arena *arena;
        struct cm_framework *f;
        struct cm_map ids;
        CM_VEC(struct cm_framework_section) sections;
        CM_VEC(struct cm_framework_row) rows;
};

bool cm_framework_is(const struct cm_node *root)
{
        return cm_node_get(root, "framework") != NULL;
}

/* Texts of one map, each with the place that it goes to. */
struct text_field {
        const char *key;
        struct cm_sv *to;
        bool required;
};

static int read_texts(const struct loader *l, const struct cm_node *n,
                      const struct text_field *fields, size_t count, struct cm_err *err)
{
        int r = 0;
        for (size_t i = 0; i < count && r == 0; i++)
                r = cm_node_text(l->f->source, n, fields[i].key, fields[i].required, fields[i].to,
                                 err);
        return r;
}

/* What a kind asks for: who answers a row must be able to. */
static int verify_kind(const struct loader *l, const struct cm_framework_row *row,
                       struct cm_err *err)
{
        bool has_own = row->checks != NULL || row->through != NULL;
        struct cm_sv source = l->f->source;
        if (l->f->by_maps && has_own)
                return cm_node_wrong(source, row->pos, err,
                                     "the maps of checks say what answers this framework: 'checks' "
                                     "and 'through' are not for it");
        if (row->kind == CM_COMPLY_ORGANISATIONAL && has_own)
                return cm_node_wrong(source, row->pos, err,
                                     "no check can answer an organisational row");
        if (row->kind == CM_COMPLY_AUTOMATED && !l->f->by_maps && !has_own)
                return cm_node_wrong(source, row->pos, err,
                                     "an automated row needs 'checks' or 'through'");
        if (row->kind != CM_COMPLY_AUTOMATED && row->evidence.len == 0)
                return cm_node_wrong(source, row->pos, err,
                                     "the row needs 'evidence': what a person must give");
        if (row->kind == CM_COMPLY_AUTOMATED && row->evidence.len > 0)
                return cm_node_wrong(source, row->pos, err,
                                     "'evidence' is for rows that people answer");
        return 0;
}

static int load_row(struct loader *l, const struct cm_node *n, struct cm_err *err)
{
        static const char *const known[] = { "id",     "title",   "question", "kind",  "evidence",
                                             "checks", "through", "topics",   "broad", NULL };
        struct cm_framework_row row = { .pos = n->pos };
        struct cm_sv kind = CM_SV("");
        struct cm_sv source = l->f->source;
        const struct text_field fields[] = { { "id", &row.id, true },
                                             { "title", &row.title, true },
                                             { "question", &row.question, true },
                                             { "kind", &kind, true },
                                             { "evidence", &row.evidence, false } };
        int r = cm_node_only(l->arena, source, n, known, err);
        if (r == 0)
                r = read_texts(l, n, fields, CM_ARRAY_LEN(fields), err);
        if (r == 0 && !cm_comply_kind_from_string(kind, &row.kind))
                r = cm_node_wrong(source, n->pos, err,
                                  "kind is automated, partly or organisational, not '%s'",
                                  cm_escape(l->arena, kind));
        if (r == 0)
                r = cm_node_texts(source, n, "checks", &row.checks, err);
        if (r == 0)
                r = cm_node_texts(source, n, "through", &row.through, err);
        if (r == 0)
                r = cm_node_texts(source, n, "topics", &row.topics, err);
        row.is_broad = cm_node_bool(cm_node_get(n, "broad"), false);
        if (r == 0)
                r = verify_kind(l, &row, err);
        if (r < 0)
                return r;
        if (!cm_map_put(&l->ids, row.id, l))
                return cm_node_wrong(source, n->pos, err, "row '%s' is there twice",
                                     cm_escape(l->arena, row.id));
        *CM_VEC_PUSH(l->arena, &l->rows) = row;
        return 0;
}

static int load_section(struct loader *l, const struct cm_node *n, struct cm_err *err)
{
        static const char *const known[] = { "id", "title", "rows", NULL };
        struct cm_framework_section s = { .row_first = l->rows.count };
        const struct text_field fields[] = { { "id", &s.id, true }, { "title", &s.title, true } };
        int r = cm_node_only(l->arena, l->f->source, n, known, err);
        if (r == 0)
                r = read_texts(l, n, fields, CM_ARRAY_LEN(fields), err);
        const struct cm_node *rows = cm_node_get(n, "rows");
        if (r == 0 && (cm_node_type(rows) != CM_NODE_LIST || cm_node_count(rows) == 0))
                r = cm_node_wrong(l->f->source, n->pos, err, "a section needs 'rows', a list");
        for (size_t i = 0; i < cm_node_count(rows) && r == 0; i++)
                r = load_row(l, cm_node_at(rows, i), err);
        if (r < 0)
                return r;
        s.row_count = l->rows.count - s.row_first;
        *CM_VEC_PUSH(l->arena, &l->sections) = s;
        return 0;
}

int cm_framework_load(struct cm_arena *arena, struct cm_sv source, const struct cm_node *root,
                      struct cm_framework *ret, struct cm_err *err)
{
        static const char *const known[] = { "framework", "title",       "version",  "url",
                                             "summary",   "answered-by", "sections", NULL };
        struct cm_framework f = { .source = source, .root = root };
        struct loader l = { .arena = arena, .f = &f };
        struct cm_sv by = CM_SV("");
        const struct text_field fields[] = {
                { "framework", &f.name, true },  { "title", &f.title, true },
                { "version", &f.version, true }, { "url", &f.url, true },
                { "summary", &f.summary, true }, { "answered-by", &by, true }
        };
        cm_map_init(&l.ids, arena);
        int r = cm_node_only(arena, source, root, known, err);
        if (r == 0)
                r = read_texts(&l, root, fields, CM_ARRAY_LEN(fields), err);
        f.by_maps = cm_sv_eq(by, CM_SV("maps"));
        if (r == 0 && !f.by_maps && !cm_sv_eq(by, CM_SV("rows")))
                r = cm_node_wrong(source, root->pos, err, "'answered-by' is maps or rows");
        const struct cm_node *sections = cm_node_get(root, "sections");
        if (r == 0 && (cm_node_type(sections) != CM_NODE_LIST || cm_node_count(sections) == 0))
                r = cm_node_wrong(source, root->pos, err, "a framework needs 'sections', a list");
        for (size_t i = 0; i < cm_node_count(sections) && r == 0; i++)
                r = load_section(&l, cm_node_at(sections, i), err);
        if (r < 0)
                return r;
        f.sections = l.sections.items;
        f.section_count = l.sections.count;
        f.rows = l.rows.items;
        f.row_count = l.rows.count;
        *ret = f;
        return 0;
}
