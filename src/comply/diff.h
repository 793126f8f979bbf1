/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What changed between two runs of checks. Results are the same when their fingerprints are; of those
 * with one fingerprint the worst counts.
 */
#pragma once

#include "base/arena.h"
#include "model/check_record.h"

#define CM_DIFF_KINDS(X)                                                                    \
        X(NEW, "new")                       /* fails now, did not before */                 \
        X(WAIVER_EXPIRED, "waiver-expired") /* fails now, was waived before */              \
        X(NEWLY_UNKNOWN, "newly-unknown")   /* cannot be decided now, could before */       \
        X(NEW_CHECK, "new-check")           /* fails, but its check was not there before */ \
        X(CHECK_GONE, "check-gone")         /* failed, and its check is not there now */    \
        X(WAIVED, "waived")                 /* failed before, is waived now */              \
        X(FIXED, "fixed")                   /* failed before, does not now */               \
        X(UNCHANGED, "unchanged")           /* fails in both */

enum cm_diff_kind {
#define X(kind, name) CM_DIFF_##kind,
        CM_DIFF_KINDS(X)
#undef X
        CM_DIFF_KIND_COUNT
};
const char *cm_diff_kind_to_string(enum cm_diff_kind kind);

struct cm_diff_item {
        enum cm_diff_kind kind;
        const struct cm_check_item
                *item; /* of the later run, or of the earlier one when it is gone */
};

struct cm_diff {
        struct cm_diff_item *items; /* by kind, then as in the runs */
        size_t count;
        size_t counts[CM_DIFF_KIND_COUNT];
        bool set_changed; /* the built-in checks are others, or it is not known */
};

/* Owns: borrows from both. */
void cm_diff_make(struct cm_arena *arena, const struct cm_check_record *before,
                  const struct cm_check_record *after, struct cm_diff *ret);
