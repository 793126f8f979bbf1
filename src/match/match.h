/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packages against advisories: findings with reasons, and what was not covered. Runs in the parent
 * on data that the sandboxed reader took apart; reads databases only through advisory/db.h.
 */
#pragma once

#include "advisory/db.h"
#include "base/arena.h"
#include "model/finding.h"

struct cm_match_options {
        const struct cm_db *const *dbs;
        size_t db_count;
        const struct cm_waiver *waivers; /* `is_expired` is set by the reader */
        size_t waiver_count;
        bool include_host_packages; /* kernel headers and images in containers */
        bool include_unimportant;   /* Debian "unimportant" */
        int64_t now_s;
        int64_t max_age_s; /* data older than this is stale; 0 = never */
};

/*
 * Owns:    everything in *ret lives in `arena`, `target` and the databases.
 * Errors:  CM_E_MALFORMED (database), CM_E_LIMIT.
 */
CM_MUST_CHECK int cm_match(struct cm_arena *arena, const struct cm_target *target,
                           const struct cm_match_options *options, struct cm_scan_result *ret,
                           struct cm_err *err);
