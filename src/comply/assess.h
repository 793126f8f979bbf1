/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the results of checks and the answers of people to the state of each row of a framework.
 *
 * Of one check and of one row alike: FAIL when anything fails; else UNKNOWN when anything is unknown;
 * MANUAL when an answer is wanted and not there; WAIVED; PASS; NOT_APPLICABLE only when all is. A row
 * is UNKNOWN when no check answers it yet, when nothing that its checks look at was given, and, where
 * it would pass, when some document could not be read: what was not seen is never passed. An answer
 * never outweighs a check that fails or is unknown.
 */
#pragma once

#include "comply/framework.h"

struct cm_comply_input {
        const struct cm_framework *framework;
        const struct cm_check *const *checks; /* all */
        size_t check_count;
        const struct cm_check_outcome *outcome; /* of these, waivers applied */
        struct cm_comply_answer *answers;       /* verified; is_used is set */
        size_t answer_count;
};

/* Owns: *ret lives in `arena` and borrows from the input. */
void cm_comply_assess(struct cm_arena *arena, const struct cm_comply_input *input,
                      struct cm_comply_outcome *ret);

/* Ids of all checks that answer some row: what has to be run. */
void cm_comply_wanted(struct cm_arena *arena, const struct cm_framework *framework,
                      const struct cm_check *const *checks, size_t check_count,
                      const struct cm_sv **ret, size_t *ret_count);
