/* SPDX-License-Identifier: Apache-2.0 */
/* Doubles and text: see real.h. The C library rounds; its locale is pinned here. */
#include "base/real.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static locale_t plain;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_plain(void)
{
        plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
        CM_ASSERT(plain != (locale_t)0); /* "C" is built in */
}

static double read_double(const char *text)
{
        pthread_once(&once, make_plain);
        return strtod_l(text, NULL, plain);
}

static size_t digits_from(struct cm_sv s, size_t at)
{
        size_t i = at;
        while (i < s.len && cm_is_digit(s.ptr[i]))
                i++;
        return i - at;
}

static bool is_sign(struct cm_sv s, size_t at)
{
        return at < s.len && (s.ptr[at] == '-' || s.ptr[at] == '+');
}

static bool is_decimal(struct cm_sv s)
{
        size_t i = is_sign(s, 0) ? 1 : 0;
        size_t digits = digits_from(s, i);
        i += digits;
        if (i < s.len && s.ptr[i] == '.') {
                size_t fraction = digits_from(s, i + 1);
                digits += fraction;
                i += fraction + 1;
        }
        if (digits > 0 && i < s.len && cm_to_lower(s.ptr[i]) == 'e') {
                i += is_sign(s, i + 1) ? 2 : 1;
                size_t exponent = digits_from(s, i);
                if (exponent == 0)
                        return false;
                i += exponent;
        }
        return digits > 0 && i == s.len;
}

bool cm_real_parse(struct cm_sv s, double *ret)
{
        char small[CM_REAL_SMALL_BYTES];
        if (!is_decimal(s))
                return false;
        char *text = s.len < sizeof(small) ? small : malloc(s.len + 1);
        CM_ASSERT(text != NULL);
        memcpy(text, s.ptr, s.len);
        text[s.len] = '\0';
        *ret = read_double(text);
        if (text != small)
                free(text);
        return !isinf(*ret);
}

const char *cm_real_format_e(double d, char text[CM_REAL_TEXT_BYTES], int *ret_exponent)
{
        CM_ASSERT(isfinite(d));
        /* Any 15 digits survive a double that is not denormal; 17 always suffice. */
        for (int digits = fabs(d) < DBL_MIN ? 0 : 14; digits <= 16; digits++) {
                snprintf(text, CM_REAL_TEXT_BYTES, "%.*e", digits, d);
                if (read_double(text) == d)
                        break;
        }
        char *e = strchr(text, 'e');
        char *end = e;
        CM_ASSERT(e != NULL);
        if (strchr(text, '.') != NULL) {
                while (end[-1] == '0')
                        end--;
                if (end[-1] == '.')
                        end--; /* "1.e+06" is "1e+06" */
        }
        int exponent = 0;
        for (const char *p = e + 2; *p != '\0'; p++)
                exponent = exponent * 10 + (*p - '0');
        *ret_exponent = e[1] == '-' ? -exponent : exponent;
        memmove(end, e, strlen(e) + 1);
        return text;
}
