/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of comparisons, one "A < B", "A = B" or "A > B" a line: what `coaming versions ORDER -`
 * reads and the tests' vectors are written in. Pure, allocation-free.
 */
#pragma once

#include "model/version.h"

enum {
        CM_VERSION_LINES_END = 1 /* > 0: all lines are read */
};

/* Zeroed but for `rest` and `order` at the start. */
struct cm_version_lines {
        enum cm_version_order order;
        struct cm_sv rest;
        size_t number; /* of the line read last, from 1 */
};

/*
 * Reads up to the next comparison; blank lines and lines that begin with '#' or "//" are passed over.
 *
 * Returns: 0; CM_VERSION_LINES_END after the last line.
 * Errors:  CM_E_MALFORMED: "line 3 is not of the form 'A < B'"; the next call goes on behind it.
 * Owns:    *ret_line is a view into the text; *ret_holds says whether the order agrees.
 */
CM_MUST_CHECK int cm_version_lines_next(struct cm_version_lines *lines, struct cm_sv *ret_line,
                                        bool *ret_holds, struct cm_err *err);
