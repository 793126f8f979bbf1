/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waivers of check results. A file is a YAML (or JSON) list of mappings: check, owner, approver,
 * reason, expires (all mandatory), and at least one of kind, name, group, document, fingerprint. A
 * mapping with another key, or without one of these, is an error: a waiver must not work by accident.
 */
#pragma once

#include "base/arena.h"
#include "model/check_result.h"

/* Errors: CM_E_USAGE with the position in the list and what is wrong. */
CM_MUST_CHECK int cm_check_waivers_parse(struct cm_arena *arena, struct cm_sv text, int64_t now_s,
                                         struct cm_check_waiver **ret, size_t *ret_count,
                                         struct cm_err *err);
/*
 * Makes failures that a waiver covers WAIVED, in `results` (the same array that the outcome shows)
 * and in `tallies`, and counts what each waiver did.
 */
void cm_check_waivers_apply(struct cm_check_waiver *waivers, size_t count,
                            struct cm_check_result *results, size_t result_count,
                            struct cm_check_tally *tallies, size_t tally_count);
