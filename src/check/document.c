/* SPDX-License-Identifier: Apache-2.0 */
/* The table made from documents.def, and what kinds of documents share. */
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

/* Readers bound the depth (CM_NODE_DEPTH_MAX), so this may call itself. */
const struct cm_node *cm_document_without_nulls(struct cm_arena *arena, const struct cm_node *n)
{
        struct cm_node *copy = NULL;
        size_t count = cm_node_count(n);
        for (size_t i = 0; i < count; i++) {
                bool is_map = n->type == CM_NODE_MAP;
                const struct cm_node *child = is_map ? n->map.members[i].value : n->list.items[i];
                const struct cm_node *clean = cm_document_without_nulls(arena, child);
                bool is_gone = is_map && cm_node_type(child) == CM_NODE_NULL;
                if (copy == NULL && (is_gone || clean != child)) {
                        copy = is_map ? cm_node_new_map(arena, n->pos)
                                      : cm_node_new_list(arena, n->pos);
                        for (size_t j = 0; j < i && is_map; j++)
                                cm_node_put(arena, copy, n->map.members[j].key,
                                            n->map.members[j].key_pos, n->map.members[j].value);
                        for (size_t j = 0; j < i && !is_map; j++)
                                cm_node_add(arena, copy, n->list.items[j]);
                }
                if (copy == NULL || is_gone)
                        continue;
                if (is_map)
                        cm_node_put(arena, copy, n->map.members[i].key, n->map.members[i].key_pos,
                                    clean);
                else
                        cm_node_add(arena, copy, clean);
        }
        return copy != NULL ? copy : n;
}
