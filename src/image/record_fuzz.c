/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: layer records and their merge. */
#include "image/merge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(256));
        struct cm_sv all = cm_sv_make(data, size);
        const struct cm_target_layer layers[2] = { { .size_bytes = 0 } };
        struct cm_target target = { .layers = layers, .layer_count = 2 };
        const struct cm_merge_layer inputs[2] = { { cm_sv_slice(all, 0, size / 2) },
                                                  { cm_sv_skip(all, size / 2) } };
        struct cm_merge_result files;
        struct cm_err err = CM_ERR_INIT;
        CM_IGNORE(cm_merge_layers(arena, inputs, 2, &target, &files, &err));
        cm_arena_free(arena);
        return 0;
}
