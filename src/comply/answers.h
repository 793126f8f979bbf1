/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers of people to rows that checks cannot decide. A file is a YAML (or JSON) list of mappings:
 *
 *     - row: "4.4"                    # or check: KCP-0801, whose question it answers
 *       status: pass                  # pass, fail or not-applicable
 *       by: auditor@example.org
 *       date: 2026-11-20
 *       expires: 2027-05-20           # from then on it answers nothing, and reports say so
 *       evidence: Images are rebuilt each night; see the job's log.
 *       files: [rebuild.log]          # optional; what they are at this time is kept by digest
 *
 * A mapping with another key, or without one of these, is an error: no answer by accident.
 */
#pragma once

#include "base/arena.h"
#include "comply/framework.h"

/*
 * Errors: CM_E_USAGE: which answer, and what is wrong. Digests of files are the caller's to fill in.
 * Owns: all lives in `arena` and borrows from `text`.
 */
CM_MUST_CHECK int cm_comply_answers_parse(struct cm_arena *arena, struct cm_sv text, int64_t now_s,
                                          struct cm_comply_answer **ret, size_t *ret_count,
                                          struct cm_err *err);
/* Is there what each answers? Errors: CM_E_USAGE. */
CM_MUST_CHECK int cm_comply_answers_verify(struct cm_arena *arena,
                                           const struct cm_comply_answer *answers, size_t count,
                                           const struct cm_framework *framework,
                                           const struct cm_check *const *checks, size_t check_count,
                                           struct cm_err *err);
