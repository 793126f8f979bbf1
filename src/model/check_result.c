/* SPDX-License-Identifier: Apache-2.0 */
/* Words of the states. */
#include "model/check_result.h"

static const char *const state_names[] = {
#define X(state, name) name,
        CM_CHECK_STATES(X)
#undef X
};

const char *cm_check_state_to_string(enum cm_check_state state)
{
        return state_names[state];
}

bool cm_check_state_from_string(struct cm_sv s, enum cm_check_state *ret)
{
        for (size_t i = 0; i < CM_CHECK_STATE_COUNT; i++) {
                if (!cm_sv_eq(s, cm_sv_from_cstr(state_names[i])))
                        continue;
                *ret = (enum cm_check_state)i;
                return true;
        }
        return false;
}

const char *cm_check_change_to_string(enum cm_check_change change)
{
        static const char *const names[] = {
#define X(change, name) name,
                CM_CHECK_CHANGES(X)
#undef X
        };
        return names[change];
}

struct cm_check_changes cm_check_changes_of(const struct cm_check_outcome *outcome)
{
        struct cm_check_changes n = { { 0 } };
        for (size_t i = 0; i < outcome->result_count; i++)
                if (outcome->results[i].state == CM_CHECK_FAIL)
                        n.by_change[outcome->results[i].change]++;
        return n;
}
