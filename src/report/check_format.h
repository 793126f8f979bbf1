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
        uint64_t failed_by_severity[CM_SEVERITY_COUNT];
        /*
         * Share of what could be decided: decided / (decided + unknown), in per mille; what does
         * not apply is not counted. 1000 when nothing applies.
         */
        unsigned coverage_permille;
};
struct cm_check_totals cm_check_totals_of(const struct cm_check_outcome *outcome);
