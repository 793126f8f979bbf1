/* SPDX-License-Identifier: Apache-2.0 */
/* Writes checks into the pack that library.c reads; apart from it, for the build's own tool. */
#include "check/library.h"
#include "codec/node_json.h"

void cm_check_pack_write(struct cm_buf *buf, const struct cm_check *check,
                         const struct cm_node *root)
{
        cm_buf_put_bytes(buf, check->id);
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&text, CM_MIB(4));
        cm_buf_put_char(&text, ' ');
        for (size_t i = 0; i < check->rule_count; i++)
                cm_buf_printf(&text, "%s ", check->rules[i].view->name);
        cm_buf_put_bytes(buf, cm_buf_sv(&text));
        cm_buf_clear(&text);
        struct cm_node body = *root;
        struct cm_node_member members[64];
        CM_ASSERT(root->map.count <= CM_ARRAY_LEN(members));
        body.map.members = members;
        body.map.count = 0;
        body.map.slot_count = 0;
        for (size_t i = 0; i < root->map.count; i++)
                if (!cm_sv_eq(root->map.members[i].key, CM_SV("tests")))
                        members[body.map.count++] = root->map.members[i];
        cm_node_write_json(&text, &body);
        cm_buf_put_bytes(buf, cm_buf_sv(&text));
        cm_buf_clear(&text);
        if (check->tests != NULL)
                cm_node_write_json(&text, check->tests);
        cm_buf_put_bytes(buf, cm_buf_sv(&text));
}

void cm_check_pack_write_profile(struct cm_buf *buf, const struct cm_node *root)
{
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&text, CM_MIB(4));
        cm_node_write_json(&text, root);
        cm_buf_put_bytes(buf, cm_node_get_string(root, "profile"));
        cm_buf_put_bytes(buf, CM_SV("profile"));
        cm_buf_put_bytes(buf, cm_buf_sv(&text));
        cm_buf_put_bytes(buf, CM_SV(""));
}
