/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decimal to binary: small numbers are exact in one floating-point step; for the others an estimate
 * is corrected by comparing the decimal number with the middle between two neighbours in big
 * integers, so that no digit is ever lost.
 */
#include "codec/number.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum {
        DIGITS_MAX = 800, /* 768 tell any two halves apart; one more stands for the rest */
        LIMBS_MAX = 192,  /* 10^1126 (3,741 bits) times a 54-bit number, or 800 digits shifted */
        EXACT_TENS = 22
};

struct decimal {
        bool negative;
        uint64_t head; /* the first 19 significant digits */
        size_t head_digits;
        int64_t head_exponent;            /* value is about head * 10^head_exponent */
        unsigned char digits[DIGITS_MAX]; /* significant ones, no leading zeros */
        size_t count;
        int64_t exponent; /* value = digits * 10^exponent */
};

struct big {
        uint32_t limbs[LIMBS_MAX]; /* least significant first */
        size_t count;
};

static void big_mul_add(struct big *b, uint32_t factor, uint32_t add)
{
        uint64_t carry = add;
        for (size_t i = 0; i < b->count; i++) {
                carry += (uint64_t)b->limbs[i] * factor;
                b->limbs[i] = (uint32_t)carry;
                carry >>= 32;
        }
        if (carry != 0) {
                CM_ASSERT(b->count < LIMBS_MAX);
                b->limbs[b->count++] = (uint32_t)carry;
        }
}

static void big_mul_ten_power(struct big *b, int64_t power)
{
        for (; power >= 9; power -= 9)
                big_mul_add(b, 1000000000, 0);
        for (; power > 0; power--)
                big_mul_add(b, 10, 0);
}

static void big_shift(struct big *b, int64_t bits)
{
        size_t whole = (size_t)bits / 32;
        CM_ASSERT(b->count + whole < LIMBS_MAX);
        if (b->count == 0)
                return;
        memmove(b->limbs + whole, b->limbs, b->count * sizeof(b->limbs[0]));
        memset(b->limbs, 0, whole * sizeof(b->limbs[0]));
        b->count += whole;
        big_mul_add(b, (uint32_t)1 << (bits % 32), 0);
}

static int big_cmp(const struct big *a, const struct big *b)
{
        if (a->count != b->count)
                return a->count < b->count ? -1 : 1;
        for (size_t i = a->count; i-- > 0;)
                if (a->limbs[i] != b->limbs[i])
                        return a->limbs[i] < b->limbs[i] ? -1 : 1;
        return 0;
}

/* The decimal number against mantissa * 2^exponent. */
static int compare(const struct decimal *d, uint64_t mantissa, int64_t exponent)
{
        struct big left = { .count = 0 };
        struct big right = { .count = 0 };
        for (size_t i = 0; i < d->count; i++)
                big_mul_add(&left, 10, d->digits[i]);
        right.limbs[0] = (uint32_t)mantissa;
        right.limbs[1] = (uint32_t)(mantissa >> 32);
        right.count = right.limbs[1] != 0 ? 2 : right.limbs[0] != 0;
        big_mul_ten_power(d->exponent >= 0 ? &left : &right,
                          d->exponent >= 0 ? d->exponent : -d->exponent);
        big_shift(exponent >= 0 ? &right : &left, exponent >= 0 ? exponent : -exponent);
        return big_cmp(&left, &right);
}

static bool read_exponent(struct cm_sv s, int64_t *ret)
{
        bool negative = cm_sv_has_prefix(s, CM_SV("-"));
        if (negative || cm_sv_has_prefix(s, CM_SV("+")))
                s = cm_sv_skip(s, 1);
        int64_t v = 0;
        for (size_t i = 0; i < s.len; i++) {
                if (!cm_is_digit(s.ptr[i]))
                        return false;
                if (v < 100000000)
                        v = v * 10 + (s.ptr[i] - '0');
        }
        *ret = negative ? -v : v;
        return s.len > 0;
}

static void add_digit(struct decimal *d, unsigned char digit, bool fraction)
{
        if (d->count == 0 && digit == 0) {
                d->exponent -= fraction;
                return;
        }
        if (d->count < DIGITS_MAX) {
                d->digits[d->count++] = digit;
                d->exponent -= fraction;
        } else {
                if (digit != 0)
                        d->digits[DIGITS_MAX - 1] = 1;
                d->exponent += !fraction;
        }
        if (d->head_digits < 19) {
                d->head = d->head * 10 + digit;
                d->head_digits++;
        }
}

static bool read_decimal(struct cm_sv s, struct decimal *d)
{
        d->negative = cm_sv_has_prefix(s, CM_SV("-"));
        if (d->negative || cm_sv_has_prefix(s, CM_SV("+")))
                s = cm_sv_skip(s, 1);
        bool fraction = false;
        bool any = false;
        int64_t power = 0;
        size_t i = 0;
        for (; i < s.len; i++) {
                char c = s.ptr[i];
                if (c == '.' && !fraction) {
                        fraction = true;
                } else if (cm_is_digit(c)) {
                        add_digit(d, (unsigned char)(c - '0'), fraction);
                        any = true;
                } else {
                        break;
                }
        }
        if (!any)
                return false;
        if (i < s.len) {
                if ((s.ptr[i] != 'e' && s.ptr[i] != 'E') ||
                    !read_exponent(cm_sv_skip(s, i + 1), &power))
                        return false;
        }
        d->exponent += power;
        d->head_exponent = d->exponent + (int64_t)(d->count - d->head_digits);
        return true;
}

static const double tens[EXACT_TENS + 1] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                             1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                             1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

/* Both factors are exact, so the one rounding is the right one. */
static bool exact_step(const struct decimal *d, double *ret)
{
        if (d->count > d->head_digits || d->head > (uint64_t)1 << 53 || d->exponent > EXACT_TENS ||
            d->exponent < -EXACT_TENS)
                return false;
        double v = (double)d->head;
        *ret = d->exponent < 0 ? v / tens[-d->exponent] : v * tens[d->exponent];
        return true;
}

static double estimate(const struct decimal *d)
{
        long double v = (long double)d->head;
        int64_t e = d->head_exponent;
        long double ten = e < 0 ? 0.1L : 10.0L;
        for (uint64_t n = (uint64_t)(e < 0 ? -e : e); n != 0; n >>= 1, ten *= ten)
                if (n & 1)
                        v *= ten;
        return v > (long double)DBL_MAX ? DBL_MAX : (double)v;
}

/* -1: a lower neighbour is nearer, 0: `v` is the nearest, 1: a higher one. */
static int direction(const struct decimal *d, double v)
{
        int e = 0;
        double f = frexp(v, &e);
        int64_t exponent = CM_MAX((int64_t)e - 53, -1074);
        uint64_t mantissa = v == 0 ? 0 : (uint64_t)ldexp(f, (int)(e - exponent));
        if (v == 0)
                exponent = -1074;
        int above = compare(d, 2 * mantissa + 1, exponent - 1);
        if (above > 0 || (above == 0 && (mantissa & 1) != 0))
                return 1;
        if (mantissa == 0)
                return 0;
        bool step = mantissa == (uint64_t)1 << 52 && exponent > -1074;
        int below = step ? compare(d, 4 * mantissa - 1, exponent - 2)
                         : compare(d, 2 * mantissa - 1, exponent - 1);
        return below < 0 || (below == 0 && (mantissa & 1) != 0) ? -1 : 0;
}

bool cm_real_parse(struct cm_sv s, double *ret)
{
        struct decimal d;
        d.head = 0;
        d.head_digits = 0;
        d.count = 0;
        d.exponent = 0;
        if (!read_decimal(s, &d))
                return false;
        double v = 0;
        int64_t magnitude = d.exponent + (int64_t)d.count;
        if (d.count > 0 && magnitude > 310)
                return false;
        if (d.count > 0 && magnitude > -326 && !exact_step(&d, &v)) {
                v = estimate(&d);
                for (int way = 1; way != 0 && isfinite(v);) {
                        way = direction(&d, v);
                        if (way != 0)
                                v = nextafter(v, way > 0 ? (double)INFINITY : 0.0);
                }
        }
        if (!isfinite(v))
                return false;
        *ret = d.negative ? -v : v;
        return true;
}

void cm_buf_put_real(struct cm_buf *buf, double v)
{
        if (!isfinite(v)) {
                cm_buf_put_str(buf, "null");
                return;
        }
        struct cm_buf text CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&text, 64);
        for (int precision = 15; precision <= 17; precision++) {
                double back = 0;
                cm_buf_clear(&text);
                cm_buf_printf(&text, "%.*g", precision, v);
                if (cm_real_parse(cm_buf_sv(&text), &back) && back == v)
                        break;
        }
        struct cm_sv s = cm_buf_sv(&text);
        cm_buf_put_sv(buf, s);
        if (cm_sv_find_char(s, '.') < 0 && cm_sv_find_char(s, 'e') < 0)
                cm_buf_put_str(buf, ".0");
}
