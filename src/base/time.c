/* SPDX-License-Identifier: Apache-2.0 */
/* Proleptic Gregorian calendar arithmetic for time.h (days-from-civil, era of 400 years). */
#include "base/time.h"

#include <stdio.h>

int64_t cm_days_from_civil(int64_t y, int64_t m, int64_t d)
{
        y -= m <= 2;
        int64_t era = (y >= 0 ? y : y - 399) / 400;
        int64_t yoe = y - era * 400;
        int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
        int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
        return era * 146097 + doe - 719468;
}

static bool number(struct cm_sv s, size_t at, size_t len, int64_t max, int64_t *ret)
{
        struct cm_err err = CM_ERR_INIT;
        return s.len >= at + len &&
               cm_parse_i64(cm_sv_slice(s, at, at + len), 0, max, ret, &err) == 0;
}

/* "+02:00" or "-0730" or "Z" or nothing: minutes east of UTC. */
static bool zone(struct cm_sv s, int64_t *ret_minutes)
{
        *ret_minutes = 0;
        if (s.len == 0 || cm_sv_eq(s, CM_SV("Z")) || cm_sv_eq(s, CM_SV("z")))
                return true;
        int64_t h = 0;
        int64_t m = 0;
        size_t minutes_at = s.len == 6 && s.ptr[3] == ':' ? 4 : 3;
        if ((s.ptr[0] != '+' && s.ptr[0] != '-') || s.len != minutes_at + 2 ||
            !number(s, 1, 2, 23, &h) || !number(s, minutes_at, 2, 59, &m))
                return false;
        *ret_minutes = s.ptr[0] == '-' ? -(h * 60 + m) : h * 60 + m;
        return true;
}

int cm_time_parse(struct cm_sv s, int64_t *ret_unix_s, struct cm_err *err)
{
        int64_t y = 0, mo = 0, d = 0, h = 0, mi = 0, sec = 0, east = 0;
        bool ok = number(s, 0, 4, 9999, &y) && number(s, 5, 2, 12, &mo) &&
                  number(s, 8, 2, 31, &d) && s.ptr[4] == '-' && s.ptr[7] == '-' && mo > 0 && d > 0;
        if (ok && s.len > 10) {
                ok = (s.ptr[10] == 'T' || s.ptr[10] == 't' || s.ptr[10] == ' ') &&
                     number(s, 11, 2, 23, &h) && number(s, 14, 2, 59, &mi) &&
                     number(s, 17, 2, 60, &sec) && s.ptr[13] == ':' && s.ptr[16] == ':';
                if (ok) {
                        size_t at = 19;
                        if (at < s.len && s.ptr[at] == '.')
                                for (at++; at < s.len && cm_is_digit(s.ptr[at]); at++)
                                        ;
                        ok = zone(cm_sv_skip(s, at), &east);
                }
        }
        if (!ok)
                return CM_RAISE(err, CM_E_MALFORMED,
                                "time is not of the form 2026-11-24 or 2026-11-24T08:33:26Z");
        *ret_unix_s = ((cm_days_from_civil(y, mo, d) * 24 + h) * 60 + mi - east) * 60 + sec;
        return 0;
}

void cm_civil_from_days(int64_t z, int64_t *y, int64_t *m, int64_t *d)
{
        z += 719468;
        int64_t era = (z >= 0 ? z : z - 146096) / 146097;
        int64_t doe = z - era * 146097;
        int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
        int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        int64_t mp = (5 * doy + 2) / 153;
        *d = doy - (153 * mp + 2) / 5 + 1;
        *m = mp < 10 ? mp + 3 : mp - 9;
        *y = yoe + era * 400 + (*m <= 2);
}

static int64_t floor_days(int64_t unix_s)
{
        return (unix_s >= 0 ? unix_s : unix_s - 86399) / 86400;
}

const char *cm_date_format(int64_t unix_s, char text[CM_TIME_TEXT_BYTES])
{
        int64_t y = 0, m = 0, d = 0;
        cm_civil_from_days(floor_days(unix_s), &y, &m, &d);
        snprintf(text, CM_TIME_TEXT_BYTES, "%04d-%02d-%02d", (int)y, (int)m, (int)d);
        return text;
}

const char *cm_time_format(int64_t unix_s, char text[CM_TIME_TEXT_BYTES])
{
        int64_t in_day = unix_s - floor_days(unix_s) * 86400;
        char date[CM_TIME_TEXT_BYTES];
        cm_date_format(unix_s, date);
        snprintf(text, CM_TIME_TEXT_BYTES, "%.16sT%02d:%02d:%02dZ", date, (int)(in_day / 3600),
                 (int)(in_day / 60 % 60), (int)(in_day % 60));
        return text;
}
