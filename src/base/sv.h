/* SPDX-License-Identifier: Apache-2.0 */
/*
 * String views: a pointer and a length, by value, never NUL-terminated, never owning. Also ASCII
 * classes and number parsing, because <ctype.h> and the C library's parsers depend on the locale
 * and accept what no format allows. NUL-terminated strings exist only at the system-call border: cm_cstr().
 */
#pragma once

#include "base/err.h"
#include "base/macros.h"

struct cm_arena;

struct cm_sv {
        const char *ptr; /* may be NULL when len is 0 */
        size_t len;      /* bytes */
};

#define CM_SV(lit) ((struct cm_sv){ "" lit, sizeof(lit) - 1 })
#define CM_SV_NULL ((struct cm_sv){ NULL, 0 })
/* For printf's "%.*s": only for text that was escaped or is our own. */
#define CM_SV_ARG(sv) (int)(sv).len, (sv).ptr == NULL ? "" : (sv).ptr

static inline struct cm_sv cm_sv_make(const void *ptr, size_t len)
{
        return (struct cm_sv){ (const char *)ptr, len };
}
struct cm_sv cm_sv_from_cstr(const char *s); /* NULL gives the empty view */

bool cm_sv_eq(struct cm_sv a, struct cm_sv b);
bool cm_sv_eq_nocase(struct cm_sv a, struct cm_sv b); /* ASCII only */
/* "*" in the pattern is any text, and `one` (when it is not 0) any one byte. */
bool cm_sv_is_like(struct cm_sv s, struct cm_sv pattern, char one);
bool cm_sv_is_any(struct cm_sv s, const char *const *words); /* of a NULL-terminated list */
int cm_sv_cmp(struct cm_sv a, struct cm_sv b);               /* bytewise, shorter first: -1, 0, 1 */
bool cm_sv_has_prefix(struct cm_sv s, struct cm_sv prefix);
bool cm_sv_has_suffix(struct cm_sv s, struct cm_sv suffix);

/* Index of the first/last byte or substring, or -1. */
ptrdiff_t cm_sv_find(struct cm_sv s, struct cm_sv needle);
ptrdiff_t cm_sv_find_char(struct cm_sv s, char c);
ptrdiff_t cm_sv_rfind_char(struct cm_sv s, char c);

struct cm_sv cm_sv_trim(struct cm_sv s);                          /* ASCII blanks on both ends */
struct cm_sv cm_sv_slice(struct cm_sv s, size_t from, size_t to); /* clamped to the view */
struct cm_sv cm_sv_skip(struct cm_sv s, size_t n);                /* clamped */

/* Cuts at the first `sep`: *head before, *tail after; false (head = s, tail empty) when absent. */
bool cm_sv_cut(struct cm_sv s, char sep, struct cm_sv *head, struct cm_sv *tail);
bool cm_sv_cut_last(struct cm_sv s, char sep, struct cm_sv *head, struct cm_sv *tail);
/* What is behind the last '/', or all of it: "a/b" is "b", "a/" is "". */
struct cm_sv cm_sv_base_name(struct cm_sv path);

/* Takes the next line (without "\n" or "\r\n") off *rest; false at the end. */
bool cm_sv_next_line(struct cm_sv *rest, struct cm_sv *line);
/* Takes the next field separated by `sep` off *rest; false at the end ("" yields no field). */
bool cm_sv_next_field(struct cm_sv *rest, char sep, struct cm_sv *field);

struct cm_sv cm_sv_dup(struct cm_arena *arena, struct cm_sv s);
struct cm_sv cm_sv_lower(struct cm_arena *arena, struct cm_sv s); /* ASCII */
struct cm_sv cm_sv_join(struct cm_arena *arena, struct cm_sv a, struct cm_sv b);
struct cm_sv cm_sv_printf(struct cm_arena *arena, const char *format, ...) CM_PRINTF(2, 3);

/* A NUL-terminated copy; CM_E_MALFORMED when the view holds a NUL byte. */
CM_MUST_CHECK int cm_cstr(struct cm_arena *arena, struct cm_sv s, const char **ret,
                          struct cm_err *err);

static inline bool cm_is_digit(char c)
{
        return c >= '0' && c <= '9';
}
static inline bool cm_is_lower(char c)
{
        return c >= 'a' && c <= 'z';
}
static inline bool cm_is_upper(char c)
{
        return c >= 'A' && c <= 'Z';
}
static inline bool cm_is_alpha(char c)
{
        return cm_is_lower(c) || cm_is_upper(c);
}
static inline bool cm_is_alnum(char c)
{
        return cm_is_alpha(c) || cm_is_digit(c);
}
static inline bool cm_is_blank(char c)
{
        return c == ' ' || (c >= '\t' && c <= '\r');
}
static inline bool cm_is_xdigit(char c)
{
        return cm_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
static inline char cm_to_lower(char c)
{
        return cm_is_upper(c) ? (char)(c + ('a' - 'A')) : c;
}
/* Value of one hexadecimal digit, or -1. */
int cm_hex_value(char c);

/* Whole-view decimal numbers within [min, max]: no sign on u64, no blanks, at least one digit. */
CM_MUST_CHECK int cm_parse_u64(struct cm_sv s, uint64_t min, uint64_t max, uint64_t *ret,
                               struct cm_err *err);
CM_MUST_CHECK int cm_parse_i64(struct cm_sv s, int64_t min, int64_t max, int64_t *ret,
                               struct cm_err *err);
