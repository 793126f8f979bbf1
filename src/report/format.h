/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Output formats: a const descriptor in a file of its own (report/<name>.c) and one row in
 * formats.def. A format writes one whole document into a buffer; same input, same bytes.
 */
#pragma once

#include "base/buf.h"
#include "model/finding.h"

/* One database that answered, as reports name it. */
struct cm_report_db {
        struct cm_sv name;
        struct cm_sv content_digest;
        int64_t newest_s;
        uint64_t advisory_count;
        bool is_default; /* shipped with the program */
};

struct cm_report {
        const struct cm_scan_result *result;
        const struct cm_report_db *dbs;
        size_t db_count;
        int64_t now_s;             /* only for ages on the terminal; machine formats leave it out */
        enum cm_severity fail_on;  /* CM_SEVERITY_COUNT = nothing was asked */
        enum cm_severity severity; /* lowest shown */
        bool only_fixed;
        bool wide;
        bool color;
        bool show_packages; /* machine formats: list all packages */
        bool show_suppressed;
};

struct cm_format {
        const char *name;
        const char *summary;
        bool is_machine;
        void (*write)(struct cm_buf *out, const struct cm_report *report);
};

/* NULL-terminated. */
extern const struct cm_format *const cm_formats[];
const struct cm_format *cm_format_find(const char *name); /* NULL when there is none */
