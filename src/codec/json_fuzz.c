/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: JSON reader and its limits. */
#include "base/arena.h"
#include "codec/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        struct cm_err err = CM_ERR_INIT;
        const struct cm_json *v = NULL;
        CM_IGNORE(cm_json_parse(arena, cm_sv_make(data, size), &v, &err));
        cm_arena_free(arena);
        return 0;
}
