/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers to and from text, as string() and double() have them. */
#pragma once

#include "base/real.h"
#include "cel/value.h"

enum {
        CM_CEL_NUMBER_BYTES = CM_REAL_TEXT_BYTES
};

/* INT, UINT or DOUBLE: the shortest text that reads back as the same number; "1e+06", "NaN", "+Inf". */
struct cm_sv cm_cel_format_number(struct cm_cel_value v, char text[CM_CEL_NUMBER_BYTES]);
/* Decimal numbers with exponent, "NaN", "Inf", "Infinity" with a sign; nothing around it. */
bool cm_cel_parse_double(struct cm_sv s, double *ret);
