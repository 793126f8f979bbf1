/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: semantic versions; what is normalised is strict. */
#include "cel/semver_value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        struct cm_err err = CM_ERR_INIT;
        struct cm_semver v, again;
        struct cm_sv text = cm_sv_make(data, size);
        bool strict = cm_semver_parse(arena, text, false, &v, &err) == 0;
        cm_err_clear(&err);
        bool loose = cm_semver_parse(arena, text, true, &v, &err) == 0;
        CM_ASSERT(loose || !strict);
        if (loose) {
                CM_ASSERT(cm_semver_parse(arena, v.text, false, &again, &err) == 0);
                CM_ASSERT(cm_semver_cmp(&v, &again) == 0 && v.patch == again.patch);
        }
        cm_arena_free(arena);
        return 0;
}
