/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and comparing for codec/text_edit.h. */
#include <string.h>

#include "codec/node_json.h"
#include "codec/text_edit.h"

/* JSON is YAML as well, but for the reader's limits; "{" may also begin flow YAML. */
int cm_text_edit_read(struct cm_arena *arena, struct cm_sv text, enum cm_node_yaml_schema schema,
                      const struct cm_node_doc **ret, size_t *ret_count, struct cm_err *err)
{
        const struct cm_node_yaml_options options = { .schema = schema };
        const struct cm_node_json_options json = { .refuse_duplicate_keys = true };
        struct cm_sv head = cm_sv_trim(text);
        if (cm_sv_has_prefix(head, CM_SV("{")) || cm_sv_has_prefix(head, CM_SV("["))) {
                struct cm_err not_json = CM_ERR_INIT;
                struct cm_node_json_result result;
                if (cm_node_parse_json(arena, text, &json, &result, &not_json) == 0) {
                        struct cm_node_doc *doc = CM_NEW(arena, struct cm_node_doc);
                        *doc = (struct cm_node_doc){ result.root, result.root->pos };
                        *ret = doc;
                        *ret_count = 1;
                        return 0;
                }
        }
        return cm_node_parse_yaml(arena, text, &options, ret, ret_count, err);
}

static bool is_same_map(const struct cm_node *a, const struct cm_node *b)
{
        for (size_t i = 0; i < a->map.count; i++) {
                const struct cm_node_member *other = cm_node_member(b, a->map.members[i].key);
                if (other == NULL || !cm_node_is_same(a->map.members[i].value, other->value))
                        return false;
        }
        return true;
}

bool cm_node_is_same(const struct cm_node *a, const struct cm_node *b)
{
        if (a == b)
                return true;
        if (cm_node_type(a) != cm_node_type(b) || cm_node_count(a) != cm_node_count(b))
                return false;
        switch (cm_node_type(a)) {
        case CM_NODE_NULL:
                return true;
        case CM_NODE_BOOL:
                return a->boolean == b->boolean;
        case CM_NODE_INT:
                return a->integer == b->integer;
        case CM_NODE_REAL:
                return memcmp(&a->real, &b->real, sizeof(a->real)) == 0;
        case CM_NODE_STRING:
                return cm_sv_eq(a->text, b->text);
        case CM_NODE_LIST:
                for (size_t i = 0; i < a->list.count; i++)
                        if (!cm_node_is_same(a->list.items[i], b->list.items[i]))
                                return false;
                return true;
        case CM_NODE_MAP:
                return is_same_map(a, b);
        }
        return false;
}
