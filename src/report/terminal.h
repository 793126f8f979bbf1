/* SPDX-License-Identifier: Apache-2.0 */
/* What tables for people share: widths, colours by severity, cells of foreign text. */
#pragma once

#include "base/buf.h"
#include "model/severity.h"

enum {
        CM_TERM_WIDTH = 80,
        CM_TERM_WIDTH_WIDE = 160
};

#define CM_TERM_RESET "\x1b[0m"

const char *cm_term_color(enum cm_severity severity);
/* Escaped text cut to `columns`; counts code points, which is exact for what escaping leaves of
 * Latin text and close for the rest. */
void cm_term_put_cell(struct cm_buf *out, struct cm_sv text, size_t columns, bool pad);
/* Escaped text in lines of at most `columns`, broken at blanks; ends with a line feed. */
void cm_term_put_wrapped(struct cm_buf *out, struct cm_sv text, size_t columns);
/* The same, every line behind `indent` blanks; `columns` counts them. */
void cm_term_put_indented(struct cm_buf *out, struct cm_sv text, size_t columns, size_t indent);
