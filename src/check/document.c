/* SPDX-License-Identifier: Apache-2.0 */
/* The table made from documents.def, and reading of JSON. */
#include "check/document.h"

#include "codec/node_json.h"

#define CM_DOCUMENT_KIND(name) extern const struct cm_document_kind cm_document_##name;
#include "check/documents.def"
#undef CM_DOCUMENT_KIND

const struct cm_document_kind *const cm_document_kinds[] = {
#define CM_DOCUMENT_KIND(name) &cm_document_##name,
#include "check/documents.def"
#undef CM_DOCUMENT_KIND
        NULL,
};

const size_t cm_document_kinds_count = CM_ARRAY_LEN(cm_document_kinds) - 1;

const struct cm_check_view *cm_check_view_find(struct cm_sv name)
{
        for (size_t i = 0; i < cm_document_kinds_count; i++)
                for (const struct cm_check_view *const *v = cm_document_kinds[i]->views; *v; v++)
                        if (cm_sv_eq(name, cm_sv_from_cstr((*v)->name)))
                                return *v;
        return NULL;
}

int cm_document_read_json(struct cm_arena *arena, struct cm_sv text, const struct cm_node **ret,
                          struct cm_err *err)
{
        const struct cm_node_json_options options = { 0 };
        struct cm_node_json_result result;
        int r = cm_node_parse_json(arena, text, &options, &result, err);
        if (r == 0)
                *ret = result.root;
        return r;
}
