/* SPDX-License-Identifier: Apache-2.0 */
/* Names of finding.h's enumerations. */
#include "model/finding.h"

const char *cm_finding_kind_to_string(enum cm_finding_kind kind)
{
        static const char *const names[] = {
#define X(kind, name) [CM_FINDING_##kind] = (name),
                CM_FINDING_KINDS(X)
#undef X
        };
        return names[kind];
}

const char *cm_coverage_state_to_string(enum cm_coverage_state state)
{
        static const char *const names[] = {
#define X(state, name) [CM_COVERAGE_##state] = (name),
                CM_COVERAGES(X)
#undef X
        };
        return names[state];
}
