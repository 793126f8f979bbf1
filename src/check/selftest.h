/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tests that a check carries: documents with the state that they must give, and the place that
 * a failure must point at. `coaming checks test` runs them.
 */
#pragma once

#include "check/run.h"

struct cm_check_test_failure {
        size_t number;          /* of the test, from 1 */
        struct cm_node_pos pos; /* in the check file */
        struct cm_sv text;
};

/*
 * Runs all tests of one check.
 * Errors:  CM_E_MALFORMED: a test is not written as docs/formats/check-file.md says, or a rule has
 *          no test that passes or none that fails.
 */
CM_MUST_CHECK int cm_check_selftest(struct cm_arena *arena, const struct cm_check *check,
                                    const struct cm_check_test_failure **ret, size_t *ret_count,
                                    size_t *ret_run, struct cm_err *err);
