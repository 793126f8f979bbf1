/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens: see cel_lex.h. Spec: langdef.md "Syntax". */
#include "cel/cel_lex.h"

#include "base/escape.h"
#include "base/real.h"
#include "cel/value.h"

static bool wrong(struct cm_cel_lexer *lexer, size_t at, const char *text)
{
        lexer->wrong = text;
        lexer->wrong_at = (uint32_t)at;
        return false;
}

static char peek(const struct cm_cel_lexer *lexer, size_t ahead)
{
        return lexer->at + ahead < lexer->text.len ? lexer->text.ptr[lexer->at + ahead] : '\0';
}

static void skip_blanks(struct cm_cel_lexer *lexer)
{
        for (;;) {
                char c = peek(lexer, 0);
                if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
                        lexer->at++;
                } else if (c == '/' && peek(lexer, 1) == '/') {
                        while (lexer->at < lexer->text.len && peek(lexer, 0) != '\n')
                                lexer->at++;
                } else {
                        return;
                }
        }
}

static bool is_word(char c)
{
        return cm_is_alnum(c) || c == '_';
}

static void skip_digits(struct cm_cel_lexer *lexer)
{
        while (cm_is_digit(peek(lexer, 0)))
                lexer->at++;
}

static bool integer(struct cm_cel_lexer *lexer, struct cm_sv digits, unsigned base,
                    bool after_minus, struct cm_cel_token *ret)
{
        uint64_t v = 0;
        for (size_t i = 0; i < digits.len; i++)
                if (__builtin_mul_overflow(v, base, &v) ||
                    __builtin_add_overflow(v, (unsigned)cm_hex_value(digits.ptr[i]), &v))
                        return wrong(lexer, ret->from, "the integer has more than 64 bits");
        char c = peek(lexer, 0);
        if (c == 'u' || c == 'U') {
                lexer->at++;
                ret->value = cm_cel_uint(v);
                if (after_minus)
                        return wrong(lexer, ret->from, "an unsigned integer has no minus sign");
        } else if (v <= INT64_MAX) {
                ret->value = cm_cel_int(after_minus ? -(int64_t)v : (int64_t)v);
        } else if (after_minus && v == (uint64_t)INT64_MAX + 1) {
                ret->value = cm_cel_int(INT64_MIN);
        } else {
                return wrong(lexer, ret->from, "the integer has more than 64 bits");
        }
        return !is_word(peek(lexer, 0)) || wrong(lexer, lexer->at, "a digit is expected");
}

static bool real(struct cm_cel_lexer *lexer, bool after_minus, struct cm_cel_token *ret)
{
        double v = 0;
        if (is_word(peek(lexer, 0)))
                return wrong(lexer, lexer->at, "a digit is expected");
        if (!cm_real_parse(cm_sv_slice(lexer->text, ret->from, lexer->at), &v))
                return wrong(lexer, ret->from, "the number is larger than any double");
        ret->value = cm_cel_double(after_minus ? -v : v);
        return true;
}

static bool number(struct cm_cel_lexer *lexer, bool after_minus, struct cm_cel_token *ret)
{
        ret->kind = CM_CEL_T_LITERAL;
        const char *start = lexer->text.ptr + lexer->at;
        if (peek(lexer, 0) == '0' && (peek(lexer, 1) == 'x' || peek(lexer, 1) == 'X')) {
                lexer->at += 2;
                while (cm_is_xdigit(peek(lexer, 0)))
                        lexer->at++;
                struct cm_sv digits = cm_sv_make(start + 2, lexer->at - ret->from - 2);
                if (digits.len == 0)
                        return wrong(lexer, lexer->at, "a hexadecimal digit is expected");
                return integer(lexer, digits, 16, after_minus, ret);
        }
        bool is_real = false;
        skip_digits(lexer);
        if (peek(lexer, 0) == '.' && cm_is_digit(peek(lexer, 1))) {
                is_real = true;
                lexer->at++;
                skip_digits(lexer);
        }
        char e = peek(lexer, 0);
        size_t sign = peek(lexer, 1) == '+' || peek(lexer, 1) == '-' ? 2 : 1;
        if ((e == 'e' || e == 'E') && cm_is_digit(peek(lexer, sign))) {
                is_real = true;
                lexer->at += sign;
                skip_digits(lexer);
        }
        if (is_real)
                return real(lexer, after_minus, ret);
        return integer(lexer, cm_sv_make(start, lexer->at - ret->from), 10, after_minus, ret);
}

struct quoted {
        bool raw;
        bool bytes;
        char quote;
        bool triple;
        char *out;
        size_t len;
};

static void put_cp(struct quoted *q, uint32_t cp)
{
        char *o = q->out + q->len;
        if (cp < 0x80) {
                o[0] = (char)cp;
                q->len += 1;
        } else if (cp < 0x800) {
                o[0] = (char)(0xc0 | cp >> 6);
                o[1] = (char)(0x80 | (cp & 0x3f));
                q->len += 2;
        } else if (cp < 0x10000) {
                o[0] = (char)(0xe0 | cp >> 12);
                o[1] = (char)(0x80 | (cp >> 6 & 0x3f));
                o[2] = (char)(0x80 | (cp & 0x3f));
                q->len += 3;
        } else {
                o[0] = (char)(0xf0 | cp >> 18);
                o[1] = (char)(0x80 | (cp >> 12 & 0x3f));
                o[2] = (char)(0x80 | (cp >> 6 & 0x3f));
                o[3] = (char)(0x80 | (cp & 0x3f));
                q->len += 4;
        }
}

/* \xHH, \uHHHH, \UHHHHHHHH and \OOO: `count` digits of `base` from the current place. */
static bool code(struct cm_cel_lexer *lexer, struct quoted *q, size_t count, uint32_t base)
{
        size_t at = lexer->at;
        uint32_t cp = 0;
        for (size_t i = 0; i < count; i++, lexer->at++) {
                int digit = cm_hex_value(peek(lexer, 0));
                if (digit < 0 || (uint32_t)digit >= base)
                        return wrong(lexer, lexer->at, "the escape sequence lacks digits");
                cp = cp * base + (uint32_t)digit;
        }
        if (q->bytes) {
                if (count > 3 || cp > 0xff)
                        return wrong(lexer, at, "bytes have no such escape sequence");
                q->out[q->len++] = (char)cp;
                return true;
        }
        if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff) || (base == 8 && cp > 0xff))
                return wrong(lexer, at, "the escape sequence names no character");
        put_cp(q, cp);
        return true;
}

static bool escape(struct cm_cel_lexer *lexer, struct quoted *q)
{
        static const char from[] = "abfnrtv\\?\"'`";
        static const char to[] = "\a\b\f\n\r\t\v\\?\"'`";
        char c = peek(lexer, 0);
        for (size_t i = 0; c != '\0' && i < sizeof(from) - 1; i++)
                if (from[i] == c) {
                        q->out[q->len++] = to[i];
                        lexer->at++;
                        return true;
                }
        if (c >= '0' && c <= '3')
                return code(lexer, q, 3, 8);
        lexer->at++;
        if (c == 'x' || c == 'X')
                return code(lexer, q, 2, 16);
        if (c == 'u' && !q->bytes)
                return code(lexer, q, 4, 16);
        if (c == 'U' && !q->bytes)
                return code(lexer, q, 8, 16);
        return wrong(lexer, lexer->at - 1, "there is no such escape sequence");
}

/* One character of the content: false when it is malformed. */
static bool character(struct cm_cel_lexer *lexer, struct quoted *q)
{
        char c = peek(lexer, 0);
        if (c == '\\' && !q->raw) {
                lexer->at++;
                return escape(lexer, q);
        }
        if ((c == '\n' || c == '\r') && !q->triple)
                return wrong(lexer, lexer->at, "the string is not closed in its line");
        uint32_t cp = 0;
        struct cm_sv rest = cm_sv_skip(lexer->text, lexer->at);
        size_t n = cm_utf8_next(rest, &cp);
        if (n == 0)
                return wrong(lexer, lexer->at, "the text is not valid UTF-8");
        memcpy(q->out + q->len, rest.ptr, n);
        q->len += n;
        lexer->at += n;
        return true;
}

static bool at_end_quote(const struct cm_cel_lexer *lexer, const struct quoted *q)
{
        return peek(lexer, 0) == q->quote &&
               (!q->triple || (peek(lexer, 1) == q->quote && peek(lexer, 2) == q->quote));
}

static bool string(struct cm_cel_lexer *lexer, bool raw, bool bytes, struct cm_cel_token *ret)
{
        struct quoted q = { .raw = raw, .bytes = bytes, .quote = peek(lexer, 0) };
        q.triple = peek(lexer, 1) == q.quote && peek(lexer, 2) == q.quote;
        lexer->at += q.triple ? 3 : 1;
        size_t begin = lexer->at;
        /* The room that it needs: the decoded text is at most as long (\u0800 is six bytes for three). */
        size_t end = begin;
        for (; end < lexer->text.len; end++) {
                char c = lexer->text.ptr[end];
                if (c == '\\' && !raw && end + 1 < lexer->text.len)
                        end++;
                else if (c == q.quote && !q.triple)
                        break;
                else if (c == q.quote && end + 2 < lexer->text.len &&
                         lexer->text.ptr[end + 1] == c && lexer->text.ptr[end + 2] == c)
                        break;
        }
        q.out = cm_arena_alloc(lexer->arena, CM_MIN(end, lexer->text.len) - begin + 4, 1);
        while (!at_end_quote(lexer, &q)) {
                if (lexer->at >= lexer->text.len)
                        return wrong(lexer, ret->from, "the string is not closed");
                if (!character(lexer, &q))
                        return false;
        }
        lexer->at += q.triple ? 3 : 1;
        struct cm_sv content = cm_sv_make(q.out, q.len);
        ret->kind = CM_CEL_T_LITERAL;
        ret->value = bytes ? cm_cel_bytes(content) : cm_cel_string(content);
        return true;
}

/* r"", b'', rb"", BR'' ...: the prefix before a quote, or 0. */
static size_t string_prefix(const struct cm_cel_lexer *lexer, bool *raw, bool *bytes)
{
        size_t n = 0;
        *raw = *bytes = false;
        for (; n < 2; n++) {
                char c = cm_to_lower(peek(lexer, n));
                if (c == 'r' && !*raw)
                        *raw = true;
                else if (c == 'b' && !*bytes)
                        *bytes = true;
                else
                        break;
        }
        char quote = peek(lexer, n);
        return quote == '"' || quote == '\'' ? n + 1 : 0;
}

static bool is_reserved(struct cm_sv word)
{
        static const char *const words[] = { "as",   "break",    "const",     "continue", "else",
                                             "for",  "function", "if",        "import",   "let",
                                             "loop", "package",  "namespace", "return",   "var",
                                             "void", "while",    NULL };
        return cm_sv_is_any(word, words);
}

static bool word(struct cm_cel_lexer *lexer, struct cm_cel_token *ret)
{
        while (is_word(peek(lexer, 0)))
                lexer->at++;
        ret->name = cm_sv_slice(lexer->text, ret->from, lexer->at);
        ret->kind = CM_CEL_T_LITERAL;
        if (cm_sv_eq(ret->name, CM_SV("true")))
                ret->value = cm_cel_bool(true);
        else if (cm_sv_eq(ret->name, CM_SV("false")))
                ret->value = cm_cel_bool(false);
        else if (cm_sv_eq(ret->name, CM_SV("null")))
                ret->value = cm_cel_null();
        else if (cm_sv_eq(ret->name, CM_SV("in")))
                ret->kind = CM_CEL_T_IN;
        else
                ret->kind = CM_CEL_T_IDENT;
        ret->reserved = ret->kind == CM_CEL_T_IDENT && is_reserved(ret->name);
        return true;
}

static bool backquoted(struct cm_cel_lexer *lexer, struct cm_cel_token *ret)
{
        size_t begin = ++lexer->at;
        for (char c; (c = peek(lexer, 0)) != '`'; lexer->at++)
                if (!is_word(c) && c != '.' && c != '-' && c != '/' && c != ' ')
                        return wrong(lexer, lexer->at, "a quoted name cannot hold this");
        ret->name = cm_sv_slice(lexer->text, begin, lexer->at++);
        ret->kind = CM_CEL_T_QUOTED;
        return ret->name.len > 0 || wrong(lexer, ret->from, "the quoted name is empty");
}

static bool sign(struct cm_cel_lexer *lexer, struct cm_cel_token *ret)
{
        static const struct {
                char text[3];
                enum cm_cel_token_kind kind;
        } signs[] = {
                /* the longer ones first */
                { "&&", CM_CEL_T_AND },     { "||", CM_CEL_T_OR },    { "==", CM_CEL_T_EQ },
                { "!=", CM_CEL_T_NE },      { "<=", CM_CEL_T_LE },    { ">=", CM_CEL_T_GE },
                { "<", CM_CEL_T_LT },       { ">", CM_CEL_T_GT },     { ".", CM_CEL_T_DOT },
                { ",", CM_CEL_T_COMMA },    { ":", CM_CEL_T_COLON },  { "?", CM_CEL_T_QUESTION },
                { "(", CM_CEL_T_LPAREN },   { ")", CM_CEL_T_RPAREN }, { "[", CM_CEL_T_LBRACKET },
                { "]", CM_CEL_T_RBRACKET }, { "{", CM_CEL_T_LBRACE }, { "}", CM_CEL_T_RBRACE },
                { "!", CM_CEL_T_NOT },      { "+", CM_CEL_T_PLUS },   { "-", CM_CEL_T_MINUS },
                { "*", CM_CEL_T_STAR },     { "/", CM_CEL_T_SLASH },  { "%", CM_CEL_T_PERCENT }
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(signs); i++) {
                bool two = signs[i].text[1] != '\0';
                if (peek(lexer, 0) != signs[i].text[0] ||
                    (two && peek(lexer, 1) != signs[i].text[1]))
                        continue;
                lexer->at += two ? 2 : 1;
                ret->kind = signs[i].kind;
                return true;
        }
        return wrong(lexer, lexer->at, "this character has no meaning here");
}

bool cm_cel_lex(struct cm_cel_lexer *lexer, bool after_minus, struct cm_cel_token *ret)
{
        skip_blanks(lexer);
        *ret = (struct cm_cel_token){ .kind = CM_CEL_T_END, .from = (uint32_t)lexer->at };
        bool raw = false;
        bool bytes = false;
        bool ok = true;
        char c = peek(lexer, 0);
        size_t prefix = 0;
        if (lexer->at >= lexer->text.len)
                return true;
        if (cm_is_digit(c) || (c == '.' && cm_is_digit(peek(lexer, 1))))
                ok = number(lexer, after_minus, ret);
        else if ((prefix = string_prefix(lexer, &raw, &bytes)) > 0) {
                lexer->at += prefix - 1;
                ok = string(lexer, raw, bytes, ret);
        } else if (cm_is_alpha(c) || c == '_')
                ok = word(lexer, ret);
        else if (c == '`')
                ok = backquoted(lexer, ret);
        else
                ok = sign(lexer, ret);
        ret->to = (uint32_t)lexer->at;
        return ok;
}
