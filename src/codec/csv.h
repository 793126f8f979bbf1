/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comma (or other byte) separated values with quoting, one row after another.
 * Spec: RFC 4180; "\n" alone ends a row as well, a quote inside an unquoted field is itself.
 */
#pragma once

#include "base/arena.h"
#include "base/sv.h"

enum {
        CM_CSV_FIELDS_MAX = 64
};

struct cm_csv {
        struct cm_sv rest;
        char separator;
        size_t line; /* of the row read last, from 1 */
        size_t next_line;
        struct cm_sv fields[CM_CSV_FIELDS_MAX]; /* borrow from the text, or from the arena */
        size_t count;
};

struct cm_csv cm_csv_make(struct cm_sv text, char separator);
/*
 * Reads one row; empty lines are passed over. Fields with doubled quotes are copied to `arena`.
 * Returns: 0; 1 at the end.
 * Errors:  CM_E_MALFORMED (quote without end, text after a quote; the rest of the text is
 *          consumed), CM_E_LIMIT (csv_fields_max).
 */
CM_MUST_CHECK int cm_csv_next(struct cm_csv *c, struct cm_arena *arena, struct cm_err *err);
/* Place of a field of that name (any case) in the current row, or -1. */
ptrdiff_t cm_csv_find(const struct cm_csv *c, struct cm_sv name);
/* Field `index`, "" when the row is shorter or the index is -1. */
struct cm_sv cm_csv_get(const struct cm_csv *c, ptrdiff_t index);
