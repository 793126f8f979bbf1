/* SPDX-License-Identifier: Apache-2.0 */
/* See filter_words.h. */
#include "rule/filter_words.h"

int cm_filter_fail(struct cm_filter_words *p, const char *what)
{
        return CM_RAISE(p->err, CM_E_MALFORMED, "expected %s", what);
}

bool cm_filter_is_blank(char c)
{
        return c == ' ' || c == '\t' || c == '\b' || c == '\r' || c == '\n';
}

char cm_filter_peek(const struct cm_filter_words *p)
{
        return p->at < p->text.len ? p->text.ptr[p->at] : '\0';
}

/* Skips blanks; were there any? */
bool cm_filter_blanks(struct cm_filter_words *p)
{
        size_t start = p->at;
        while (p->at < p->text.len && cm_filter_is_blank(p->text.ptr[p->at]))
                p->at++;
        return p->at > start;
}

bool cm_filter_take(struct cm_filter_words *p, const char *word)
{
        struct cm_sv w = cm_sv_from_cstr(word);
        if (!cm_sv_has_prefix(cm_sv_skip(p->text, p->at), w))
                return false;
        p->at += w.len;
        return true;
}

/* An operator that ends in a letter and a blank takes any blank there. */
bool cm_filter_take_operator(struct cm_filter_words *p, const char *word)
{
        struct cm_sv w = cm_sv_from_cstr(word);
        size_t start = p->at;
        bool needs_blank = w.ptr[w.len - 1] == ' ';
        if (needs_blank)
                w.len--;
        if (!cm_sv_has_prefix(cm_sv_skip(p->text, p->at), w))
                return false;
        p->at += w.len;
        if (needs_blank && !cm_filter_is_blank(cm_filter_peek(p))) {
                p->at = start;
                return false;
        }
        return true;
}

/* [a-zA-Z]+[a-zA-Z0-9_]* from `at`; its length, or 0. */
size_t cm_filter_identifier_len(const struct cm_filter_words *p, size_t at)
{
        size_t i = at;
        if (i >= p->text.len || !cm_is_alpha(p->text.ptr[i]))
                return 0;
        while (i < p->text.len && (cm_is_alnum(p->text.ptr[i]) || p->text.ptr[i] == '_'))
                i++;
        return i - at;
}

/* A name with at least one dot; its length, or 0. */
size_t cm_filter_field_len(const struct cm_filter_words *p, size_t at)
{
        size_t len = cm_filter_identifier_len(p, at);
        size_t parts = len > 0;
        while (len > 0 && at + len < p->text.len && p->text.ptr[at + len] == '.') {
                size_t more = cm_filter_identifier_len(p, at + len + 1);
                if (more == 0)
                        break;
                len += more + 1;
                parts++;
        }
        return parts > 1 ? len : 0;
}

static int escape(struct cm_filter_words *p, char *ret)
{
        static const struct {
                char letter;
                char value;
        } simple[] = {
                { 'b', '\b' }, { 'f', '\f' },  { 'n', '\n' }, { 'r', '\r' }, { 't', '\t' },
                { ' ', '\\' }, { '\\', '\\' }, { '/', '/' },  { '"', '"' },  { '\'', '\'' }
        };
        char c = cm_filter_peek(p);
        for (size_t i = 0; i < CM_ARRAY_LEN(simple); i++)
                if (p->at < p->text.len && c == simple[i].letter) {
                        p->at++;
                        *ret = simple[i].value;
                        return 0;
                }
        if (c == 'x' && p->at + 2 < p->text.len) {
                int high = cm_hex_value(p->text.ptr[p->at + 1]);
                int low = cm_hex_value(p->text.ptr[p->at + 2]);
                if (high >= 0 && low >= 0) {
                        p->at += 3;
                        *ret = (char)(high * 16 + low);
                        return 0;
                }
        }
        return cm_filter_fail(
                p, "one of \\b \\f \\n \\r \\t \\\\ \\/ \\\" \\' \\xHH behind the backslash");
}

/* The parser stands at the quote. */
int cm_filter_quoted(struct cm_filter_words *p, struct cm_sv *ret)
{
        char quote = p->text.ptr[p->at];
        size_t start = p->at++;
        char *out = cm_arena_alloc(p->arena, p->text.len - p->at + 1, 1);
        size_t len = 0;
        while (p->at < p->text.len && p->text.ptr[p->at] != quote) {
                char c = p->text.ptr[p->at++];
                if (c == '\\') {
                        int r = escape(p, &c);
                        if (r < 0)
                                return r;
                }
                out[len++] = c;
        }
        if (p->at == p->text.len) {
                p->at = start;
                return cm_filter_fail(p, "a closing quote");
        }
        p->at++;
        *ret = cm_sv_make(out, len);
        return 0;
}

static struct cm_sv bare(struct cm_filter_words *p, const char *end)
{
        size_t start = p->at;
        struct cm_sv stops = cm_sv_from_cstr(end);
        while (p->at < p->text.len && !cm_filter_is_blank(p->text.ptr[p->at]) &&
               !cm_is_blank(p->text.ptr[p->at]) && cm_sv_find_char(stops, p->text.ptr[p->at]) < 0)
                p->at++;
        return cm_sv_slice(p->text, start, p->at);
}

int cm_filter_text_value(struct cm_filter_words *p, const char *ends, struct cm_sv *ret)
{
        if (cm_filter_peek(p) == '"' || cm_filter_peek(p) == '\'')
                return cm_filter_quoted(p, ret);
        *ret = bare(p, ends);
        return ret->len > 0 ? 0 : cm_filter_fail(p, "a text, in quotes or without");
}

/* [+-] digits [. digits] [e sign digits], or 0x digits; its length, or 0. */
size_t cm_filter_number_len(const struct cm_filter_words *p)
{
        struct cm_sv s = cm_sv_skip(p->text, p->at);
        size_t i = 0;
        if (s.len > 2 && s.ptr[0] == '0' && (s.ptr[1] == 'x' || s.ptr[1] == 'X') &&
            cm_is_xdigit(s.ptr[2])) {
                for (i = 2; i < s.len && cm_is_xdigit(s.ptr[i]); i++)
                        ;
                return i;
        }
        i = s.len > 0 && (s.ptr[0] == '+' || s.ptr[0] == '-') ? 1 : 0;
        size_t digits = i;
        while (i < s.len && cm_is_digit(s.ptr[i]))
                i++;
        if (i == digits)
                return 0;
        if (i < s.len && s.ptr[i] == '.')
                i++;
        while (i < s.len && cm_is_digit(s.ptr[i]))
                i++;
        if (i + 2 < s.len && (s.ptr[i] == 'e' || s.ptr[i] == 'E') &&
            (s.ptr[i + 1] == '+' || s.ptr[i + 1] == '-') && cm_is_digit(s.ptr[i + 2]))
                for (i += 2; i < s.len && cm_is_digit(s.ptr[i]); i++)
                        ;
        return i;
}
