/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is wrong with a check that loads and whose tests pass: rules that no test looks at, tests that
 * only pass, expressions that cannot give what is asked of them, rules that never look at the
 * document, parameters that nobody reads or declares. `coaming checks lint` prints it.
 */
#pragma once

#include "check/check.h"

struct cm_check_complaint {
        struct cm_node_pos pos; /* in the check file; line 0: not known */
        struct cm_sv text;
};

/* Owns: *ret lives in `arena`. */
void cm_check_lint(struct cm_arena *arena, const struct cm_check *check,
                   const struct cm_check_complaint **ret, size_t *ret_count);
