/* SPDX-License-Identifier: Apache-2.0 */
/* Spans and points of time; see timestamp.h. Data of named zones is read by tzif.c. */
#include "cel/timestamp.h"

#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "cel/tzif.h"

enum {
        NS_PER_S = 1000000000,
        S_PER_DAY = 86400
};

/* Every pair (s, ns) has one normal form; false when seconds do not fit. */
static bool normalize(int64_t s, int64_t ns, int64_t *ret_s, int32_t *ret_ns)
{
        int64_t carry = ns / NS_PER_S;
        int64_t rest = ns % NS_PER_S;
        if (rest < 0) {
                rest += NS_PER_S;
                carry--;
        }
        *ret_ns = (int32_t)rest;
        return !__builtin_add_overflow(s, carry, ret_s);
}

static int cmp(int64_t a_s, int32_t a_ns, int64_t b_s, int32_t b_ns)
{
        if (a_s != b_s)
                return a_s < b_s ? -1 : 1;
        return a_ns == b_ns ? 0 : (a_ns < b_ns ? -1 : 1);
}

int cm_duration_make(int64_t s, int64_t ns, struct cm_duration *ret, struct cm_err *err)
{
        struct cm_duration d = { 0 };
        const struct cm_duration min = { -CM_DURATION_S_MAX, 0 };
        const struct cm_duration max = { CM_DURATION_S_MAX, 0 };
        if (!normalize(s, ns, &d.s, &d.ns) || cm_duration_cmp(d, min) < 0 ||
            cm_duration_cmp(d, max) > 0)
                return CM_RAISE(err, CM_E_LIMIT, "duration is out of range (315576000000 seconds)");
        *ret = d;
        return 0;
}

/* Units in nanoseconds; the micro sign has two code points. Longer names before their prefixes. */
static const struct {
        struct cm_sv name;
        int64_t ns;
} units[] = {
        { { "ns", 2 }, 1 },
        { { "us", 2 }, 1000 },
        { { "\xc2\xb5s", 3 }, 1000 },
        { { "\xce\xbcs", 3 }, 1000 },
        { { "ms", 2 }, 1000000 },
        { { "s", 1 }, NS_PER_S },
        { { "m", 1 }, INT64_C(60) * NS_PER_S },
        { { "h", 1 }, INT64_C(3600) * NS_PER_S },
};

struct decimal {
        uint64_t whole;
        uint64_t fraction; /* fraction / scale < 1 */
        double scale;
        bool overflow;
};

/* Digits with an optional fraction off *rest; false when there is no digit at all. */
static bool take_decimal(struct cm_sv *rest, struct decimal *ret)
{
        size_t i = 0;
        bool any = false;
        bool full = false;
        *ret = (struct decimal){ .scale = 1 };
        for (; i < rest->len && cm_is_digit(rest->ptr[i]); i++, any = true)
                if (__builtin_mul_overflow(ret->whole, 10U, &ret->whole) ||
                    __builtin_add_overflow(ret->whole, (uint64_t)(rest->ptr[i] - '0'), &ret->whole))
                        ret->overflow = true;
        if (i < rest->len && rest->ptr[i] == '.') {
                for (i++; i < rest->len && cm_is_digit(rest->ptr[i]); i++, any = true) {
                        uint64_t digit = (uint64_t)(rest->ptr[i] - '0');
                        full = full || ret->fraction > ((uint64_t)INT64_MAX - digit) / 10;
                        if (full)
                                continue; /* finer than any unit can show */
                        ret->fraction = ret->fraction * 10 + digit;
                        ret->scale *= 10;
                }
        }
        *rest = cm_sv_skip(*rest, i);
        return any;
}

/* Adds number * unit; false when seconds overflow. */
static bool add_part(const struct decimal *number, int64_t unit_ns, uint64_t *s, uint64_t *ns)
{
        uint64_t part_s = 0;
        if (number->overflow)
                return false;
        if (unit_ns >= NS_PER_S) {
                if (__builtin_mul_overflow(number->whole, (uint64_t)(unit_ns / NS_PER_S), &part_s))
                        return false;
        } else {
                uint64_t per_s = (uint64_t)(NS_PER_S / unit_ns);
                part_s = number->whole / per_s;
                *ns += number->whole % per_s * (uint64_t)unit_ns;
        }
        double fraction_ns = (double)number->fraction * ((double)unit_ns / number->scale);
        *ns += (uint64_t)fraction_ns;
        part_s += *ns / NS_PER_S;
        *ns %= NS_PER_S;
        return part_s <= (uint64_t)CM_DURATION_S_MAX + 1 &&
               (*s += part_s) <= (uint64_t)CM_DURATION_S_MAX + 1;
}

static bool take_unit(struct cm_sv *rest, int64_t *ret_ns)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(units); i++)
                if (cm_sv_has_prefix(*rest, units[i].name)) {
                        *rest = cm_sv_skip(*rest, units[i].name.len);
                        *ret_ns = units[i].ns;
                        return rest->len == 0 || cm_is_digit(rest->ptr[0]) || rest->ptr[0] == '.';
                }
        return false;
}

int cm_duration_parse(struct cm_sv s, struct cm_duration *ret, struct cm_err *err)
{
        uint64_t sum_s = 0;
        uint64_t sum_ns = 0;
        struct cm_sv rest = s;
        bool fits = true;
        bool negative = rest.len > 0 && rest.ptr[0] == '-';
        if (negative || (rest.len > 0 && rest.ptr[0] == '+'))
                rest = cm_sv_skip(rest, 1);
        if (cm_sv_eq(rest, CM_SV("0")))
                return cm_duration_make(0, 0, ret, err);
        if (rest.len == 0)
                return CM_RAISE(err, CM_E_MALFORMED, "duration is empty");
        while (rest.len > 0) {
                struct decimal number;
                int64_t unit_ns = 0;
                size_t at = s.len - rest.len;
                if (!take_decimal(&rest, &number))
                        return CM_RAISE(err, CM_E_MALFORMED,
                                        "duration has no number at byte %zu (as in \"1h2m3.5s\")",
                                        at);
                if (!take_unit(&rest, &unit_ns))
                        return CM_RAISE(err, CM_E_MALFORMED,
                                        "duration has no unit (h, m, s, ms, us, ns) for the number "
                                        "at byte %zu",
                                        at);
                fits = fits && add_part(&number, unit_ns, &sum_s, &sum_ns);
        }
        int64_t whole_s = fits ? (int64_t)sum_s : CM_DURATION_S_MAX + 1;
        int64_t ns = fits ? (int64_t)sum_ns : 0;
        return cm_duration_make(negative ? -whole_s : whole_s, negative ? -ns : ns, ret, err);
}

/* ".5" for 500000000, nothing for 0; the length. */
static size_t format_fraction(uint32_t ns, char *out, size_t out_size)
{
        if (ns == 0)
                return 0;
        int n = snprintf(out, out_size, ".%09u", (unsigned)ns);
        CM_ASSERT(n == 10);
        while (out[n - 1] == '0')
                n--;
        return (size_t)n;
}

const char *cm_duration_format(struct cm_duration d, char text[CM_TIMESTAMP_TEXT_BYTES])
{
        bool negative = d.s < 0;
        uint64_t s = negative ? 0 - (uint64_t)d.s : (uint64_t)d.s;
        uint32_t ns = (uint32_t)d.ns;
        if (negative && ns > 0) {
                s--;
                ns = NS_PER_S - ns;
        }
        int n = snprintf(text, CM_TIMESTAMP_TEXT_BYTES, "%s%llu", negative ? "-" : "",
                         (unsigned long long)s);
        CM_ASSERT(n > 0 && n < CM_TIMESTAMP_TEXT_BYTES - 12);
        size_t end =
                (size_t)n + format_fraction(ns, text + n, (size_t)(CM_TIMESTAMP_TEXT_BYTES - n));
        memcpy(text + end, "s", 2);
        return text;
}

int cm_duration_add(struct cm_duration a, struct cm_duration b, struct cm_duration *ret,
                    struct cm_err *err)
{
        return cm_duration_make(a.s + b.s, (int64_t)a.ns + b.ns, ret, err);
}

int cm_duration_sub(struct cm_duration a, struct cm_duration b, struct cm_duration *ret,
                    struct cm_err *err)
{
        return cm_duration_make(a.s - b.s, (int64_t)a.ns - b.ns, ret, err);
}

struct cm_duration cm_duration_negate(struct cm_duration d)
{
        if (d.ns == 0)
                return (struct cm_duration){ -d.s, 0 };
        return (struct cm_duration){ -d.s - 1, NS_PER_S - d.ns };
}

int cm_duration_cmp(struct cm_duration a, struct cm_duration b)
{
        return cmp(a.s, a.ns, b.s, b.ns);
}

int64_t cm_duration_seconds(struct cm_duration d)
{
        return d.s < 0 && d.ns > 0 ? d.s + 1 : d.s;
}

int64_t cm_duration_minutes(struct cm_duration d)
{
        return cm_duration_seconds(d) / 60;
}

int64_t cm_duration_hours(struct cm_duration d)
{
        return cm_duration_seconds(d) / 3600;
}

int64_t cm_duration_milliseconds(struct cm_duration d)
{
        int32_t ns = d.s < 0 && d.ns > 0 ? d.ns - NS_PER_S : d.ns;
        return ns / 1000000;
}

int cm_timestamp_make(int64_t s, int64_t ns, struct cm_timestamp *ret, struct cm_err *err)
{
        struct cm_timestamp t = { 0 };
        if (!normalize(s, ns, &t.s, &t.ns) || t.s < CM_TIMESTAMP_S_MIN || t.s > CM_TIMESTAMP_S_MAX)
                return CM_RAISE(err, CM_E_LIMIT, "timestamp is out of range (years 1 to 9999)");
        *ret = t;
        return 0;
}

/* `len` digits at `at`, at most `max`. */
static bool number(struct cm_sv s, size_t at, size_t len, int64_t max, int64_t *ret)
{
        int64_t v = 0;
        if (s.len < at + len)
                return false;
        for (size_t i = at; i < at + len; i++) {
                if (!cm_is_digit(s.ptr[i]))
                        return false;
                v = v * 10 + (s.ptr[i] - '0');
        }
        *ret = v;
        return v <= max;
}

/* ".123" at *at: nanoseconds; false when a point has no digit after it. */
static bool fraction(struct cm_sv s, size_t *at, int64_t *ret_ns)
{
        int64_t ns = 0;
        int64_t place = NS_PER_S / 10;
        size_t i = *at;
        *ret_ns = 0;
        if (i >= s.len || s.ptr[i] != '.')
                return true;
        for (i++; i < s.len && cm_is_digit(s.ptr[i]); i++, place /= 10)
                ns += (s.ptr[i] - '0') * place;
        bool any = i > *at + 1;
        *at = i;
        *ret_ns = ns;
        return any;
}

/* "Z" or "+hh:mm" to the end of the text. */
static bool offset(struct cm_sv s, int64_t *ret_east_s)
{
        int64_t h = 0;
        int64_t m = 0;
        *ret_east_s = 0;
        if (cm_sv_eq(s, CM_SV("Z")))
                return true;
        if (s.len != 6 || (s.ptr[0] != '+' && s.ptr[0] != '-') || s.ptr[3] != ':' ||
            !number(s, 1, 2, 23, &h) || !number(s, 4, 2, 59, &m))
                return false;
        *ret_east_s = (s.ptr[0] == '-' ? -1 : 1) * (h * 3600 + m * 60);
        return true;
}

static int64_t days_of_month(int64_t year, int64_t month)
{
        return cm_days_from_civil(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1) -
               cm_days_from_civil(year, month, 1);
}

int cm_timestamp_parse(struct cm_sv s, struct cm_timestamp *ret, struct cm_err *err)
{
        int64_t y = 0, mo = 0, d = 0, h = 0, mi = 0, sec = 0, ns = 0, east_s = 0;
        size_t at = 19;
        bool ok = number(s, 0, 4, 9999, &y) && number(s, 5, 2, 12, &mo) &&
                  number(s, 8, 2, 31, &d) && number(s, 11, 2, 23, &h) &&
                  number(s, 14, 2, 59, &mi) && number(s, 17, 2, 59, &sec) && s.ptr[4] == '-' &&
                  s.ptr[7] == '-' && s.ptr[10] == 'T' && s.ptr[13] == ':' && s.ptr[16] == ':' &&
                  mo > 0 && d > 0 && d <= days_of_month(y, mo) && fraction(s, &at, &ns) &&
                  offset(cm_sv_skip(s, at), &east_s);
        if (!ok)
                return CM_RAISE(err, CM_E_MALFORMED,
                                "timestamp is not of the form 2009-02-13T23:31:30Z (RFC 3339)");
        int64_t unix_s = cm_days_from_civil(y, mo, d) * S_PER_DAY + h * 3600 + mi * 60 + sec;
        return cm_timestamp_make(unix_s - east_s, ns, ret, err);
}

const char *cm_timestamp_format(struct cm_timestamp t, char text[CM_TIMESTAMP_TEXT_BYTES])
{
        char whole[CM_TIME_TEXT_BYTES];
        cm_time_format(t.s, whole);
        size_t n = strlen(whole);
        CM_ASSERT(n > 0 && whole[n - 1] == 'Z');
        memcpy(text, whole, n - 1);
        n--;
        n += format_fraction((uint32_t)t.ns, text + n, CM_TIMESTAMP_TEXT_BYTES - n);
        memcpy(text + n, "Z", 2);
        return text;
}

int cm_timestamp_add(struct cm_timestamp t, struct cm_duration d, struct cm_timestamp *ret,
                     struct cm_err *err)
{
        return cm_timestamp_make(t.s + d.s, (int64_t)t.ns + d.ns, ret, err);
}

int cm_timestamp_sub(struct cm_timestamp t, struct cm_duration d, struct cm_timestamp *ret,
                     struct cm_err *err)
{
        return cm_timestamp_make(t.s - d.s, (int64_t)t.ns - d.ns, ret, err);
}

int cm_timestamp_diff(struct cm_timestamp a, struct cm_timestamp b, struct cm_duration *ret,
                      struct cm_err *err)
{
        struct cm_duration d = { 0 };
        int64_t ns = 0;
        bool fits = normalize(a.s - b.s, (int64_t)a.ns - b.ns, &d.s, &d.ns);
        CM_ASSERT(fits);
        /* The lowest value alone would overflow before its nanoseconds bring it back. */
        int64_t whole_s = d.s < 0 ? d.s + 1 : d.s;
        int64_t rest_ns = d.s < 0 ? d.ns - NS_PER_S : d.ns;
        if (__builtin_mul_overflow(whole_s, (int64_t)NS_PER_S, &ns) ||
            __builtin_add_overflow(ns, rest_ns, &ns))
                return CM_RAISE(err, CM_E_LIMIT,
                                "difference of timestamps is out of range (292 years)");
        *ret = d;
        return 0;
}

int cm_timestamp_cmp(struct cm_timestamp a, struct cm_timestamp b)
{
        return cmp(a.s, a.ns, b.s, b.ns);
}

static const char *const field_names[CM_TIMESTAMP_FIELD_COUNT] = {
#define X(field, method) [CM_TIMESTAMP_##field] = #method,
        CM_TIMESTAMP_FIELDS(X)
#undef X
};

bool cm_timestamp_field_from_string(struct cm_sv s, enum cm_timestamp_field *ret)
{
        for (size_t i = 0; i < CM_TIMESTAMP_FIELD_COUNT; i++)
                if (cm_sv_eq(s, cm_sv_from_cstr(field_names[i]))) {
                        *ret = (enum cm_timestamp_field)i;
                        return true;
                }
        return false;
}

int cm_timestamp_east_s(struct cm_timestamp t, struct cm_sv zone,
                        const struct cm_zone_source *zones, int64_t *ret_s, struct cm_err *err)
{
        if (zone.len == 0 || cm_sv_eq(zone, CM_SV("UTC"))) {
                *ret_s = 0;
                return 0;
        }
        if (offset(zone, ret_s))
                return 0;
        if (zone.len == 5 && zone.ptr[2] == ':') {
                char text[6] = { '+', zone.ptr[0], zone.ptr[1], ':', zone.ptr[3], zone.ptr[4] };
                if (offset(cm_sv_make(text, sizeof(text)), ret_s))
                        return 0;
        }
        struct cm_sv bytes = CM_SV_NULL;
        int r = zones == NULL || cm_sv_find_char(zone, ':') >= 0
                        ? 1
                        : zones->load(zones->ctx, zone, &bytes, err);
        if (r > 0)
                return CM_RAISE(err, CM_E_NOT_FOUND,
                                "time zone is neither an offset (\"+05:30\") nor a name that this "
                                "host has (\"Europe/Berlin\")");
        if (r < 0)
                return r;
        return cm_tzif_east_s(bytes, t.s, ret_s, err);
}

static int64_t floor_days(int64_t s)
{
        return (s >= 0 ? s : s - (S_PER_DAY - 1)) / S_PER_DAY;
}

int64_t cm_timestamp_get(struct cm_timestamp t, enum cm_timestamp_field field, int64_t east_s)
{
        int64_t local_s = t.s + east_s;
        int64_t days = floor_days(local_s);
        int64_t in_day_s = local_s - days * S_PER_DAY;
        int64_t year = 0;
        int64_t month = 0;
        int64_t day = 0;
        cm_civil_from_days(days, &year, &month, &day);
        switch (field) {
        case CM_TIMESTAMP_FULL_YEAR:
                return year;
        case CM_TIMESTAMP_MONTH:
                return month - 1;
        case CM_TIMESTAMP_DATE:
                return day;
        case CM_TIMESTAMP_DAY_OF_MONTH:
                return day - 1;
        case CM_TIMESTAMP_DAY_OF_WEEK: /* the epoch was a Thursday */
                return ((days + 4) % 7 + 7) % 7;
        case CM_TIMESTAMP_DAY_OF_YEAR:
                return days - cm_days_from_civil(year, 1, 1);
        case CM_TIMESTAMP_HOURS:
                return in_day_s / 3600;
        case CM_TIMESTAMP_MINUTES:
                return in_day_s / 60 % 60;
        case CM_TIMESTAMP_SECONDS:
                return in_day_s % 60;
        case CM_TIMESTAMP_MILLISECONDS:
                return t.ns / 1000000;
        case CM_TIMESTAMP_FIELD_COUNT:
                break;
        }
        CM_ASSERT(false);
        return 0;
}
