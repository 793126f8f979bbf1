/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evaluates checks on subjects: the state of each pair, what decided it and where that stands.
 *
 * One pair may give several results: with `each`, every item that fails or is unknown has its own.
 * A pair without any gets none. An expression that has no value (a key is missing, a type is wrong,
 * a source was unavailable, the cost limit is reached) is UNKNOWN with the sub-expression that
 * failed; never PASS.
 */
#pragma once

#include "base/vec.h"
#include "check/document.h"

struct cm_check_set;

struct cm_check_settings {
        uint32_t k8s_minor;           /* 1.<this>; rules for other versions do not apply */
        const struct cm_node *profile; /* {name, tags} */
        const struct cm_node *params;  /* check id -> name -> value, over the checks' defaults */
        int64_t now_s;
};

/* Orders rules by view. `checks` are borrowed and must outlive the set. Lives in `arena`. */
struct cm_check_set *cm_check_set_new(struct cm_arena *arena, const struct cm_check *checks,
                                      size_t count, const struct cm_check_settings *settings);

typedef CM_VEC(struct cm_check_result) cm_check_results;

/*
 * Appends the results of all checks that have a rule for the subject's view.
 * Owns:    results live in `arena` and borrow from checks and subject.
 * Errors:  CM_E_LIMIT (CM_CHECK_RESULTS_MAX).
 * Thread:  one; a set may be used by several threads, each with its own arena and results.
 */
CM_MUST_CHECK int cm_check_subject(const struct cm_check_set *set, struct cm_arena *arena,
                                   const struct cm_subject *subject, cm_check_results *results,
                                   struct cm_err *err);
