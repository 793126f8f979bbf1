/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decimal text to binary floating point and back, without the C library's parsers, which depend on
 * the locale. Rounding is exact (IEEE 754 round-half-even) for any number of digits.
 */
#pragma once

#include "base/buf.h"

/*
 * [-+] digits [. digits] [(e|E) [-+] digits], with digits on at least one side of the point.
 * Returns: false when the text is something else or larger than the largest finite number; a
 *          number too small becomes zero with its sign.
 */
bool cm_real_parse(struct cm_sv s, double *ret);
/* A short decimal form (15 to 17 digits) that reads back as the same number and cannot be taken for an integer
 * ("1.0", "1e+300"). Infinite numbers and NaN, which JSON does not have, give "null". */
void cm_buf_put_real(struct cm_buf *buf, double v);
