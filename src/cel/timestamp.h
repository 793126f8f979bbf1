/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Points and spans of time with nanoseconds, as CEL has them: text in and out, arithmetic that
 * refuses what leaves the range, calendar fields in any zone. No clock and no files: data of named
 * zones comes from a hook. Not for: when something happened in our own records (base/time.h).
 */
#pragma once

#include "base/err.h"
#include "base/sv.h"

/* Both are `s + ns / 10^9` with 0 <= ns < 10^9, negative values too: -0.5 s is { -1, 500000000 }.
 * So the order is that of (s, ns), and zeroed memory is the epoch or the empty span. */
struct cm_duration {
        int64_t s;
        int32_t ns;
};
struct cm_timestamp {
        int64_t s; /* since 1970-01-01T00:00:00Z, no leap seconds */
        int32_t ns;
};

/* google.protobuf.Duration (10,000 years) and google.protobuf.Timestamp (years 1 to 9999). */
#define CM_DURATION_S_MAX  INT64_C(315576000000)
#define CM_TIMESTAMP_S_MIN INT64_C(-62135596800)
#define CM_TIMESTAMP_S_MAX INT64_C(253402300799)

enum {
        CM_TIMESTAMP_TEXT_BYTES = 48
};

/*
 * Reads "1h2m3.5s", "-1.5h", "10ms", "7us", "3ns", "0": one or more decimal numbers with a unit.
 * A fraction finer than a nanosecond is cut with a double's precision, as the reference does.
 * Errors: CM_E_MALFORMED; CM_E_LIMIT out of range.
 * Spec:   Go time.ParseDuration; CEL language definition "Timezones and durations".
 */
CM_MUST_CHECK int cm_duration_parse(struct cm_sv s, struct cm_duration *ret, struct cm_err *err);
/* Any pair of seconds and nanoseconds, brought into the normal form. CM_E_LIMIT out of range. */
CM_MUST_CHECK int cm_duration_make(int64_t s, int64_t ns, struct cm_duration *ret,
                                   struct cm_err *err);
/* Seconds with the shortest exact fraction: "90s", "-0.5s". NUL-terminated; returns `text`. */
const char *cm_duration_format(struct cm_duration d, char text[CM_TIMESTAMP_TEXT_BYTES]);

CM_MUST_CHECK int cm_duration_add(struct cm_duration a, struct cm_duration b,
                                  struct cm_duration *ret, struct cm_err *err);
CM_MUST_CHECK int cm_duration_sub(struct cm_duration a, struct cm_duration b,
                                  struct cm_duration *ret, struct cm_err *err);
struct cm_duration cm_duration_negate(struct cm_duration d);
int cm_duration_cmp(struct cm_duration a, struct cm_duration b); /* -1, 0, 1 */

/* Whole units, cut towards zero; milliseconds are those within the second (CEL's getters). */
int64_t cm_duration_hours(struct cm_duration d);
int64_t cm_duration_minutes(struct cm_duration d);
int64_t cm_duration_seconds(struct cm_duration d);
int64_t cm_duration_milliseconds(struct cm_duration d);

/*
 * Reads RFC 3339 date-time: "2009-02-13T23:31:30.123456789Z", "...+02:00". Digits finer than
 * nanoseconds are dropped; leap seconds (":60") are refused, as by the reference.
 * Errors: CM_E_MALFORMED; CM_E_LIMIT for a year 0 or an offset that leaves the range.
 */
CM_MUST_CHECK int cm_timestamp_parse(struct cm_sv s, struct cm_timestamp *ret, struct cm_err *err);
CM_MUST_CHECK int cm_timestamp_make(int64_t s, int64_t ns, struct cm_timestamp *ret,
                                    struct cm_err *err);
/* RFC 3339 in UTC, shortest exact fraction. NUL-terminated; returns `text`. */
const char *cm_timestamp_format(struct cm_timestamp t, char text[CM_TIMESTAMP_TEXT_BYTES]);

CM_MUST_CHECK int cm_timestamp_add(struct cm_timestamp t, struct cm_duration d,
                                   struct cm_timestamp *ret, struct cm_err *err);
CM_MUST_CHECK int cm_timestamp_sub(struct cm_timestamp t, struct cm_duration d,
                                   struct cm_timestamp *ret, struct cm_err *err);
/* a - b. CM_E_LIMIT past 2^63 nanoseconds (292 years): the conformance suite asks for that. */
CM_MUST_CHECK int cm_timestamp_diff(struct cm_timestamp a, struct cm_timestamp b,
                                    struct cm_duration *ret, struct cm_err *err);
int cm_timestamp_cmp(struct cm_timestamp a, struct cm_timestamp b);

/* enumerator, CEL method of timestamps */
#define CM_TIMESTAMP_FIELDS(X)                                         \
        X(FULL_YEAR, getFullYear)                                      \
        X(MONTH, getMonth)             /* 0 = January */               \
        X(DATE, getDate)               /* day of the month, 1-based */ \
        X(DAY_OF_MONTH, getDayOfMonth) /* 0-based */                   \
        X(DAY_OF_WEEK, getDayOfWeek)   /* 0 = Sunday */                \
        X(DAY_OF_YEAR, getDayOfYear)   /* 0-based */                   \
        X(HOURS, getHours)                                             \
        X(MINUTES, getMinutes)                                         \
        X(SECONDS, getSeconds)                                         \
        X(MILLISECONDS, getMilliseconds)

enum cm_timestamp_field {
#define X(field, method) CM_TIMESTAMP_##field,
        CM_TIMESTAMP_FIELDS(X)
#undef X
        CM_TIMESTAMP_FIELD_COUNT
};

/* "getHours" and the like. */
bool cm_timestamp_field_from_string(struct cm_sv s, enum cm_timestamp_field *ret);

/*
 * Where the data of named zones comes from: `load` gives the bytes of the zone's TZif file, which
 * stay valid as long as `ctx`. Returns: 0; 1 when there is no such zone.
 */
struct cm_zone_source {
        int (*load)(void *ctx, struct cm_sv name, struct cm_sv *ret_tzif, struct cm_err *err);
        void *ctx;
};

/*
 * Seconds east of UTC of a zone at an instant.
 *
 * Input:   `zone` is "", "UTC", "Z", "+05:30", "-08:00", "02:00" or an IANA name; `zones` may be
 *          NULL (then no names but "UTC").
 * Errors:  CM_E_NOT_FOUND for a zone that does not exist, CM_E_MALFORMED for its data; what the
 *          hook reports.
 * Thread:  as the hook.
 */
CM_MUST_CHECK int cm_timestamp_east_s(struct cm_timestamp t, struct cm_sv zone,
                                      const struct cm_zone_source *zones, int64_t *ret_s,
                                      struct cm_err *err);
/* A calendar field of the instant as clocks `east_s` seconds east of UTC show it. */
int64_t cm_timestamp_get(struct cm_timestamp t, enum cm_timestamp_field field, int64_t east_s);
