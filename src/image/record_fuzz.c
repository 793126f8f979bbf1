/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: layer records, their merge, and the document that is made of them. */
#include "codec/node_json.h"
#include "image/describe.h"

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
        if (cm_merge_layers(arena, inputs, 2, &target, &files, &err) == 0) {
                const struct cm_node_json_options options = { 0 };
                struct cm_node_json_result result;
                struct cm_buf out CM_CLEANUP(cm_buf_fini);
                cm_buf_init(&out, CM_MIB(64));
                cm_image_describe(arena, &target, &files, &out);
                CM_ASSERT(out.overflow ||
                          cm_node_parse_json(arena, cm_buf_sv(&out), &options, &result, &err) == 0);
        }
        cm_arena_free(arena);
        return 0;
}
