/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: JSON to document trees; what was read and written must read back as the same. */
#include "codec/node_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(256));
        struct cm_err err = CM_ERR_INIT;
        struct cm_node_json_result first;
        struct cm_node_json_result again;
        const struct cm_node_json_options options = { 0 };
        struct cm_sv text = cm_sv_make(data, size);
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_buf copy CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, CM_MIB(16));
        cm_buf_init(&copy, CM_MIB(16));
        if (cm_node_parse_json(arena, text, &options, &first, &err) == 0) {
                cm_node_write_json(&buf, first.root);
                CM_ASSERT(cm_node_parse_json(arena, cm_buf_sv(&buf), &options, &again, &err) == 0);
                cm_node_write_json(&copy, again.root);
                CM_ASSERT(cm_sv_eq(cm_buf_sv(&buf), cm_buf_sv(&copy)));
        }
        cm_err_clear(&err);
        CM_IGNORE(cm_node_parse_json_lines(arena, text, &options, &first, &err));
        cm_arena_free(arena);
        return 0;
}
