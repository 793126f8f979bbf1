/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: files of waivers. */
#include "match/waiver.h"
#include "tests/lsan_fyaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(256));
        const struct cm_waiver *waivers = NULL;
        size_t count = 0;
        struct cm_err err = CM_ERR_INIT;
        CM_IGNORE(cm_waivers_parse(arena, cm_sv_make(data, size), 0, &waivers, &count, &err));
        cm_arena_free(arena);
        return 0;
}
