/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: the parser of conditions. */
#include "base/limits.h"
#include "rule/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(256));
        struct cm_err err = CM_ERR_INIT;
        const struct cm_filter *filter = NULL;
        size_t offset = 0;
        int r = cm_filter_parse(arena, cm_sv_make(data, size), &filter, &offset, &err);
        if (offset > size || (r == 0 && filter == NULL))
                __builtin_trap();
        cm_arena_free(arena);
        return 0;
}
