/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of inputs and expected lines for the unit tests of text catalogers. */
#pragma once

#include "inventory/probe_util.h"
#include "tests/harness.h"

struct cm_probe_case {
        const char *input;
        const char *want; /* as cm_probe_text() words it */
};

static inline void cm_probe_check(const struct cm_cataloger *cataloger, const char *path,
                                  const struct cm_probe_case *cases, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
                = cm_arena_new(CM_MIB(16));
                CM_CHECK_SV(cm_probe_text(arena, cataloger, path, cm_sv_from_cstr(cases[i].input)),
                            cases[i].want);
        }
}
