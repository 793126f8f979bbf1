/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes checks into the pack that library.c reads; apart from it, for the build's own tool. What is
 * read of every check comes first and together, then what is read of those that are evaluated, then
 * what only their tests need: pages that are not read cost nothing.
 */
#include "check/library.h"
#include "codec/node_json.h"

void cm_check_pack_init(struct cm_check_pack *pack)
{
        pack->count = 0;
        cm_buf_init(&pack->index, CM_MIB(4));
        cm_buf_init(&pack->bodies, CM_MIB(32));
        cm_buf_init(&pack->tests, CM_MIB(32));
}

void cm_check_pack_fini(struct cm_check_pack *pack)
{
        cm_buf_fini(&pack->index);
        cm_buf_fini(&pack->bodies);
        cm_buf_fini(&pack->tests);
}

void cm_check_pack_finish(const struct cm_check_pack *pack, struct cm_buf *out)
{
        struct cm_buf index CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&index, CM_MIB(4));
        cm_buf_put_varint(&index, pack->count);
        cm_buf_put_sv(&index, cm_buf_sv(&pack->index));
        cm_buf_put_bytes(out, cm_buf_sv(&index));
        cm_buf_put_bytes(out, cm_buf_sv(&pack->bodies));
        cm_buf_put_bytes(out, cm_buf_sv(&pack->tests));
}

static void put(struct cm_check_pack *pack, struct cm_sv id, struct cm_sv views, bool is_optional,
                const struct cm_node *body, const struct cm_node *tests)
{
        const size_t bodies = pack->bodies.len;
        const size_t all_tests = pack->tests.len;
        cm_node_write_json(&pack->bodies, body);
        if (tests != NULL)
                cm_node_write_json(&pack->tests, tests);
        pack->count++;
        cm_buf_put_bytes(&pack->index, id);
        cm_buf_put_bytes(&pack->index, views);
        cm_buf_put_varint(&pack->index, is_optional);
        cm_buf_put_varint(&pack->index, pack->bodies.len - bodies);
        cm_buf_put_varint(&pack->index, pack->tests.len - all_tests);
}

void cm_check_pack_write(struct cm_check_pack *pack, const struct cm_check *check,
                         const struct cm_node *root)
{
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&text, CM_MIB(4));
        cm_buf_put_char(&text, ' ');
        for (size_t i = 0; i < check->rule_count; i++)
                cm_buf_printf(&text, "%s ", check->rules[i].view->name);
        struct cm_node body = *root;
        struct cm_node_member members[64];
        CM_ASSERT(root->map.count <= CM_ARRAY_LEN(members));
        body.map.members = members;
        body.map.count = 0;
        body.map.slot_count = 0;
        for (size_t i = 0; i < root->map.count; i++)
                if (!cm_sv_eq(root->map.members[i].key, CM_SV("tests")))
                        members[body.map.count++] = root->map.members[i];
        put(pack, check->id, cm_buf_sv(&text), check->is_optional, &body, check->tests);
}

void cm_check_pack_write_profile(struct cm_check_pack *pack, const struct cm_node *root)
{
        put(pack, cm_node_get_string(root, "profile"), CM_SV("profile"), false, root, NULL);
}
