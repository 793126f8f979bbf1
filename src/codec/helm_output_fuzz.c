/* SPDX-License-Identifier: Apache-2.0 */
/* What is split holds no more than what was given, and no part is empty. */
#include "codec/helm_output.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        if (size > CM_KIB(256))
                return 0;
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(64));
        struct cm_err err = CM_ERR_INIT;
        const struct cm_helm_part *parts = NULL;
        size_t count = 0;
        size_t total = 0;
        if (cm_helm_output_split(arena, cm_sv_make(data, size), &parts, &count, &err) < 0)
                return 0;
        for (size_t i = 0; i < count; i++) {
                CM_ASSERT(parts[i].text.len > 0);
                total += parts[i].text.len;
        }
        CM_ASSERT(total <= 2 * size + 8);
        return 0;
}
