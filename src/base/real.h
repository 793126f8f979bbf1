/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decimal text to and from doubles, correctly rounded, with a dot whatever the locale. Not for:
 * "inf" and "nan", which formats spell differently.
 */
#pragma once

#include "base/sv.h"

enum {
        CM_REAL_TEXT_BYTES = 32,
        CM_REAL_SMALL_BYTES = 128 /* longer text is copied to the heap to be read */
};

/* [+-] digits [. digits] [e [+-] digits], with a digit before or after the dot; false otherwise, and
 * when the number is larger than any double. */
bool cm_real_parse(struct cm_sv s, double *ret);

/* The shortest digits that read back as `d`, which is finite: "-1.25e-07", with `*ret_exponent` = -7.
 * Returns `text`, NUL-terminated. */
const char *cm_real_format_e(double d, char text[CM_REAL_TEXT_BYTES], int *ret_exponent);
