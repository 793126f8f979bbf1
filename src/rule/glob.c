/* SPDX-License-Identifier: Apache-2.0 */
/* See glob.h. */
#include "rule/glob.h"

#include "base/macros.h"

static char fold(char c, bool ignore_case)
{
        return ignore_case ? cm_to_lower(c) : c;
}

static bool in_class(struct cm_sv name, char c)
{
        static const struct {
                const char *name;
                unsigned kinds;
        } classes[] = { { "alpha", 1 },   { "digit", 2 },  { "alnum", 3 },
                        { "upper", 4 },   { "lower", 8 },  { "space", 16 },
                        { "xdigit", 32 }, { "punct", 64 }, { "blank", 128 } };
        bool is_print = c > ' ' && c <= '~';
        unsigned kinds = (cm_is_alpha(c) ? 1U : 0) | (cm_is_digit(c) ? 2U : 0) |
                         (cm_is_upper(c) ? 4U : 0) | (cm_is_lower(c) ? 8U : 0) |
                         (cm_is_blank(c) ? 16U : 0) | (cm_is_xdigit(c) ? 32U : 0) |
                         (is_print && !cm_is_alnum(c) ? 64U : 0) |
                         (c == ' ' || c == '\t' ? 128U : 0);
        for (size_t i = 0; i < CM_ARRAY_LEN(classes); i++)
                if (cm_sv_eq(name, cm_sv_from_cstr(classes[i].name)))
                        return (classes[i].kinds & kinds) != 0;
        return false;
}

/* The pattern stands at '['. Returns its length, or 0 when it is no set but the character itself. */
static size_t match_set(struct cm_sv p, char c, bool ignore_case, bool *ret)
{
        size_t i = 1;
        bool negate = i < p.len && (p.ptr[i] == '!' || p.ptr[i] == '^');
        bool found = false;
        i += negate;
        c = fold(c, ignore_case);
        for (size_t first = i; i < p.len && (p.ptr[i] != ']' || i == first);) {
                if (p.ptr[i] == '[' && i + 1 < p.len && p.ptr[i + 1] == ':') {
                        ptrdiff_t end = cm_sv_find(cm_sv_skip(p, i + 2), CM_SV(":]"));
                        if (end >= 0) {
                                found |= in_class(cm_sv_slice(p, i + 2, i + 2 + (size_t)end), c);
                                i += (size_t)end + 4;
                                continue;
                        }
                }
                if (p.ptr[i] == '\\' && i + 1 < p.len)
                        i++;
                char low = fold(p.ptr[i++], ignore_case);
                char high = low;
                if (i + 1 < p.len && p.ptr[i] == '-' && p.ptr[i + 1] != ']') {
                        high = fold(p.ptr[i + 1], ignore_case);
                        i += 2;
                }
                found |= (unsigned char)low <= (unsigned char)c &&
                         (unsigned char)c <= (unsigned char)high;
        }
        if (i >= p.len)
                return 0;
        *ret = found != negate;
        return i + 1;
}

/* One character of the text against one element of the pattern; its length, or 0: no match. */
static size_t match_one(struct cm_sv p, char c, bool ignore_case)
{
        bool in_set = false;
        if (p.len == 0)
                return 0;
        if (p.ptr[0] == '?')
                return 1;
        if (p.ptr[0] == '[') {
                size_t len = match_set(p, c, ignore_case, &in_set);
                if (len > 0)
                        return in_set ? len : 0;
        }
        size_t len = p.ptr[0] == '\\' && p.len > 1 ? 2 : 1;
        return fold(p.ptr[len - 1], ignore_case) == fold(c, ignore_case) ? len : 0;
}

bool cm_glob_match(struct cm_sv pattern, struct cm_sv text, bool ignore_case)
{
        size_t p = 0;
        size_t t = 0;
        size_t star = SIZE_MAX; /* behind the last '*' */
        size_t mark = 0;        /* where the text goes on when that takes one more */
        while (t < text.len) {
                if (p < pattern.len && pattern.ptr[p] == '*') {
                        star = ++p;
                        mark = t;
                        continue;
                }
                size_t len = match_one(cm_sv_skip(pattern, p), text.ptr[t], ignore_case);
                if (len > 0) {
                        p += len;
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

static bool next_part(struct cm_sv *rest, struct cm_sv *part)
{
        while (cm_sv_next_field(rest, '/', part))
                if (part->len > 0)
                        return true;
        return false;
}

bool cm_path_below(struct cm_sv path, struct cm_sv prefix)
{
        struct cm_sv want, have;
        bool is_absolute = prefix.len > 0 && prefix.ptr[0] == '/';
        if (prefix.len == 0 || (path.len > 0 && path.ptr[0] == '/') != is_absolute)
                return false;
        while (next_part(&prefix, &want))
                if (!next_part(&path, &have) || !cm_glob_match(want, have, false))
                        return false;
        return true;
}
