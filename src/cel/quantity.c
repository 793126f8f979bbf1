/* SPDX-License-Identifier: Apache-2.0 */
/* Kubernetes quantities; see quantity.h. */
#include "cel/quantity.h"

#include <string.h>

enum {
        NANO_DIGITS = 9,
        /* Digits that are sure to fit 64 bits: what Kubernetes keeps as a small number. */
        SMALL_DIGITS_MAX = 18,
        EXPONENT_MAX = 100000
};

__extension__ typedef unsigned __int128 unsigned_nanos;

/* 2^63 - 1 in units of 10^-9. */
static const cm_quantity_nanos nanos_max = (cm_quantity_nanos)INT64_MAX * 1000000000;

struct suffix {
        struct cm_sv text;
        bool is_binary;
        int32_t exponent; /* of 10, or of 2 */
};

static const struct suffix suffixes[] = {
        { { "", 0 }, false, 0 },   { { "n", 1 }, false, -9 }, { { "u", 1 }, false, -6 },
        { { "m", 1 }, false, -3 }, { { "k", 1 }, false, 3 },  { { "M", 1 }, false, 6 },
        { { "G", 1 }, false, 9 },  { { "T", 1 }, false, 12 }, { { "P", 1 }, false, 15 },
        { { "E", 1 }, false, 18 }, { { "Ki", 2 }, true, 10 }, { { "Mi", 2 }, true, 20 },
        { { "Gi", 2 }, true, 30 }, { { "Ti", 2 }, true, 40 }, { { "Pi", 2 }, true, 50 },
        { { "Ei", 2 }, true, 60 },
};

/* "e3", "E-3" after the digits; larger exponents than matter are cut. */
static bool parse_exponent(struct cm_sv s, int32_t *ret)
{
        if (s.len < 2 || (s.ptr[0] != 'e' && s.ptr[0] != 'E'))
                return false;
        s = cm_sv_skip(s, 1);
        bool negative = s.ptr[0] == '-';
        if (negative || s.ptr[0] == '+')
                s = cm_sv_skip(s, 1);
        int32_t n = 0;
        for (size_t i = 0; i < s.len; i++) {
                if (!cm_is_digit(s.ptr[i]))
                        return false;
                n = CM_MIN(n * 10 + (s.ptr[i] - '0'), EXPONENT_MAX);
        }
        *ret = negative ? -n : n;
        return s.len > 0;
}

static bool parse_suffix(struct cm_sv s, struct suffix *ret)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(suffixes); i++)
                if (cm_sv_eq(s, suffixes[i].text)) {
                        *ret = suffixes[i];
                        return true;
                }
        *ret = (struct suffix){ 0 };
        return parse_exponent(s, &ret->exponent);
}

static struct cm_sv take_digits(struct cm_sv *rest)
{
        size_t n = 0;
        while (n < rest->len && cm_is_digit(rest->ptr[n]))
                n++;
        struct cm_sv digits = cm_sv_slice(*rest, 0, n);
        *rest = cm_sv_skip(*rest, n);
        return digits;
}

/* a * factor + more, no larger than nanos_max + 1 (which stands for "too large"). */
static cm_quantity_nanos grow(cm_quantity_nanos a, int64_t factor, int64_t more)
{
        cm_quantity_nanos v = 0;
        if (__builtin_mul_overflow(a, (cm_quantity_nanos)factor, &v) ||
            __builtin_add_overflow(v, (cm_quantity_nanos)more, &v) || v > nanos_max)
                return nanos_max + 1;
        return v;
}

/* whole.fraction * 10^(exponent + 9); *inexact when digits are left over. */
static cm_quantity_nanos decimal_nanos(struct cm_sv whole, struct cm_sv fraction, int32_t exponent,
                                       bool *inexact)
{
        cm_quantity_nanos v = 0;
        /* How many digits count: those of the whole part and so many more (or fewer). */
        int64_t wanted = (int64_t)whole.len + exponent + NANO_DIGITS;
        int64_t have = (int64_t)(whole.len + fraction.len);
        for (int64_t i = 0; i < have; i++) {
                size_t at = (size_t)i;
                int64_t digit =
                        (at < whole.len ? whole.ptr[at] : fraction.ptr[at - whole.len]) - '0';
                if (i < wanted)
                        v = grow(v, 10, digit);
                else
                        *inexact = *inexact || digit != 0;
        }
        for (int64_t i = have; i < wanted && v != 0 && v <= nanos_max; i++)
                v = grow(v, 10, 0);
        return v;
}

/* whole.fraction * 2^exponent * 10^9. */
static cm_quantity_nanos binary_nanos(struct cm_sv whole, struct cm_sv fraction, int32_t exponent,
                                      bool *inexact)
{
        cm_quantity_nanos v = 0;
        cm_quantity_nanos part = 0;
        const cm_quantity_nanos unit = ((cm_quantity_nanos)1 << exponent) * 1000000000;
        for (size_t i = 0; i < whole.len; i++)
                v = grow(v, 10, whole.ptr[i] - '0');
        v = grow(grow(v, INT64_C(1) << exponent, 0), 1000000000, 0);
        /* Horner from the last digit: the floor of a floor is the floor, and any remainder stays. */
        for (size_t i = fraction.len; i-- > 0;) {
                part += (fraction.ptr[i] - '0') * unit;
                *inexact = *inexact || part % 10 != 0;
                part /= 10;
        }
        return CM_MIN(v + part, nanos_max + 1);
}

/* What Kubernetes would keep as an integer and a scale; leaves is_small unset otherwise. */
static void set_small(struct cm_quantity *q, struct cm_sv whole, struct cm_sv fraction,
                      const struct suffix *suffix, bool negative)
{
        int64_t value = 0;
        int32_t scale = suffix->is_binary ? 0 : suffix->exponent - (int32_t)fraction.len;
        int32_t room = SMALL_DIGITS_MAX - (int32_t)whole.len - (int32_t)fraction.len;
        int64_t factor = 1;
        if (suffix->is_binary) {
                factor = INT64_C(1) << suffix->exponent;
                room = fraction.len > 0 ? -1
                                        : 15 - (int32_t)whole.len - suffix->exponent * 3 / 10 - 1;
        }
        if (room < 0 || scale < -NANO_DIGITS)
                return;
        for (size_t i = 0; i < whole.len; i++)
                value = value * 10 + (whole.ptr[i] - '0');
        for (size_t i = 0; i < fraction.len; i++)
                value = value * 10 + (fraction.ptr[i] - '0');
        if (__builtin_mul_overflow(value, factor, &value))
                return;
        q->is_small = true;
        q->value = negative ? -value : value;
        q->scale = scale;
}

int cm_quantity_parse(struct cm_sv s, struct cm_quantity *ret, struct cm_err *err)
{
        struct cm_sv rest = s;
        struct suffix suffix;
        bool inexact = false;
        bool negative = rest.len > 0 && rest.ptr[0] == '-';
        if (negative || (rest.len > 0 && rest.ptr[0] == '+'))
                rest = cm_sv_skip(rest, 1);
        struct cm_sv whole = take_digits(&rest);
        struct cm_sv fraction = CM_SV("");
        bool any = whole.len > 0;
        if (rest.len > 0 && rest.ptr[0] == '.') {
                rest = cm_sv_skip(rest, 1);
                fraction = take_digits(&rest);
                any = any || fraction.len > 0;
        }
        /* Lengths fit 32 bits in what follows. */
        if (!any || !parse_suffix(rest, &suffix) || s.len > INT32_MAX / 2)
                return CM_RAISE(err, CM_E_MALFORMED,
                                "quantity is not a number with a suffix like m, k, Gi or e3");
        while (whole.len > 1 && whole.ptr[0] == '0')
                whole = cm_sv_skip(whole, 1);
        if (whole.len == 0)
                whole = CM_SV("0");
        struct cm_quantity q = { 0 };
        q.nanos = suffix.is_binary ? binary_nanos(whole, fraction, suffix.exponent, &inexact)
                                   : decimal_nanos(whole, fraction, suffix.exponent, &inexact);
        q.nanos += inexact;
        if (q.nanos > nanos_max)
                q.nanos = nanos_max; /* no small number either: it would remember what was cut */
        else
                set_small(&q, whole, fraction, &suffix, negative);
        if (negative)
                q.nanos = -q.nanos;
        *ret = q;
        return 0;
}

struct cm_quantity cm_quantity_from_int(int64_t n)
{
        return (struct cm_quantity){ .nanos = (cm_quantity_nanos)n * 1000000000,
                                     .is_small = true,
                                     .value = n };
}

int cm_quantity_cmp(const struct cm_quantity *a, const struct cm_quantity *b)
{
        return a->nanos < b->nanos ? -1 : a->nanos > b->nanos;
}

int cm_quantity_sign(const struct cm_quantity *q)
{
        return q->nanos < 0 ? -1 : q->nanos > 0;
}

/* value * 10^digits; false when that does not fit. */
static bool scale_up(int64_t value, int64_t digits, int64_t *ret)
{
        for (; digits > 0 && value != 0; digits--)
                if (__builtin_mul_overflow(value, (int64_t)10, &value))
                        return false;
        *ret = value;
        return true;
}

/* The sum as a small number, at the finer scale of both; false when it is none. */
static bool add_small(const struct cm_quantity *a, int64_t b_value, int32_t b_scale,
                      struct cm_quantity *ret)
{
        int64_t x = 0;
        int64_t y = 0;
        int32_t scale = CM_MIN(a->scale, b_scale);
        if (b_value == 0 || a->value == 0) {
                ret->value = b_value == 0 ? a->value : b_value;
                ret->scale = b_value == 0 ? a->scale : b_scale;
                return true;
        }
        ret->scale = scale;
        return scale_up(a->value, (int64_t)a->scale - scale, &x) &&
               scale_up(b_value, (int64_t)b_scale - scale, &y) &&
               !__builtin_add_overflow(x, y, &ret->value);
}

static int add(const struct cm_quantity *a, const struct cm_quantity *b, bool negate,
               struct cm_quantity *ret, struct cm_err *err)
{
        struct cm_quantity sum = { 0 };
        int64_t b_value = b->value;
        bool small = a->is_small && b->is_small && (!negate || b->value != INT64_MIN);
        if (negate ? __builtin_sub_overflow(a->nanos, b->nanos, &sum.nanos)
                   : __builtin_add_overflow(a->nanos, b->nanos, &sum.nanos))
                return CM_RAISE(err, CM_E_LIMIT, "sum of quantities is out of range");
        if (small && negate)
                b_value = -b_value;
        sum.is_small = small && add_small(a, b_value, b->scale, &sum);
        *ret = sum;
        return 0;
}

int cm_quantity_add(const struct cm_quantity *a, const struct cm_quantity *b,
                    struct cm_quantity *ret, struct cm_err *err)
{
        return add(a, b, false, ret, err);
}

int cm_quantity_sub(const struct cm_quantity *a, const struct cm_quantity *b,
                    struct cm_quantity *ret, struct cm_err *err)
{
        return add(a, b, true, ret, err);
}

bool cm_quantity_get_int(const struct cm_quantity *q, int64_t *ret)
{
        return q->is_small && q->scale >= 0 && scale_up(q->value, q->scale, ret);
}

double cm_quantity_get_double(const struct cm_quantity *q)
{
        static const double fractions[] = { 1e0,  1e-1, 1e-2, 1e-3, 1e-4,
                                            1e-5, 1e-6, 1e-7, 1e-8, 1e-9 };
        if (q->is_small && q->scale < 0)
                return (double)q->value * fractions[-q->scale];
        const cm_quantity_nanos whole = q->nanos / 1000000000;
        if (whole * 1000000000 == q->nanos)
                return (double)whole;
        return (double)q->nanos * 1e-9;
}

const char *cm_quantity_format(const struct cm_quantity *q, char text[CM_QUANTITY_TEXT_BYTES])
{
        char digits[CM_QUANTITY_TEXT_BYTES];
        size_t at = sizeof(digits);
        /* The magnitude of the lowest value fits the unsigned type alone. */
        unsigned_nanos rest = (unsigned_nanos)q->nanos;
        if (q->nanos < 0)
                rest = 0 - rest;
        size_t places = 0;
        digits[--at] = '\0';
        while (rest > 0 || places <= NANO_DIGITS) {
                char digit = (char)('0' + (int)(rest % 10));
                /* Zeros at the end of the fraction are left out, and then its point. */
                if (places >= NANO_DIGITS || digit != '0' || digits[at] != '\0')
                        digits[--at] = digit;
                rest /= 10;
                places++;
                if (places == NANO_DIGITS && digits[at] != '\0')
                        digits[--at] = '.';
        }
        if (q->nanos < 0)
                digits[--at] = '-';
        memcpy(text, digits + at, sizeof(digits) - at);
        return text;
}
