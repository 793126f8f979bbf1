/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is kept of a run of checks to compare another one with: a saved report, or a run of a
 * history. Plain values in one arena.
 */
#pragma once

#include "model/check_result.h"

/* A result that has a fingerprint: it fails, is unknown, or is waived. */
struct cm_check_item {
        struct cm_sv fingerprint;
        struct cm_sv check;
        struct cm_sv document;
        struct cm_sv kind;
        struct cm_sv group;
        struct cm_sv name;
        struct cm_sv message;
        enum cm_check_state state;
        enum cm_severity severity;
};

struct cm_check_record {
        uint64_t number; /* in a history; 0: a saved report */
        int64_t at_s;    /* 0: a saved report, which has no time */
        struct cm_sv tool;
        struct cm_sv framework;     /* "" for coaming check */
        struct cm_sv check_set;     /* digest of the built-in checks, "" when it is not known */
        const struct cm_sv *looked; /* checks that had a result */
        size_t looked_count;
        const struct cm_check_item *items;
        size_t item_count;
        uint64_t totals[CM_CHECK_STATE_COUNT]; /* results in each state; rows of a framework */
};
