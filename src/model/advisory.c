/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the states of model/advisory.h. */
#include "model/advisory.h"

const char *cm_fix_state_to_string(enum cm_fix_state state)
{
        static const char *const names[] = {
#define X(state, name) name,
                CM_FIX_STATES(X)
#undef X
        };
        return (size_t)state < CM_ARRAY_LEN(names) ? names[state] : "unknown";
}
