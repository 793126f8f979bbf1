/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: saved reports, compared with themselves: nothing is new, nothing is fixed. */
#include "comply/diff.h"
#include "comply/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(256));
        struct cm_check_record record;
        struct cm_diff diff;
        struct cm_err err = CM_ERR_INIT;
        if (cm_check_record_parse(arena, cm_sv_make(data, size), &record, &err) == 0) {
                cm_diff_make(arena, &record, &record, &diff);
                CM_ASSERT(diff.count == diff.counts[CM_DIFF_UNCHANGED]);
        }
        cm_arena_free(arena);
        return 0;
}
