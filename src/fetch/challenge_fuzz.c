/* SPDX-License-Identifier: Apache-2.0 */
/* Every challenge takes at least one byte off the header. */
#include "fetch/challenge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        if (size > CM_KIB(16))
                return 0;
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(256));
        struct cm_err err = CM_ERR_INIT;
        struct cm_sv rest = cm_sv_make(data, size);
        struct cm_challenge challenge;
        size_t before = rest.len + 1;
        while (cm_challenge_next(arena, &rest, &challenge, &err) == 0) {
                CM_ASSERT(rest.len < before && challenge.scheme.len > 0);
                before = rest.len;
        }
        return 0;
}
