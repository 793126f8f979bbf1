/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of runs (model/check_record.h): from what was just found out, and from a saved report of
 * `coaming check` or `coaming comply` (--format json).
 */
#pragma once

#include "base/arena.h"
#include "model/check_record.h"

/* Owns: borrows from the outcome. */
void cm_check_record_of(struct cm_arena *arena, const struct cm_check_outcome *outcome,
                        struct cm_check_record *ret);
/*
 * Input:   may be hostile. Owns: the record borrows from `text`.
 * Errors:  CM_E_MALFORMED: no JSON, or not of schema coaming/check/v1 or coaming/comply/v1; a result
 *          without state. CM_E_LIMIT.
 */
CM_MUST_CHECK int cm_check_record_parse(struct cm_arena *arena, struct cm_sv text,
                                        struct cm_check_record *ret, struct cm_err *err);

/*
 * Marks each failure as known or new, and lists what of the baseline is gone. A failure that is there
 * more often than in the baseline is new for the rest. One of a check that the baseline cannot know,
 * because it did not have a result then and the set of checks has changed, is of a new check.
 */
void cm_check_baseline_apply(struct cm_arena *arena, const struct cm_check_record *baseline,
                             struct cm_check_outcome *outcome);
