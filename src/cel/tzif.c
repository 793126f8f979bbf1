/* SPDX-License-Identifier: Apache-2.0 */
/* TZif tables and POSIX TZ rules; see tzif.h. */
#include "cel/tzif.h"

#include "base/cursor.h"
#include "base/time.h"

enum {
        HEADER_BYTES = 44,
        TYPE_BYTES = 6,
        S_PER_DAY = 86400
};

struct header {
        uint8_t version; /* 1, 2, 3, ... */
        uint32_t isut_count;
        uint32_t isstd_count;
        uint32_t leap_count;
        uint32_t time_count;
        uint32_t type_count;
        uint32_t char_count;
};

/* One data block: where its arrays are. */
struct block {
        struct cm_sv times;   /* time_count * time_bytes */
        struct cm_sv indexes; /* time_count */
        struct cm_sv types;   /* type_count * TYPE_BYTES */
        size_t time_bytes;
        size_t time_count;
        size_t type_count;
};

static int read_header(struct cm_cursor *c, struct header *ret, struct cm_err *err)
{
        struct cm_sv magic = cm_cursor_take(c, 4);
        uint8_t version = cm_cursor_u8(c);
        cm_cursor_skip(c, 15);
        *ret = (struct header){
                .version = version == 0 ? 1 : (uint8_t)(version - '0'),
        };
        ret->isut_count = cm_cursor_be32(c);
        ret->isstd_count = cm_cursor_be32(c);
        ret->leap_count = cm_cursor_be32(c);
        ret->time_count = cm_cursor_be32(c);
        ret->type_count = cm_cursor_be32(c);
        ret->char_count = cm_cursor_be32(c);
        int r = cm_cursor_check(c, "time zone data", err);
        if (r < 0)
                return r;
        if (!cm_sv_eq(magic, CM_SV("TZif")) || (version != 0 && (version < '2' || version > '9')))
                return CM_RAISE(err, CM_E_MALFORMED, "time zone data is not a TZif file");
        return 0;
}

static int read_block(struct cm_cursor *c, const struct header *h, size_t time_bytes,
                      struct block *ret, struct cm_err *err)
{
        *ret = (struct block){
                .time_bytes = time_bytes,
                .time_count = h->time_count,
                .type_count = h->type_count,
        };
        /* 32-bit counts times small sizes do not overflow size_t. */
        ret->times = cm_cursor_take(c, (size_t)h->time_count * time_bytes);
        ret->indexes = cm_cursor_take(c, h->time_count);
        ret->types = cm_cursor_take(c, (size_t)h->type_count * TYPE_BYTES);
        cm_cursor_skip(c, h->char_count);
        cm_cursor_skip(c, (size_t)h->leap_count * (time_bytes + 4));
        cm_cursor_skip(c, h->isstd_count);
        cm_cursor_skip(c, h->isut_count);
        return cm_cursor_check(c, "time zone data", err);
}

static int64_t time_at(const struct block *b, size_t index)
{
        struct cm_cursor c = cm_cursor_make(cm_sv_skip(b->times, index * b->time_bytes));
        return b->time_bytes == 8 ? (int64_t)cm_cursor_be64(&c) : (int32_t)cm_cursor_be32(&c);
}

static int type_offset(const struct block *b, size_t type, int64_t *ret_s, struct cm_err *err)
{
        if (type >= b->type_count)
                return CM_RAISE(err, CM_E_MALFORMED, "time zone data names a missing time type");
        struct cm_cursor c = cm_cursor_make(cm_sv_skip(b->types, type * TYPE_BYTES));
        int32_t offset = (int32_t)cm_cursor_be32(&c);
        /* RFC 9636 asks for -25:59:59 to 25:59:59. */
        if (offset < -93599 || offset > 93599)
                return CM_RAISE(err, CM_E_MALFORMED, "time zone offset is out of range");
        *ret_s = offset;
        return 0;
}

/* Index of the last transition not after `unix_s`, or time_count when all are later. */
static size_t last_before(const struct block *b, int64_t unix_s)
{
        size_t low = 0;
        size_t high = b->time_count;
        while (low < high) {
                size_t middle = low + (high - low) / 2;
                if (time_at(b, middle) <= unix_s)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low == 0 ? b->time_count : low - 1;
}

/* The footer's rule. */
enum day_kind {
        DAY_JULIAN,     /* Jn: 1 to 365, February 29 never counted */
        DAY_ZERO_BASED, /* n: 0 to 365 */
        DAY_WEEK        /* Mm.w.d: day d of week w of month m */
};

struct change {
        enum day_kind kind;
        int64_t day;
        int64_t week;
        int64_t month;
        int64_t time_s;
};

struct rule {
        int64_t standard_east_s;
        int64_t daylight_east_s;
        bool has_daylight;
        struct change start;
        struct change end;
};

static bool take_char(struct cm_sv *rest, char c)
{
        if (rest->len == 0 || rest->ptr[0] != c)
                return false;
        *rest = cm_sv_skip(*rest, 1);
        return true;
}

static bool take_number(struct cm_sv *rest, int64_t max, int64_t *ret)
{
        int64_t v = 0;
        size_t i = 0;
        for (; i < rest->len && i < 4 && cm_is_digit(rest->ptr[i]); i++)
                v = v * 10 + (rest->ptr[i] - '0');
        *rest = cm_sv_skip(*rest, i);
        *ret = v;
        return i > 0 && v <= max;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool take_time(struct cm_sv *rest, int64_t hours_max, int64_t *ret_s)
{
        int64_t h = 0;
        int64_t m = 0;
        int64_t s = 0;
        bool negative = take_char(rest, '-');
        if (!negative)
                take_char(rest, '+');
        if (!take_number(rest, hours_max, &h) ||
            (take_char(rest, ':') &&
             (!take_number(rest, 59, &m) || (take_char(rest, ':') && !take_number(rest, 59, &s)))))
                return false;
        *ret_s = (h * 3600 + m * 60 + s) * (negative ? -1 : 1);
        return true;
}

static bool take_name(struct cm_sv *rest)
{
        size_t i = 0;
        if (take_char(rest, '<')) {
                ptrdiff_t end = cm_sv_find_char(*rest, '>');
                if (end < 0)
                        return false;
                *rest = cm_sv_skip(*rest, (size_t)end + 1);
                return end >= 3;
        }
        while (i < rest->len && cm_is_alpha(rest->ptr[i]))
                i++;
        *rest = cm_sv_skip(*rest, i);
        return i >= 3;
}

static bool take_change(struct cm_sv *rest, struct change *ret)
{
        *ret = (struct change){ .kind = DAY_ZERO_BASED, .time_s = INT64_C(7200) };
        if (!take_char(rest, ','))
                return false;
        if (take_char(rest, 'M')) {
                ret->kind = DAY_WEEK;
                if (!take_number(rest, 12, &ret->month) || ret->month == 0 ||
                    !take_char(rest, '.') || !take_number(rest, 5, &ret->week) || ret->week == 0 ||
                    !take_char(rest, '.') || !take_number(rest, 6, &ret->day))
                        return false;
        } else if (take_char(rest, 'J')) {
                ret->kind = DAY_JULIAN;
                if (!take_number(rest, 365, &ret->day) || ret->day == 0)
                        return false;
        } else if (!take_number(rest, 365, &ret->day)) {
                return false;
        }
        return !take_char(rest, '/') || take_time(rest, 167, &ret->time_s);
}

static bool parse_rule(struct cm_sv text, struct rule *ret)
{
        int64_t west_s = 0;
        *ret = (struct rule){ 0 };
        if (!take_name(&text) || !take_time(&text, 24, &west_s))
                return false;
        ret->standard_east_s = -west_s;
        if (text.len == 0)
                return true;
        if (!take_name(&text))
                return false;
        ret->has_daylight = true;
        ret->daylight_east_s = ret->standard_east_s + 3600;
        if (text.len > 0 && text.ptr[0] != ',') {
                if (!take_time(&text, 24, &west_s))
                        return false;
                ret->daylight_east_s = -west_s;
        }
        return take_change(&text, &ret->start) && take_change(&text, &ret->end) && text.len == 0;
}

static bool is_leap(int64_t year)
{
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Local seconds since the epoch at which the change happens in `year`. */
static int64_t change_at(const struct change *change, int64_t year)
{
        int64_t days = 0;
        switch (change->kind) {
        case DAY_JULIAN:
                days = cm_days_from_civil(year, 1, 1) + change->day - 1 +
                       (is_leap(year) && change->day >= 60);
                break;
        case DAY_ZERO_BASED:
                days = cm_days_from_civil(year, 1, 1) + change->day;
                break;
        case DAY_WEEK: {
                int64_t first = cm_days_from_civil(year, change->month, 1);
                int64_t next = change->month == 12 ? cm_days_from_civil(year + 1, 1, 1)
                                                   : cm_days_from_civil(year, change->month + 1, 1);
                int64_t weekday = ((first + 4) % 7 + 7) % 7;
                days = first + (change->day - weekday + 7) % 7 + (change->week - 1) * 7;
                if (days >= next)
                        days -= 7; /* week 5 is the last one */
                break;
        }
        }
        return days * S_PER_DAY + change->time_s;
}

static int64_t rule_east_s(const struct rule *rule, int64_t unix_s)
{
        int64_t year = 0;
        int64_t month = 0;
        int64_t day = 0;
        if (!rule->has_daylight)
                return rule->standard_east_s;
        int64_t local_s = unix_s + rule->standard_east_s;
        cm_civil_from_days((local_s >= 0 ? local_s : local_s - (S_PER_DAY - 1)) / S_PER_DAY, &year,
                           &month, &day);
        /* Times of a change may lie a week outside their year: the last change of the neighbours
         * decides too. */
        int64_t best = INT64_MIN;
        bool daylight = false;
        for (int64_t y = year - 1; y <= year + 1; y++) {
                int64_t start = change_at(&rule->start, y) - rule->standard_east_s;
                int64_t end = change_at(&rule->end, y) - rule->daylight_east_s;
                if (end <= unix_s && end > best) {
                        best = end;
                        daylight = false;
                }
                /* A rule for all of the year has an end that meets the next start. */
                if (start <= unix_s && start >= best) {
                        best = start;
                        daylight = true;
                }
        }
        return daylight ? rule->daylight_east_s : rule->standard_east_s;
}

/* The text between the newlines after the second block. */
static int read_footer(struct cm_cursor *c, struct cm_sv *ret, struct cm_err *err)
{
        struct cm_sv rest = cm_cursor_take(c, c->len);
        ptrdiff_t end = -1;
        if (rest.len > 0 && rest.ptr[0] == '\n') {
                rest = cm_sv_skip(rest, 1);
                end = cm_sv_find_char(rest, '\n');
        }
        if (end < 0)
                return CM_RAISE(err, CM_E_MALFORMED, "time zone data has no footer");
        *ret = cm_sv_slice(rest, 0, (size_t)end);
        return 0;
}

int cm_tzif_east_s(struct cm_sv bytes, int64_t unix_s, int64_t *ret_s, struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(bytes);
        struct header header = { 0 };
        struct block block = { 0 };
        struct cm_sv footer = CM_SV_NULL;
        int r = read_header(&c, &header, err);
        if (r == 0)
                r = read_block(&c, &header, 4, &block, err);
        if (r == 0 && header.version >= 2) {
                r = read_header(&c, &header, err);
                if (r == 0)
                        r = read_block(&c, &header, 8, &block, err);
                if (r == 0)
                        r = read_footer(&c, &footer, err);
        }
        if (r < 0)
                return r;
        if (header.type_count == 0)
                return CM_RAISE(err, CM_E_MALFORMED, "time zone data has no local time type");
        if (header.leap_count > 0)
                return CM_RAISE(err, CM_E_UNSUPPORTED, "time zone data counts leap seconds");
        size_t last = last_before(&block, unix_s);
        bool after_table = block.time_count == 0 || last == block.time_count - 1;
        if (after_table && footer.len > 0) {
                struct rule rule;
                if (!parse_rule(footer, &rule))
                        return CM_RAISE(err, CM_E_MALFORMED,
                                        "time zone data has a footer that is not a POSIX rule");
                *ret_s = rule_east_s(&rule, unix_s);
                return 0;
        }
        size_t type = last == block.time_count ? 0 : (uint8_t)block.indexes.ptr[last];
        return type_offset(&block, type, ret_s, err);
}
