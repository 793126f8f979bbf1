/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers and text: see cel_number.h. */
#include "cel/cel_number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/real.h"

enum {
        EXPONENT_FROM = 6 /* 1e+06: as the reference prints */
};

static struct cm_sv format_double(double d, char text[CM_CEL_NUMBER_BYTES])
{
        if (isnan(d))
                return CM_SV("NaN");
        if (isinf(d))
                return d > 0 ? CM_SV("+Inf") : CM_SV("-Inf");
        int exponent = 0;
        cm_real_format_e(d, text, &exponent);
        if (exponent < -4 || exponent >= EXPONENT_FROM)
                return cm_sv_from_cstr(text);
        const char *dot = strchr(text, '.');
        int decimals = dot == NULL ? 0 : (int)(strchr(text, 'e') - dot) - 1;
        int n = snprintf(text, CM_CEL_NUMBER_BYTES, "%.*f", CM_MAX(decimals - exponent, 0), d);
        return cm_sv_make(text, (size_t)n);
}

struct cm_sv cm_cel_format_number(struct cm_cel_value v, char text[CM_CEL_NUMBER_BYTES])
{
        if (v.kind == CM_CEL_DOUBLE)
                return format_double(v.real, text);
        int n = v.kind == CM_CEL_INT
                        ? snprintf(text, CM_CEL_NUMBER_BYTES, "%lld", (long long)v.integer)
                        : snprintf(text, CM_CEL_NUMBER_BYTES, "%llu",
                                   (unsigned long long)v.natural);
        return cm_sv_make(text, (size_t)n);
}

bool cm_cel_parse_double(struct cm_sv s, double *ret)
{
        struct cm_sv word =
                s.len > 0 && (s.ptr[0] == '-' || s.ptr[0] == '+') ? cm_sv_skip(s, 1) : s;
        bool minus = s.len > 0 && s.ptr[0] == '-';
        if (cm_sv_eq_nocase(word, CM_SV("inf")) || cm_sv_eq_nocase(word, CM_SV("infinity"))) {
                *ret = minus ? -INFINITY : INFINITY;
                return true;
        }
        if (cm_sv_eq_nocase(s, CM_SV("nan"))) {
                *ret = (double)NAN;
                return true;
        }
        return cm_real_parse(s, ret);
}
