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
 * By the object and the place in it, not by file name, line or number in a list: moving text about
 * changes nothing, nor does what comes and goes beside it.
 */
struct cm_sv cm_check_fingerprint(struct cm_arena *arena, const struct cm_check_result *r);
/* Does a waiver cover this failure? It needs no fingerprint of its own. */
bool cm_check_waivers_cover(struct cm_arena *arena, const struct cm_check_waiver *waivers,
                            size_t count, const struct cm_check_result *result);
/* Makes failures that a waiver covers WAIVED, also in the tallies, and counts what each did. */
void cm_check_waivers_apply(struct cm_check_waiver *waivers, size_t count,
                            struct cm_check_outcome *outcome);
