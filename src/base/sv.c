/* SPDX-License-Identifier: Apache-2.0 */
/* String views and number parsing; see sv.h. Not for: formatting for people (base/escape.h). */
#include "base/sv.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"

struct cm_sv cm_sv_from_cstr(const char *s)
{
        return s == NULL ? CM_SV_NULL : (struct cm_sv){ s, strlen(s) };
}

bool cm_sv_eq(struct cm_sv a, struct cm_sv b)
{
        return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool cm_sv_eq_nocase(struct cm_sv a, struct cm_sv b)
{
        if (a.len != b.len)
                return false;
        for (size_t i = 0; i < a.len; i++)
                if (cm_to_lower(a.ptr[i]) != cm_to_lower(b.ptr[i]))
                        return false;
        return true;
}

bool cm_sv_is_like(struct cm_sv s, struct cm_sv pattern, char one)
{
        size_t p = 0, t = 0;
        size_t star = SIZE_MAX; /* after the last '*', and what it stands for so far */
        size_t mark = 0;
        while (t < s.len) {
                if (p < pattern.len && pattern.ptr[p] == '*') {
                        star = ++p;
                        mark = t;
                } else if (p < pattern.len &&
                           (pattern.ptr[p] == s.ptr[t] || (one != 0 && pattern.ptr[p] == one))) {
                        p++;
                        t++;
                } else if (star != SIZE_MAX) {
                        p = star;
                        t = ++mark;
                } else {
                        return false;
                }
        }
        while (p < pattern.len && pattern.ptr[p] == '*')
                p++;
        return p == pattern.len;
}

bool cm_sv_is_any(struct cm_sv s, const char *const *words)
{
        for (; *words != NULL; words++)
                if (cm_sv_eq(s, cm_sv_from_cstr(*words)))
                        return true;
        return false;
}

int cm_sv_cmp(struct cm_sv a, struct cm_sv b)
{
        size_t n = CM_MIN(a.len, b.len);
        int c = n == 0 ? 0 : memcmp(a.ptr, b.ptr, n);
        if (c != 0)
                return c < 0 ? -1 : 1;
        return a.len == b.len ? 0 : (a.len < b.len ? -1 : 1);
}

bool cm_sv_has_prefix(struct cm_sv s, struct cm_sv prefix)
{
        return s.len >= prefix.len && cm_sv_eq(cm_sv_slice(s, 0, prefix.len), prefix);
}

bool cm_sv_has_suffix(struct cm_sv s, struct cm_sv suffix)
{
        return s.len >= suffix.len && cm_sv_eq(cm_sv_skip(s, s.len - suffix.len), suffix);
}

ptrdiff_t cm_sv_find(struct cm_sv s, struct cm_sv needle)
{
        if (needle.len == 0)
                return 0;
        if (s.len < needle.len)
                return -1;
        const char *p = memmem(s.ptr, s.len, needle.ptr, needle.len);
        return p == NULL ? -1 : p - s.ptr;
}

ptrdiff_t cm_sv_find_char(struct cm_sv s, char c)
{
        const char *p = s.len == 0 ? NULL : memchr(s.ptr, c, s.len);
        return p == NULL ? -1 : p - s.ptr;
}

ptrdiff_t cm_sv_rfind_char(struct cm_sv s, char c)
{
        const char *p = s.len == 0 ? NULL : memrchr(s.ptr, c, s.len);
        return p == NULL ? -1 : p - s.ptr;
}

struct cm_sv cm_sv_trim(struct cm_sv s)
{
        while (s.len > 0 && cm_is_blank(s.ptr[0]))
                s = cm_sv_skip(s, 1);
        while (s.len > 0 && cm_is_blank(s.ptr[s.len - 1]))
                s.len--;
        return s;
}

struct cm_sv cm_sv_slice(struct cm_sv s, size_t from, size_t to)
{
        from = CM_MIN(from, s.len);
        to = CM_MIN(to, s.len);
        if (s.len == 0 || to <= from)
                return (struct cm_sv){ s.len == 0 ? s.ptr : s.ptr + from, 0 };
        return (struct cm_sv){ s.ptr + from, to - from };
}

struct cm_sv cm_sv_skip(struct cm_sv s, size_t n)
{
        return cm_sv_slice(s, n, s.len);
}

static bool cut_at(struct cm_sv s, ptrdiff_t at, struct cm_sv *head, struct cm_sv *tail)
{
        if (at < 0) {
                *head = s;
                *tail = cm_sv_skip(s, s.len);
                return false;
        }
        *head = cm_sv_slice(s, 0, (size_t)at);
        *tail = cm_sv_skip(s, (size_t)at + 1);
        return true;
}

bool cm_sv_cut(struct cm_sv s, char sep, struct cm_sv *head, struct cm_sv *tail)
{
        return cut_at(s, cm_sv_find_char(s, sep), head, tail);
}

bool cm_sv_cut_last(struct cm_sv s, char sep, struct cm_sv *head, struct cm_sv *tail)
{
        return cut_at(s, cm_sv_rfind_char(s, sep), head, tail);
}

struct cm_sv cm_sv_base_name(struct cm_sv path)
{
        return cm_sv_skip(path, (size_t)(cm_sv_rfind_char(path, '/') + 1));
}

bool cm_sv_next_line(struct cm_sv *rest, struct cm_sv *line)
{
        if (rest->len == 0)
                return false;
        cm_sv_cut(*rest, '\n', line, rest);
        if (line->len > 0 && line->ptr[line->len - 1] == '\r')
                line->len--;
        return true;
}

bool cm_sv_next_field(struct cm_sv *rest, char sep, struct cm_sv *field)
{
        if (rest->len == 0)
                return false;
        cm_sv_cut(*rest, sep, field, rest);
        return true;
}

struct cm_sv cm_sv_dup(struct cm_arena *arena, struct cm_sv s)
{
        if (s.len == 0)
                return CM_SV("");
        char *p = cm_arena_alloc(arena, s.len, 1);
        memcpy(p, s.ptr, s.len);
        return (struct cm_sv){ p, s.len };
}

struct cm_sv cm_sv_lower(struct cm_arena *arena, struct cm_sv s)
{
        if (s.len == 0)
                return CM_SV("");
        char *p = cm_arena_alloc(arena, s.len, 1);
        for (size_t i = 0; i < s.len; i++)
                p[i] = cm_to_lower(s.ptr[i]);
        return (struct cm_sv){ p, s.len };
}

struct cm_sv cm_sv_join(struct cm_arena *arena, struct cm_sv a, struct cm_sv b)
{
        if (a.len + b.len == 0)
                return CM_SV("");
        char *p = cm_arena_alloc(arena, a.len + b.len, 1);
        if (a.len > 0)
                memcpy(p, a.ptr, a.len);
        if (b.len > 0)
                memcpy(p + a.len, b.ptr, b.len);
        return (struct cm_sv){ p, a.len + b.len };
}

struct cm_sv cm_sv_printf(struct cm_arena *arena, const char *format, ...)
{
        va_list ap;
        va_start(ap, format);
        int n = vsnprintf(NULL, 0, format, ap);
        va_end(ap);
        CM_ASSERT(n >= 0);

        char *p = cm_arena_alloc(arena, (size_t)n + 1, 1);
        va_start(ap, format);
        n = vsnprintf(p, (size_t)n + 1, format, ap);
        va_end(ap);
        return (struct cm_sv){ p, (size_t)n };
}

int cm_cstr(struct cm_arena *arena, struct cm_sv s, const char **ret, struct cm_err *err)
{
        if (cm_sv_find_char(s, '\0') >= 0)
                return CM_RAISE(err, CM_E_MALFORMED, "text holds a NUL byte");
        char *p = cm_arena_alloc(arena, s.len + 1, 1);
        if (s.len > 0)
                memcpy(p, s.ptr, s.len);
        p[s.len] = '\0';
        *ret = p;
        return 0;
}

int cm_hex_value(char c)
{
        if (cm_is_digit(c))
                return c - '0';
        c = cm_to_lower(c);
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int cm_parse_u64(struct cm_sv s, uint64_t min, uint64_t max, uint64_t *ret, struct cm_err *err)
{
        uint64_t v = 0;
        if (s.len == 0)
                return CM_RAISE(err, CM_E_MALFORMED, "number is empty");
        for (size_t i = 0; i < s.len; i++) {
                if (!cm_is_digit(s.ptr[i]))
                        return CM_RAISE(err, CM_E_MALFORMED,
                                        "number has a character other than 0-9");
                if (__builtin_mul_overflow(v, 10U, &v) ||
                    __builtin_add_overflow(v, (uint64_t)(s.ptr[i] - '0'), &v))
                        return CM_RAISE(err, CM_E_MALFORMED, "number does not fit 64 bits");
        }
        if (v < min || v > max)
                return CM_RAISE(err, CM_E_MALFORMED, "number %llu is not between %llu and %llu",
                                (unsigned long long)v, (unsigned long long)min,
                                (unsigned long long)max);
        *ret = v;
        return 0;
}

int cm_parse_i64(struct cm_sv s, int64_t min, int64_t max, int64_t *ret, struct cm_err *err)
{
        bool negative = s.len > 0 && s.ptr[0] == '-';
        uint64_t magnitude = 0;
        int r = cm_parse_u64(negative ? cm_sv_skip(s, 1) : s, 0, (uint64_t)INT64_MAX + negative,
                             &magnitude, err);
        if (r < 0)
                return r;
        /* Negated as it is stored, because INT64_MIN has no positive of its own. */
        int64_t v = (int64_t)(negative ? 0 - magnitude : magnitude);
        if (v < min || v > max)
                return CM_RAISE(err, CM_E_MALFORMED, "number %lld is not between %lld and %lld",
                                (long long)v, (long long)min, (long long)max);
        *ret = v;
        return 0;
}
