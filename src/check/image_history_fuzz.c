/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a step of an image's history to an instruction, written as JSON. */
#include "check/image_history.h"
#include "codec/node_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(1024));
        struct cm_err err = CM_ERR_INIT;
        const struct cm_node *ins = NULL;
        size_t words = 0;
        const struct cm_node_pos pos = { 1, 1 };
        const struct cm_node *text = cm_node_new_string(arena, pos, cm_sv_make(data, size));
        if (cm_image_history_instruction(arena, text, &words, &ins, &err) == 0) {
                struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
                cm_buf_init(&buf, CM_MIB(16));
                cm_node_write_json(&buf, ins);
        }
        cm_arena_free(arena);
        return 0;
}
