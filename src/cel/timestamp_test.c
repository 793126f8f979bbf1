/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of timestamp.c and tzif.c: texts, ranges, calendar fields, zone data made by hand. */
#include "base/arena.h"
#include "base/buf.h"
#include "cel/timestamp.h"
#include "cel/tzif.h"
#include "os/zoneinfo.h"
#include "tests/harness.h"

static struct cm_duration duration(const char *text)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_duration d = { 0 };
        CM_CHECK_OK(cm_duration_parse(cm_sv_from_cstr(text), &d, &err), &err);
        return d;
}

static struct cm_timestamp timestamp(const char *text)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_timestamp t = { 0 };
        CM_CHECK_OK(cm_timestamp_parse(cm_sv_from_cstr(text), &t, &err), &err);
        return t;
}

static void check_duration(const char *text, const char *want)
{
        char got[CM_TIMESTAMP_TEXT_BYTES];
        CM_CHECK_SV(cm_sv_from_cstr(cm_duration_format(duration(text), got)), want);
}

static void check_bad_duration(const char *text, enum cm_err_code code)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_duration d = { 0 };
        CM_CHECK(cm_duration_parse(cm_sv_from_cstr(text), &d, &err) < 0);
        CM_CHECK_INT(err.code, code);
}

CM_TEST(durations)
{
        check_duration("1h2m3.5s", "3723.5s");
        check_duration("-1.5h", "-5400s");
        check_duration("10ms", "0.01s");
        check_duration("7us", "0.000007s");
        check_duration("7\xc2\xb5s", "0.000007s");
        check_duration("7\xce\xbcs", "0.000007s");
        check_duration("-1ns", "-0.000000001s");
        check_duration("-999999999ns", "-0.999999999s");
        check_duration("0", "0s");
        check_duration("-0", "0s");
        check_duration("+5s", "5s");
        check_duration(".5s", "0.5s");
        check_duration("5.s", "5s");
        check_duration("1000000s", "1000000s");
        check_duration("315576000000s", "315576000000s");
        check_duration("-315576000000s", "-315576000000s");
        check_duration("0.3333333333333333333h", "1200s");
        check_duration("1m1m1m", "180s");
        check_duration("0.9999999999s", "0.999999999s");
        static const char *const bad[] = { "",    "s",    "1",    "1x", "1s2", ".s",  "-",    "+",
                                           "1 s", "1e3s", "--1s", "1S", "1d",  ". s", "1s-1s" };
        for (size_t i = 0; i < CM_ARRAY_LEN(bad); i++)
                check_bad_duration(bad[i], CM_E_MALFORMED);
        check_bad_duration("315576000001s", CM_E_LIMIT);
        check_bad_duration("315576000000.000000001s", CM_E_LIMIT);
        check_bad_duration("99999999999999999999999s", CM_E_LIMIT);
        check_bad_duration("18446744073709551615h", CM_E_LIMIT);
        check_bad_duration("315576000000s315576000000s", CM_E_LIMIT);
}

CM_TEST(duration_arithmetic)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_duration d = { 0 };
        char text[CM_TIMESTAMP_TEXT_BYTES];
        CM_CHECK_OK(cm_duration_add(duration("600s"), duration("-0.5s"), &d, &err), &err);
        CM_CHECK_SV(cm_sv_from_cstr(cm_duration_format(d, text)), "599.5s");
        CM_CHECK_OK(cm_duration_sub(duration("1ns"), duration("2ns"), &d, &err), &err);
        CM_CHECK_SV(cm_sv_from_cstr(cm_duration_format(d, text)), "-0.000000001s");
        CM_CHECK_INT(cm_duration_cmp(cm_duration_negate(d), duration("1ns")), 0);
        CM_CHECK_INT(cm_duration_cmp(duration("-0.5s"), duration("-0.4s")), -1);
        CM_CHECK_INT(cm_duration_cmp(duration("60s"), duration("1m")), 0);
        CM_CHECK(cm_duration_add(duration("200000000000s"), duration("200000000000s"), &d, &err) <
                 0);
        CM_CHECK_INT(err.code, CM_E_LIMIT);

        CM_CHECK_INT(cm_duration_hours(duration("10000s")), 2);
        CM_CHECK_INT(cm_duration_minutes(duration("3730s")), 62);
        CM_CHECK_INT(cm_duration_seconds(duration("-1.5s")), -1);
        CM_CHECK_INT(cm_duration_hours(duration("-1.5h")), -1);
        CM_CHECK_INT(cm_duration_milliseconds(duration("123.321456789s")), 321);
        CM_CHECK_INT(cm_duration_milliseconds(duration("-1.25s")), -250);
}

static void check_timestamp(const char *text, const char *want)
{
        char got[CM_TIMESTAMP_TEXT_BYTES];
        CM_CHECK_SV(cm_sv_from_cstr(cm_timestamp_format(timestamp(text), got)), want);
}

static void check_bad_timestamp(const char *text, enum cm_err_code code)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_timestamp t = { 0 };
        CM_CHECK(cm_timestamp_parse(cm_sv_from_cstr(text), &t, &err) < 0);
        CM_CHECK_INT(err.code, code);
}

CM_TEST(timestamps)
{
        CM_CHECK_INT(timestamp("2009-02-13T23:31:30Z").s, 1234567890);
        check_timestamp("2009-02-13T23:31:30.5Z", "2009-02-13T23:31:30.5Z");
        check_timestamp("2009-02-13T23:31:30.1234567899Z", "2009-02-13T23:31:30.123456789Z");
        check_timestamp("2009-02-14T01:31:30+02:00", "2009-02-13T23:31:30Z");
        check_timestamp("2009-02-13T21:01:30.000-02:30", "2009-02-13T23:31:30Z");
        check_timestamp("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z");
        check_timestamp("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z");
        check_timestamp("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z");
        static const char *const bad[] = {
                "",
                "2009-02-13",
                "2009-02-13T23:31:30",
                "2009-02-13 23:31:30Z",
                "2009-02-30T23:31:30Z",
                "2023-02-29T00:00:00Z",
                "2009-13-01T23:31:30Z",
                "2009-02-13T24:00:00Z",
                "2009-02-13T23:31:60Z",
                "2009-02-13T23:31:30.Z",
                "2009-02-13T23:31:30+0200",
                "2009-02-13T23:31:30+24:00",
                "2009-02-13T23:31:30Zx",
                "10000-01-01T00:00:00Z",
                "2009-00-13T23:31:30Z",
                "2009-02-00T23:31:30Z",
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(bad); i++)
                check_bad_timestamp(bad[i], CM_E_MALFORMED);
        check_bad_timestamp("0000-01-01T00:00:00Z", CM_E_LIMIT);
        check_bad_timestamp("0001-01-01T00:00:00+00:01", CM_E_LIMIT);
        check_bad_timestamp("9999-12-31T23:59:59-00:01", CM_E_LIMIT);
}

CM_TEST(timestamp_arithmetic)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_timestamp t = { 0 };
        struct cm_duration d = { 0 };
        char text[CM_TIMESTAMP_TEXT_BYTES];
        CM_CHECK_OK(cm_timestamp_add(timestamp("0001-01-01T00:00:01.000000001Z"),
                                     duration("-999999999ns"), &t, &err),
                    &err);
        CM_CHECK_SV(cm_sv_from_cstr(cm_timestamp_format(t, text)),
                    "0001-01-01T00:00:00.000000002Z");
        CM_CHECK_OK(cm_timestamp_sub(t, duration("2ns"), &t, &err), &err);
        CM_CHECK_SV(cm_sv_from_cstr(cm_timestamp_format(t, text)), "0001-01-01T00:00:00Z");
        CM_CHECK(cm_timestamp_sub(t, duration("1ns"), &t, &err) < 0);
        CM_CHECK_INT(err.code, CM_E_LIMIT);
        cm_err_clear(&err);
        CM_CHECK(cm_timestamp_add(timestamp("9999-12-31T23:59:59.999999999Z"), duration("1ns"), &t,
                                  &err) < 0);
        cm_err_clear(&err);

        struct cm_timestamp epoch = { 0 };
        CM_CHECK_OK(cm_timestamp_diff(epoch, timestamp("1677-09-21T00:12:43.145224193Z"), &d, &err),
                    &err);
        CM_CHECK_SV(cm_sv_from_cstr(cm_duration_format(d, text)), "9223372036.854775807s");
}

/* The range of a difference is that of 64-bit nanoseconds, to the nanosecond. */
CM_TEST(difference_range)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_duration d = { 0 };
        struct cm_timestamp epoch = { 0 };
        struct cm_timestamp lowest = { -9223372037, 145224192 };
        struct cm_timestamp below = { -9223372037, 145224191 };
        struct cm_timestamp highest = { 9223372036, 854775807 };
        struct cm_timestamp above = { 9223372036, 854775808 };
        CM_CHECK_OK(cm_timestamp_diff(lowest, epoch, &d, &err), &err);
        CM_CHECK_OK(cm_timestamp_diff(highest, epoch, &d, &err), &err);
        CM_CHECK(cm_timestamp_diff(below, epoch, &d, &err) < 0);
        cm_err_clear(&err);
        CM_CHECK(cm_timestamp_diff(above, epoch, &d, &err) < 0);
        CM_CHECK_INT(err.code, CM_E_LIMIT);
}

static int64_t field(const char *text, const char *method, const char *zone,
                     const struct cm_zone_source *zones)
{
        struct cm_err err = CM_ERR_INIT;
        enum cm_timestamp_field f = CM_TIMESTAMP_FIELD_COUNT;
        int64_t east_s = 0;
        struct cm_timestamp t = timestamp(text);
        CM_CHECK(cm_timestamp_field_from_string(cm_sv_from_cstr(method), &f));
        CM_CHECK_OK(cm_timestamp_east_s(t, cm_sv_from_cstr(zone), zones, &east_s, &err), &err);
        return cm_timestamp_get(t, f, east_s);
}

CM_TEST(fields)
{
        const char *t = "2009-02-13T23:31:30.123456789Z";
        CM_CHECK_INT(field(t, "getFullYear", "", NULL), 2009);
        CM_CHECK_INT(field(t, "getMonth", "UTC", NULL), 1);
        CM_CHECK_INT(field(t, "getDate", "", NULL), 13);
        CM_CHECK_INT(field(t, "getDayOfMonth", "", NULL), 12);
        CM_CHECK_INT(field(t, "getDayOfWeek", "", NULL), 5);
        CM_CHECK_INT(field(t, "getDayOfYear", "", NULL), 43);
        CM_CHECK_INT(field(t, "getHours", "", NULL), 23);
        CM_CHECK_INT(field(t, "getMinutes", "", NULL), 31);
        CM_CHECK_INT(field(t, "getSeconds", "-00:00", NULL), 30);
        CM_CHECK_INT(field(t, "getMilliseconds", "", NULL), 123);
        CM_CHECK_INT(field(t, "getDayOfMonth", "+11:00", NULL), 13);
        CM_CHECK_INT(field(t, "getHours", "02:00", NULL), 1);
        CM_CHECK_INT(field(t, "getHours", "-09:30", NULL), 14);
        CM_CHECK_INT(field("1969-12-31T23:59:59Z", "getDayOfWeek", "", NULL), 3);
        CM_CHECK_INT(field("0001-01-01T00:00:00Z", "getFullYear", "-01:00", NULL), 0);
        struct cm_err err = CM_ERR_INIT;
        int64_t east_s = 0;
        static const char *const bad[] = { "+5:30",   "+24:00", "+05:60", "05:3",
                                           "+05:30x", "Mars/X", ":",      "+0530" };
        for (size_t i = 0; i < CM_ARRAY_LEN(bad); i++) {
                CM_CHECK(cm_timestamp_east_s(timestamp(t), cm_sv_from_cstr(bad[i]), NULL, &east_s,
                                             &err) < 0);
                CM_CHECK_INT(err.code, CM_E_NOT_FOUND);
                cm_err_clear(&err);
        }
}

CM_TEST(zones_of_the_host)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(4));
        struct cm_zoneinfo *info = cm_zoneinfo_new(arena, NULL);
        struct cm_zone_source zones = { cm_zoneinfo_load, info };
        struct cm_err err = CM_ERR_INIT;
        struct cm_sv bytes;
        if (cm_zoneinfo_load(info, CM_SV("Europe/Berlin"), &bytes, &err) != 0)
                CM_SKIP("this host has no time zones");
        const char *t = "2009-02-13T23:31:30Z";
        CM_CHECK_INT(field(t, "getDate", "Australia/Sydney", &zones), 14);
        CM_CHECK_INT(field(t, "getMinutes", "Asia/Kathmandu", &zones), 16);
        CM_CHECK_INT(field(t, "getHours", "America/New_York", &zones), 18);
        CM_CHECK_INT(field("2093-07-01T00:00:00Z", "getHours", "Europe/Berlin", &zones), 2);
        CM_CHECK_INT(field("2093-01-01T00:00:00Z", "getHours", "Europe/Berlin", &zones), 1);
        static const char *const none[] = { "../zoneinfo/UTC", "/etc/passwd",    "Europe",
                                            "Europe/..",       "Europe//Berlin", "Europe/Berlin/",
                                            "posixrules\0x",   "tzdata.zi",      "Nowhere/Land" };
        for (size_t i = 0; i < CM_ARRAY_LEN(none); i++)
                CM_CHECK_INT(cm_zoneinfo_load(info, cm_sv_from_cstr(none[i]), &bytes, &err), 1);
        cm_arena_free(arena);
}

/* A file of version 2 whose 64-bit block has `times`, one type per entry of `offsets`. */
static void make_tzif(struct cm_buf *buf, const int64_t *times, size_t time_count,
                      const int32_t *offsets, size_t type_count, const char *footer)
{
        cm_buf_init(buf, 4096);
        for (int block = 0; block < 2; block++) {
                size_t count = block == 0 ? 0 : time_count;
                size_t types = block == 0 ? 1 : type_count;
                cm_buf_put(buf, "TZif2", 5);
                cm_buf_put(buf, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 15);
                cm_buf_put_be32(buf, 0);
                cm_buf_put_be32(buf, 0);
                cm_buf_put_be32(buf, 0);
                cm_buf_put_be32(buf, (uint32_t)count);
                cm_buf_put_be32(buf, (uint32_t)types);
                cm_buf_put_be32(buf, 4);
                for (size_t i = 0; i < count; i++)
                        cm_buf_put_be64(buf, (uint64_t)times[i]);
                for (size_t i = 0; i < count; i++)
                        cm_buf_put_u8(buf, (uint8_t)(i + 1));
                for (size_t i = 0; i < types; i++) {
                        cm_buf_put_be32(buf, (uint32_t)offsets[i]);
                        cm_buf_put(buf, "\0\0", 2);
                }
                cm_buf_put(buf, "ABC\0", 4);
        }
        cm_buf_printf(buf, "\n%s\n", footer);
}

static int64_t east_s(const struct cm_buf *buf, int64_t unix_s)
{
        struct cm_err err = CM_ERR_INIT;
        int64_t s = 0;
        CM_CHECK_OK(cm_tzif_east_s(cm_buf_sv(buf), unix_s, &s, &err), &err);
        return s;
}

CM_TEST(zone_data)
{
        static const int64_t times[] = { -100, 100, 200 };
        static const int32_t offsets[] = { 1, 3600, 7200, -5 };
        struct cm_buf buf;
        make_tzif(&buf, times, 3, offsets, 4, "<-05>5");
        CM_CHECK_INT(east_s(&buf, -101), 1);
        CM_CHECK_INT(east_s(&buf, -100), 3600);
        CM_CHECK_INT(east_s(&buf, 99), 3600);
        CM_CHECK_INT(east_s(&buf, 100), 7200);
        CM_CHECK_INT(east_s(&buf, 199), 7200);
        CM_CHECK_INT(east_s(&buf, 200), -18000);
        cm_buf_fini(&buf);
        make_tzif(&buf, times, 3, offsets, 4, "");
        CM_CHECK_INT(east_s(&buf, 100000), -5);
        cm_buf_fini(&buf);
        /* Southern summer over the new year; changes by day number; hours below zero. */
        make_tzif(&buf, NULL, 0, offsets, 1, "AAA-10BBB,M10.1.0,M4.1.0/3");
        CM_CHECK_INT(east_s(&buf, timestamp("2050-01-01T00:00:00Z").s), 39600);
        CM_CHECK_INT(east_s(&buf, timestamp("2050-07-01T00:00:00Z").s), 36000);
        cm_buf_fini(&buf);
        make_tzif(&buf, NULL, 0, offsets, 1, "AAA3BBB2,J60/0,300/-1");
        CM_CHECK_INT(east_s(&buf, timestamp("2048-03-01T02:59:59Z").s), -10800);
        CM_CHECK_INT(east_s(&buf, timestamp("2048-03-01T03:00:00Z").s), -7200);
        CM_CHECK_INT(east_s(&buf, timestamp("2049-10-28T00:59:59Z").s), -7200);
        CM_CHECK_INT(east_s(&buf, timestamp("2049-10-28T01:00:00Z").s), -10800);
        cm_buf_fini(&buf);
        /* Daylight time all year, as RFC 9636 writes it. */
        make_tzif(&buf, NULL, 0, offsets, 1, "XXX3EDT4,0/0,J365/23");
        CM_CHECK_INT(east_s(&buf, timestamp("2050-12-31T23:59:59Z").s), -14400);
        CM_CHECK_INT(east_s(&buf, timestamp("2051-01-01T03:30:00Z").s), -14400);
        cm_buf_fini(&buf);
}

CM_TEST(bad_zone_data)
{
        static const int64_t times[] = { 0 };
        static const int32_t offsets[] = { 1, 2 };
        static const char *const footers[] = { "A",
                                               "AAA",
                                               "AAA25",
                                               "AAA3BBB",
                                               "AAA3BBB,M13.1.1,J1",
                                               "AAA3BBB,M1.6.1,J1",
                                               "AAA3BBB,J0,J1",
                                               "AAA3x",
                                               "<AA3",
                                               "AAA3BBB,0,1/168" };
        struct cm_err err = CM_ERR_INIT;
        struct cm_buf buf;
        int64_t s = 0;
        for (size_t i = 0; i < CM_ARRAY_LEN(footers); i++) {
                make_tzif(&buf, times, 1, offsets, 2, footers[i]);
                CM_CHECK(cm_tzif_east_s(cm_buf_sv(&buf), 1, &s, &err) < 0);
                CM_CHECK_INT(err.code, CM_E_MALFORMED);
                cm_err_clear(&err);
                cm_buf_fini(&buf);
        }
        make_tzif(&buf, times, 1, offsets, 1, ""); /* the transition's type is missing */
        CM_CHECK(cm_tzif_east_s(cm_buf_sv(&buf), 1, &s, &err) < 0);
        cm_err_clear(&err);
        cm_buf_fini(&buf);
        make_tzif(&buf, times, 1, offsets, 2, "AAA3");
        for (size_t n = 0; n < buf.len; n++) {
                CM_CHECK(cm_tzif_east_s(cm_sv_slice(cm_buf_sv(&buf), 0, n), 1, &s, &err) < 0);
                CM_CHECK_INT(err.code, CM_E_MALFORMED);
                cm_err_clear(&err);
        }
        cm_buf_fini(&buf);
}
