/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Output formats of audits against a framework: a const descriptor in a file of its own
 * (report/comply_<name>.c) and one row in comply_formats.def. Same input, same bytes.
 */
#pragma once

#include "base/buf.h"
#include "model/comply_result.h"

struct cm_comply_report {
        const struct cm_comply_outcome *outcome;
        int64_t now_s; /* for formats that must have a time */
        bool wide;
        bool color;
};

struct cm_comply_format {
        const char *name;
        const char *summary;
        bool is_machine;
        void (*write)(struct cm_buf *out, const struct cm_comply_report *report);
};

const struct cm_comply_format *cm_comply_format_find(const char *name); /* NULL: there is none */

/* The failures, or what else decided, of one check of a row; NULL at the end. Start with *at 0. */
const struct cm_check_result *cm_comply_next_result(const struct cm_comply_outcome *outcome,
                                                    struct cm_sv check, enum cm_check_state state,
                                                    size_t *at);
