/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: image documents; the first byte picks the kind. */
#include "image/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(256));
        struct cm_sv text = cm_sv_make(data + 1, size > 0 ? size - 1 : 0);
        const struct cm_image_choice choice = { .tag = CM_SV("") };
        struct cm_image image = { .layer_count = 0 };
        struct cm_image_descriptor d;
        struct cm_err err = CM_ERR_INIT;
        switch (size > 0 ? data[0] % 4 : 0) {
        case 0:
                CM_IGNORE(cm_manifest_parse_docker(arena, text, &choice, &image, &err));
                break;
        case 1:
                CM_IGNORE(cm_manifest_pick(arena, text, &choice, &d, &err));
                break;
        case 2:
                CM_IGNORE(cm_manifest_parse_oci(arena, text, &image, &err));
                break;
        default:
                CM_IGNORE(cm_manifest_add_config(arena, text, &image, &err));
                break;
        }
        cm_arena_free(arena);
        return 0;
}
