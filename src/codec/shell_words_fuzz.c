/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: shell text to commands and to nodes. */
#include "codec/node_json.h"
#include "codec/shell_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(1024));
        struct cm_err err = CM_ERR_INIT;
        struct cm_shell_script script;
        struct cm_text_piece piece = { .pos = { 1, 1 } };
        const struct cm_text_map map = { .items = &piece, .count = 1 };
        size_t words = 0;
        if (cm_shell_parse(arena, cm_sv_make(data, size), &words, &script, &err) == 0) {
                struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
                cm_buf_init(&buf, CM_MIB(16));
                cm_node_write_json(&buf, cm_shell_to_node(arena, &script, &map));
        }
        cm_arena_free(arena);
        return 0;
}
