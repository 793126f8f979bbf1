/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waivers: findings that somebody answers for, until a date. A file is a YAML (or JSON) list of
 * mappings: id, owner, reason, expires (mandatory), package, path (optional). A mapping with any
 * other key, without an owner, or without a date is an error: a waiver must not work by accident.
 */
#pragma once

#include "base/arena.h"
#include "model/finding.h"

/* Errors: CM_E_USAGE with the position in the list and what is wrong. */
CM_MUST_CHECK int cm_waivers_parse(struct cm_arena *arena, struct cm_sv text, int64_t now_s,
                                   const struct cm_waiver **ret, size_t *ret_count,
                                   struct cm_err *err);
