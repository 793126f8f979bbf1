/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Output formats of configuration checks: a const descriptor in a file of its own
 * (report/check_<name>.c) and one row in check_formats.def. A format writes one whole document into
 * a buffer; same input, same bytes.
 */
#pragma once

#include "base/buf.h"
#include "model/check_result.h"

struct cm_check_report {
        const struct cm_check_outcome *outcome;
        struct cm_sv profile;      /* or "" */
        enum cm_severity severity; /* lowest shown */
        int64_t now_s;             /* of the run */
        bool wide;
        bool color;
};

struct cm_check_format {
        const char *name;
        const char *summary;
        bool is_machine;
        void (*write)(struct cm_buf *out, const struct cm_check_report *report);
};

/* NULL-terminated. */
extern const struct cm_check_format *const cm_check_formats[];
const struct cm_check_format *cm_check_format_find(const char *name); /* NULL: there is none */

/* The sums that every report states. */
struct cm_check_totals {
        uint64_t by_state[CM_CHECK_STATE_COUNT];
        uint64_t by_severity[CM_SEVERITY_COUNT][CM_CHECK_STATE_COUNT];
        uint64_t failed_by_severity[CM_SEVERITY_COUNT];
        /*
         * Share of what could be decided: decided / (decided + unknown), in per mille; what does
         * not apply is not counted. 1000 when nothing applies.
         */
        unsigned coverage_permille;
        /*
         * Sum of weights of what passes, of the sum of weights of what passes, fails, is unknown or
         * waits for an answer; weights are those of cm_comply_weight(). What does not apply or is
         * waived is not counted. 0 when nothing is.
         */
        unsigned score_permille;
};
struct cm_check_totals cm_check_totals_of(const struct cm_check_outcome *outcome);
/* The formula of the score, to be printed beside it. */
#define CM_CHECK_SCORE_FORMULA                                                                   \
        "weights of what passes / weights of what passes, fails, is unknown or to be answered; " \
        "critical 10, high 7, medium 4, low 2, negligible 1"

/* Whether a report lists this result: from its severity on, and all that is unknown. */
bool cm_check_report_shows(const struct cm_check_report *report, const struct cm_check_result *r);
/* The end of the results of the object whose first is `from`. */
size_t cm_check_object_end(const struct cm_check_outcome *outcome, size_t from);
