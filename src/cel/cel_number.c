/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers and text: see cel_number.h. The process never leaves the C locale, so the point is a dot. */
#include "cel/cel_number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
        TEXT_BYTES_MAX = 800
};

static struct cm_sv format_double(double d, char text[CM_CEL_NUMBER_BYTES])
{
        if (isnan(d))
                return CM_SV("NaN");
        if (isinf(d))
                return d > 0 ? CM_SV("+Inf") : CM_SV("-Inf");
        char e[CM_CEL_NUMBER_BYTES];
        int digits = 0;
        do {
                snprintf(e, sizeof(e), "%.*e", digits, d);
        } while (strtod(e, NULL) != d && ++digits < 17);
        const char *exponent_text = strchr(e, 'e');
        int exponent = 0;
        for (const char *p = exponent_text + 2; *p != '\0'; p++)
                exponent = exponent * 10 + (*p - '0');
        if (exponent_text[1] == '-')
                exponent = -exponent;
        int n;
        if (exponent < -4 || exponent >= 6)
                n = snprintf(text, CM_CEL_NUMBER_BYTES, "%s", e);
        else
                n = snprintf(text, CM_CEL_NUMBER_BYTES, "%.*f", CM_MAX(digits - exponent, 0), d);
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

static bool is_decimal(struct cm_sv s)
{
        size_t digits = 0;
        size_t i = s.len > 0 && (s.ptr[0] == '-' || s.ptr[0] == '+') ? 1 : 0;
        for (; i < s.len && cm_is_digit(s.ptr[i]); i++)
                digits++;
        if (i < s.len && s.ptr[i] == '.')
                for (i++; i < s.len && cm_is_digit(s.ptr[i]); i++)
                        digits++;
        if (digits > 0 && i < s.len && cm_to_lower(s.ptr[i]) == 'e') {
                i++;
                if (i < s.len && (s.ptr[i] == '-' || s.ptr[i] == '+'))
                        i++;
                size_t from = i;
                while (i < s.len && cm_is_digit(s.ptr[i]))
                        i++;
                if (i == from)
                        return false;
        }
        return digits > 0 && i == s.len;
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
        char text[TEXT_BYTES_MAX];
        if (!is_decimal(s) || s.len >= sizeof(text))
                return false;
        memcpy(text, s.ptr, s.len);
        text[s.len] = '\0';
        *ret = strtod(text, NULL);
        return !isinf(*ret);
}
