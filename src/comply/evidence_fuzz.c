/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: evidence archives. One without a fault is exactly what its members give. */
#include "comply/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(256));
        struct cm_evidence_check check;
        cm_evidence_verify(arena, cm_sv_make(data, size), &check);
        CM_ASSERT(check.digest.len > 0);
        CM_ASSERT(check.fault_count > 0 || size > 100);
        cm_arena_free(arena);
        return 0;
}
