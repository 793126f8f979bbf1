/* SPDX-License-Identifier: Apache-2.0 */
/* Semantic versions as Kubernetes' semver() has them. The order is that of model/version.h. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/sv.h"

struct cm_semver {
        struct cm_sv text; /* normalised when that was asked for */
        int64_t major;
        int64_t minor;
        int64_t patch;
};

/*
 * Reads MAJOR.MINOR.PATCH[-PRE][+BUILD].
 *
 * Input:   `s` is borrowed as long as *ret. With `normalize` a "v" before it, leading zeros of the
 *          numbers and absent minor and patch numbers are put right first ("v1.02" is 1.2.0).
 * Errors:  CM_E_MALFORMED.
 * Owns:    a normalised text lives in `arena`.
 * Spec:    semver.org 2.0.0; Kubernetes CEL library "semver".
 */
CM_MUST_CHECK int cm_semver_parse(struct cm_arena *arena, struct cm_sv s, bool normalize,
                                  struct cm_semver *ret, struct cm_err *err);
/* -1, 0, 1; build metadata does not count. */
int cm_semver_cmp(const struct cm_semver *a, const struct cm_semver *b);
