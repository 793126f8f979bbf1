/* SPDX-License-Identifier: Apache-2.0 */
/* What parses has a canonical form that parses to itself. */
#include "base/arena.h"
#include "model/imageref.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(4));
        struct cm_err err = CM_ERR_INIT;
        struct cm_imageref ref, again;
        if (size > CM_KIB(64) || cm_imageref_parse(arena, cm_sv_make(data, size), &ref, &err) < 0)
                return 0;
        struct cm_sv text = cm_imageref_format(arena, &ref);
        CM_ASSERT(cm_imageref_parse(arena, text, &again, &err) == 0);
        CM_ASSERT(cm_sv_eq(text, cm_imageref_format(arena, &again)));
        cm_registry_is_loopback(ref.registry);
        return 0;
}
