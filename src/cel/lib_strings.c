/* SPDX-License-Identifier: Apache-2.0 */
/* Text: positions count characters. format() is in lib_format.c. */
#include "base/escape.h"
#include "cel/library.h"
#include "cel/text.h"

static struct cm_cel_value out_of_range(struct cm_cel_context *cx, int64_t index)
{
        return cm_cel_fail(cx, "index out of range: %lld", (long long)index);
}

/* Byte offset of character `index`; an error value when there is none, else null. */
static struct cm_cel_value offset_of(struct cm_cel_context *cx, struct cm_sv s, int64_t index,
                                     size_t *ret)
{
        *ret = 0;
        if (index < 0 || (uint64_t)index > s.len || !cm_text_offset(s, (uint64_t)index, ret))
                return out_of_range(cx, index);
        return cm_cel_null();
}

CM_CEL_FN(char_at)
{
        size_t at = 0;
        struct cm_sv s = cm_cel_sv(args[0]);
        cm_cel_charge(cx, s.len / 10);
        struct cm_cel_value r = offset_of(cx, s, args[1].integer, &at);
        if (r.kind == CM_CEL_ERROR)
                return r;
        struct cm_sv rest = cm_sv_skip(s, at);
        return cm_cel_string(cm_sv_slice(rest, 0, cm_text_step(rest)));
}

CM_CEL_FN(index_of)
{
        size_t at = 0;
        struct cm_sv s = cm_cel_sv(args[0]);
        cm_cel_charge(cx, args[0].len / 10);
        struct cm_cel_value r = offset_of(cx, s, count > 2 ? args[2].integer : 0, &at);
        if (r.kind == CM_CEL_ERROR)
                return r;
        ptrdiff_t found = cm_sv_find(cm_sv_skip(s, at), cm_cel_sv(args[1]));
        if (found < 0)
                return cm_cel_int(-1);
        return cm_cel_int((int64_t)cm_text_count(cm_sv_slice(s, 0, at + (size_t)found)));
}

CM_CEL_FN(last_index_of)
{
        struct cm_sv s = cm_cel_sv(args[0]);
        struct cm_sv needle = cm_cel_sv(args[1]);
        size_t from = s.len;
        cm_cel_charge(cx, s.len / 10 + (uint64_t)s.len * CM_MIN(needle.len, s.len) / 256);
        if (count > 2) {
                struct cm_cel_value r = offset_of(cx, s, args[2].integer, &from);
                if (r.kind == CM_CEL_ERROR)
                        return r;
        }
        if (needle.len > s.len)
                return cm_cel_int(-1);
        for (size_t at = CM_MIN(from, s.len - needle.len) + 1; at > 0; at--)
                if (needle.len == 0 || memcmp(s.ptr + at - 1, needle.ptr, needle.len) == 0)
                        return cm_cel_int((int64_t)cm_text_count(cm_sv_slice(s, 0, at - 1)));
        return cm_cel_int(-1);
}

CM_CEL_FN(substring)
{
        size_t from = 0;
        size_t to = 0;
        struct cm_sv s = cm_cel_sv(args[0]);
        cm_cel_charge(cx, s.len / 10);
        to = s.len;
        struct cm_cel_value r = offset_of(cx, s, args[1].integer, &from);
        if (r.kind != CM_CEL_ERROR && count > 2)
                r = offset_of(cx, s, args[2].integer, &to);
        if (r.kind == CM_CEL_ERROR)
                return r;
        if (from > to)
                return cm_cel_fail(cx, "invalid substring range. start: %lld, end: %lld",
                                   (long long)args[1].integer, (long long)args[2].integer);
        return cm_cel_string(cm_sv_slice(s, from, to));
}

static struct cm_cel_value change_case(struct cm_cel_context *cx, struct cm_cel_value v, char first)
{
        char *text = cm_cel_alloc(cx, v.len);
        if (text == NULL)
                return cm_cel_no_memory(cx);
        for (uint32_t i = 0; i < v.len; i++) {
                char c = v.text[i];
                text[i] = c >= first && c < first + 26 ? (char)(c ^ 0x20) : c;
        }
        return cm_cel_string(cm_sv_make(text, v.len));
}

CM_CEL_FN(lower_ascii)
{
        return change_case(cx, args[0], 'A');
}

CM_CEL_FN(upper_ascii)
{
        return change_case(cx, args[0], 'a');
}

CM_CEL_FN(trim)
{
        return cm_cel_string(cm_text_trim(cm_cel_sv(args[0])));
}

CM_CEL_FN(reverse)
{
        struct cm_sv rest = cm_cel_sv(args[0]);
        size_t len = rest.len;
        char *text = cm_cel_alloc(cx, len);
        if (text == NULL)
                return cm_cel_no_memory(cx);
        while (rest.len > 0) {
                size_t n = cm_text_step(rest);
                memcpy(text + rest.len - n, rest.ptr, n);
                rest = cm_sv_skip(rest, n);
        }
        return cm_cel_string(cm_sv_make(text, len));
}

/* Growing text that is charged to the run. */
struct builder {
        struct cm_cel_context *cx;
        char *text;
        size_t len;
        size_t capacity;
};

static bool append(struct builder *b, struct cm_sv s)
{
        if (s.len > b->capacity - b->len) {
                size_t capacity = CM_MAX(b->capacity * 2, b->len + s.len);
                char *more = cm_cel_alloc(b->cx, capacity);
                if (more == NULL)
                        return false;
                if (b->len > 0)
                        memcpy(more, b->text, b->len);
                b->text = more;
                b->capacity = capacity;
        }
        if (s.len > 0)
                memcpy(b->text + b->len, s.ptr, s.len);
        b->len += s.len;
        return true;
}

static struct cm_cel_value built(struct builder *b, bool ok)
{
        return ok ? cm_cel_string(cm_sv_make(b->text, b->len)) : cm_cel_no_memory(b->cx);
}

/* The next place where `needle` stands; the empty one stands before every character and at the end. */
static ptrdiff_t next_match(struct cm_sv rest, struct cm_sv needle, bool is_first)
{
        if (needle.len > 0)
                return cm_sv_find(rest, needle);
        if (is_first)
                return 0;
        return rest.len == 0 ? -1 : (ptrdiff_t)cm_text_step(rest);
}

CM_CEL_FN(replace)
{
        struct builder b = { .cx = cx };
        struct cm_sv rest = cm_cel_sv(args[0]);
        struct cm_sv needle = cm_cel_sv(args[1]);
        int64_t left = count > 3 ? args[3].integer : -1;
        bool ok = true;
        cm_cel_charge(cx, args[0].len / 10);
        for (bool is_first = true; ok && left != 0; is_first = false, left--) {
                ptrdiff_t at = next_match(rest, needle, is_first);
                if (at < 0)
                        break;
                ok = append(&b, cm_sv_slice(rest, 0, (size_t)at)) && append(&b, cm_cel_sv(args[2]));
                rest = cm_sv_skip(rest, (size_t)at + needle.len);
        }
        return built(&b, ok && append(&b, rest));
}

struct pieces {
        struct cm_cel_value *items;
        size_t count;
        size_t capacity;
};

static bool add_piece(struct cm_cel_context *cx, struct pieces *p, struct cm_sv piece)
{
        if (p->count == p->capacity) {
                size_t capacity = CM_MAX((size_t)8, p->capacity * 2);
                struct cm_cel_value *more = cm_cel_alloc_values(cx, capacity);
                if (more == NULL)
                        return false;
                if (p->count > 0)
                        memcpy(more, p->items, p->count * sizeof(*more));
                p->items = more;
                p->capacity = capacity;
        }
        p->items[p->count++] = cm_cel_string(piece);
        return true;
}

CM_CEL_FN(split)
{
        struct pieces p = { 0 };
        struct cm_sv rest = cm_cel_sv(args[0]);
        struct cm_sv separator = cm_cel_sv(args[1]);
        int64_t left = count > 2 ? args[2].integer : -1;
        cm_cel_charge(cx, args[0].len / 10);
        if (left == 0)
                return cm_cel_list(NULL, 0);
        while (left != 1) {
                ptrdiff_t at = separator.len > 0 ? cm_sv_find(rest, separator)
                               : rest.len > 0    ? (ptrdiff_t)cm_text_step(rest)
                                                 : -1;
                if (at < 0 || (separator.len == 0 && (size_t)at == rest.len))
                        break;
                if (!add_piece(cx, &p, cm_sv_slice(rest, 0, (size_t)at)))
                        return cm_cel_no_memory(cx);
                rest = cm_sv_skip(rest, (size_t)at + separator.len);
                left--;
        }
        bool is_empty = separator.len == 0 && args[0].len == 0;
        if (!is_empty && !add_piece(cx, &p, rest))
                return cm_cel_no_memory(cx);
        return cm_cel_list(p.items, p.count);
}

CM_CEL_FN(join)
{
        struct builder b = { .cx = cx };
        size_t all = cm_cel_list_count(args[0]);
        bool ok = true;
        cm_cel_charge(cx, all);
        for (size_t i = 0; i < all && ok; i++) {
                struct cm_cel_value v = cm_cel_list_at(args[0], i);
                if (v.kind != CM_CEL_STRING)
                        return cm_cel_fail(cx, "join() takes a list of strings, item %zu is %.*s",
                                           i, CM_SV_ARG(cm_cel_type_name(v)));
                if (i > 0 && count > 1)
                        ok = append(&b, cm_cel_sv(args[1]));
                ok = ok && append(&b, cm_cel_sv(v));
        }
        return built(&b, ok);
}

CM_CEL_FN(quote)
{
        static const char from[] = "\a\b\f\n\r\t\v\\\"";
        static const char to[] = "abfnrtv\\\"";
        struct builder b = { .cx = cx };
        struct cm_sv rest = cm_cel_sv(args[0]);
        bool ok = append(&b, CM_SV("\""));
        while (rest.len > 0 && ok) {
                uint32_t cp = 0;
                size_t n = cm_utf8_next(rest, &cp);
                const char *at = rest.ptr[0] == '\0' ? NULL : strchr(from, rest.ptr[0]);
                char pair[2] = { '\\', at == NULL ? '\0' : to[at - from] };
                if (at != NULL)
                        ok = append(&b, cm_sv_make(pair, 2));
                else if (n == 0)
                        ok = append(&b, CM_SV("\xef\xbf\xbd"));
                else
                        ok = append(&b, cm_sv_slice(rest, 0, n));
                rest = cm_sv_skip(rest, CM_MAX(n, (size_t)1));
        }
        return built(&b, ok && append(&b, CM_SV("\"")));
}

static const struct cm_cel_function functions[] = {
        { "charAt", CM_CEL_METHOD, "si:s", char_at },
        { "indexOf", CM_CEL_METHOD, "ss?i:i", index_of },
        { "lastIndexOf", CM_CEL_METHOD, "ss?i:i", last_index_of },
        { "substring", CM_CEL_METHOD, "si?i:s", substring },
        { "lowerAscii", CM_CEL_METHOD, "s:s", lower_ascii },
        { "upperAscii", CM_CEL_METHOD, "s:s", upper_ascii },
        { "trim", CM_CEL_METHOD, "s:s", trim },
        { "reverse", CM_CEL_METHOD, "s:1", reverse },
        { "replace", CM_CEL_METHOD, "sss?i:s", replace },
        { "split", CM_CEL_METHOD, "ss?i:[s", split },
        { "join", CM_CEL_METHOD, "l?s:s", join },
        { "strings.quote", CM_CEL_GLOBAL, "s:s", quote },
        { NULL },
};

extern const struct cm_cel_library cm_cel_lib_strings;
const struct cm_cel_library cm_cel_lib_strings = { "strings", functions, NULL };
