/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calendar time without a clock and without a locale: RFC 3339 text to and from seconds since the
 * epoch. The clock itself is in os/.
 */
#pragma once

#include "base/sv.h"

/*
 * Reads "2026-11-24", "2026-11-24T08:33:26Z", "...T08:33:26.123+02:00" (the fraction is dropped;
 * a blank for the T is accepted).
 * Returns: 0; CM_E_MALFORMED otherwise.
 */
CM_MUST_CHECK int cm_time_parse(struct cm_sv s, int64_t *ret_unix_s, struct cm_err *err);

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar, and back (any year). */
int64_t cm_days_from_civil(int64_t year, int64_t month, int64_t day);
void cm_civil_from_days(int64_t days, int64_t *year, int64_t *month, int64_t *day);

enum {
        CM_TIME_TEXT_BYTES = 32
};
/* Writes "2026-11-24T08:33:26Z" / "2026-11-24", NUL-terminated; returns `text`. */
const char *cm_time_format(int64_t unix_s, char text[CM_TIME_TEXT_BYTES]);
const char *cm_date_format(int64_t unix_s, char text[CM_TIME_TEXT_BYTES]);
