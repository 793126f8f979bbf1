/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pass over the text, without recursion. Strings without escapes are not copied; eight bytes at
 * a time are looked at for the end of a string, because that is where most of the text is.
 */
#include "codec/node_json.h"

#include <string.h>

#include "base/escape.h"
#include "base/real.h"
#include "codec/node_build.h"

enum {
        VALUE_ENDS = 1
};

struct reader {
        struct cm_node_build tree;
        const char *p;
        const char *end;
        const char *line_start;
        uint32_t line;
        const struct cm_node_json_options *options;
        struct cm_node_json_result result;
        struct cm_err *err;
};

static struct cm_node_pos here(const struct reader *r)
{
        return (struct cm_node_pos){ r->line, (uint32_t)(r->p - r->line_start + 1) };
}

static int fail_pos(struct reader *r, struct cm_node_pos pos, enum cm_err_code code,
                    const char *what)
{
        return CM_RAISE(r->err, code, "JSON line %u column %u: %s", pos.line, pos.column, what);
}

static int fail(struct reader *r, const char *what)
{
        return fail_pos(r, here(r), CM_E_MALFORMED, what);
}

static int over_count(struct reader *r)
{
        return fail_pos(r, here(r), CM_E_LIMIT, "more values than limit node_count_max");
}

static inline void skip_blanks(struct reader *r)
{
        for (; r->p < r->end; r->p++) {
                char c = *r->p;
                if (c == '\n') {
                        r->line++;
                        r->line_start = r->p + 1;
                } else if (c != ' ' && c != '\t' && c != '\r') {
                        return;
                }
        }
}

/* Nonzero when one of eight bytes is a quote, a backslash, a control or not ASCII. */
static inline uint64_t special_bytes(uint64_t w)
{
        const uint64_t ones = 0x0101010101010101U;
        const uint64_t high = 0x8080808080808080U;
        uint64_t quote = w ^ (ones * '"');
        uint64_t slash = w ^ (ones * '\\');
        return (w | (w - ones * 0x20) | (quote - ones) | (slash - ones)) & high;
}

/* To the first byte that is special; it may stop early, never late. */
static inline void skip_plain(struct reader *r)
{
        while (r->end - r->p >= 8) {
                uint64_t w = 0;
                memcpy(&w, r->p, sizeof(w));
                if (special_bytes(w) != 0)
                        break;
                r->p += 8;
        }
        while (r->p < r->end && (unsigned char)*r->p >= 0x20 && (unsigned char)*r->p < 0x80 &&
               *r->p != '"' && *r->p != '\\')
                r->p++;
}

/* Over plain bytes and characters beyond ASCII, to a quote or backslash. */
static int skip_text(struct reader *r)
{
        for (;;) {
                skip_plain(r);
                if (r->p == r->end)
                        return fail(r, "string does not end");
                if (*r->p == '"' || *r->p == '\\')
                        return 0;
                if ((unsigned char)*r->p < 0x20)
                        return fail(r, "string holds a control character");
                uint32_t cp = 0;
                size_t len = cm_utf8_next(cm_sv_make(r->p, (size_t)(r->end - r->p)), &cp);
                if (len == 0)
                        return fail(r, "text is not valid UTF-8");
                r->p += len;
        }
}

/* Four hexadecimal digits at the place, or -1. */
static int32_t read_hex(struct reader *r)
{
        int32_t v = 0;
        if (r->end - r->p < 4)
                return -1;
        for (int i = 0; i < 4; i++) {
                int digit = cm_hex_value(r->p[i]);
                if (digit < 0)
                        return -1;
                v = v * 16 + digit;
        }
        r->p += 4;
        return v;
}

static char *put_utf8(char *out, uint32_t cp)
{
        if (cp < 0x80) {
                *out++ = (char)cp;
                return out;
        }
        if (cp < 0x800) {
                *out++ = (char)(0xc0 | (cp >> 6));
        } else {
                if (cp < 0x10000) {
                        *out++ = (char)(0xe0 | (cp >> 12));
                } else {
                        *out++ = (char)(0xf0 | (cp >> 18));
                        *out++ = (char)(0x80 | ((cp >> 12) & 0x3f));
                }
                *out++ = (char)(0x80 | ((cp >> 6) & 0x3f));
        }
        *out++ = (char)(0x80 | (cp & 0x3f));
        return out;
}

/* Behind "\u": the character, with its second half when it is beyond 16 bits. */
static int read_unicode(struct reader *r, char **out)
{
        const char *from = r->p - 2;
        int32_t unit = read_hex(r);
        int32_t low = -1;
        bool high = unit >= 0xd800 && unit < 0xdc00;
        if (high && r->end - r->p >= 2 && r->p[0] == '\\' && r->p[1] == 'u') {
                r->p += 2;
                low = read_hex(r);
        }
        if (unit < 0 || (high && (low < 0xdc00 || low > 0xdfff)) ||
            (unit >= 0xdc00 && unit <= 0xdfff)) {
                r->p = from;
                return fail(r, unit < 0 ? "\\u needs four hexadecimal digits"
                                        : "half of a surrogate pair");
        }
        uint32_t cp = (uint32_t)unit;
        if (high)
                cp = 0x10000 + (((uint32_t)unit & 0x3ff) << 10) + ((uint32_t)low & 0x3ff);
        *out = put_utf8(*out, cp);
        return 0;
}

static int read_escape(struct reader *r, char **out)
{
        static const char names[] = "\"\\/bfnrt";
        static const char values[] = "\"\\/\b\f\n\r\t";
        if (r->end - r->p < 2)
                return fail(r, "string does not end");
        char c = r->p[1];
        const char *at = c == '\0' ? NULL : strchr(names, c);
        if (c != 'u' && at == NULL)
                return fail(r, "escape that JSON does not have");
        r->p += 2;
        if (c == 'u')
                return read_unicode(r, out);
        *(*out)++ = values[at - names];
        return 0;
}

/* No escape is longer when it is decoded: the rest of the string's text is room enough. */
static int read_escaped(struct reader *r, const char *from, struct cm_sv *ret)
{
        const char *closing = r->p;
        while (closing < r->end && *closing != '"')
                closing += *closing == '\\' && r->end - closing > 1 ? 2 : 1;
        char *text = cm_arena_alloc(r->tree.arena, (size_t)(closing - from) + 1, 1);
        char *out = text;
        for (;;) {
                memcpy(out, from, (size_t)(r->p - from));
                out += r->p - from;
                if (*r->p == '"')
                        break;
                int status = read_escape(r, &out);
                from = r->p;
                if (status == 0)
                        status = skip_text(r);
                if (status < 0)
                        return status;
        }
        *ret = cm_sv_make(text, (size_t)(out - text));
        return 0;
}

static int read_string(struct reader *r, struct cm_sv *ret)
{
        const char *from = ++r->p;
        int status = skip_text(r);
        if (status < 0)
                return status;
        *ret = cm_sv_make(from, (size_t)(r->p - from));
        if (*r->p == '\\')
                status = read_escaped(r, from, ret);
        if (status == 0)
                r->p++;
        return status;
}

static const char *skip_digits(const char *p, const char *end)
{
        while (p < end && cm_is_digit(*p))
                p++;
        return p;
}

/* The end of the number at the place; NULL when it is none. */
static const char *scan_number(const struct reader *r, bool *ret_real)
{
        const char *p = r->p + (*r->p == '-');
        const char *digits = p;
        p = skip_digits(p, r->end);
        if (p == digits || (*digits == '0' && p - digits > 1))
                return NULL;
        *ret_real = false;
        if (p < r->end && *p == '.') {
                *ret_real = true;
                digits = ++p;
                p = skip_digits(p, r->end);
                if (p == digits)
                        return NULL;
        }
        if (p < r->end && (*p == 'e' || *p == 'E')) {
                *ret_real = true;
                p++;
                if (p < r->end && (*p == '+' || *p == '-'))
                        p++;
                digits = p;
                p = skip_digits(p, r->end);
                if (p == digits)
                        return NULL;
        }
        return p;
}

static int read_number(struct reader *r, struct cm_node *n)
{
        bool real = false;
        const char *p = scan_number(r, &real);
        if (p == NULL)
                return fail(r, "not a number");
        bool negative = *r->p == '-';
        const char *digits = r->p + negative;
        uint64_t v = 0;
        bool over = p - digits > 20;
        for (const char *q = digits; !real && !over && q < p; q++)
                over = __builtin_mul_overflow(v, 10, &v) ||
                       __builtin_add_overflow(v, (uint64_t)(*q - '0'), &v);
        if (real || over || v > (uint64_t)INT64_MAX + negative) {
                n->type = CM_NODE_REAL;
                if (!cm_real_parse(cm_sv_make(r->p, (size_t)(p - r->p)), &n->real))
                        return fail(r, "number is beyond the largest finite one");
        } else {
                n->type = CM_NODE_INT;
                n->integer = negative ? (int64_t)(0 - v) : (int64_t)v;
        }
        r->p = p;
        return 0;
}

static int read_word(struct reader *r, struct cm_node *n)
{
        static const struct {
                struct cm_sv word;
                enum cm_node_type type;
                bool value;
        } words[] = {
                { { "true", 4 }, CM_NODE_BOOL, true },
                { { "false", 5 }, CM_NODE_BOOL, false },
                { { "null", 4 }, CM_NODE_NULL, false },
        };
        struct cm_sv rest = cm_sv_make(r->p, (size_t)(r->end - r->p));
        for (size_t i = 0; i < CM_ARRAY_LEN(words); i++) {
                if (!cm_sv_has_prefix(rest, words[i].word))
                        continue;
                n->type = words[i].type;
                n->boolean = words[i].value;
                r->p += words[i].word.len;
                return 0;
        }
        return fail(r, rest.len == 0 ? "text ends where a value should stand" : "not a JSON value");
}

/* A scalar, or the opening of a container. */
static int read_value(struct reader *r)
{
        struct cm_node_pos pos = here(r);
        char c = r->p < r->end ? *r->p : '\0';
        bool open = c == '{' || c == '[';
        struct cm_node *n = cm_node_build_new(&r->tree, c == '{' ? CM_NODE_MAP : CM_NODE_LIST, pos);
        if (n == NULL)
                return over_count(r);
        if (open) {
                if (!cm_node_build_open(&r->tree, n))
                        return fail_pos(r, pos, CM_E_LIMIT, "nesting is over limit node_depth_max");
                r->p++;
                return 0;
        }
        int status = 0;
        if (c == '"') {
                n->type = CM_NODE_STRING;
                status = read_string(r, &n->text);
        } else if (c == '-' || cm_is_digit(c)) {
                status = read_number(r, n);
        } else {
                status = read_word(r, n);
        }
        if (status == 0)
                cm_node_build_place(&r->tree, n);
        return status;
}

static int read_key(struct reader *r)
{
        struct cm_node_level *top = cm_node_build_top(&r->tree);
        if (r->p == r->end || *r->p != '"')
                return fail(r, "a key in quotes should stand here");
        top->key_pos = here(r);
        int status = read_string(r, &top->key);
        if (status < 0)
                return status;
        skip_blanks(r);
        if (r->p == r->end || *r->p != ':')
                return fail(r, "':' should stand here");
        r->p++;
        top->has_key = true;
        skip_blanks(r);
        return 0;
}

static int close_top(struct reader *r)
{
        struct cm_node_member first;
        struct cm_node_member again;
        size_t dropped = cm_node_build_close(&r->tree, &first, &again);
        if (dropped == 0)
                return 0;
        r->result.duplicate_count += dropped;
        r->result.duplicate_pos = again.key_pos;
        if (!r->options->refuse_duplicate_keys)
                return 0;
        return CM_RAISE(
                r->err, CM_E_MALFORMED,
                "JSON line %u column %u: key '%s' appears twice, first on line %u column %u",
                again.key_pos.line, again.key_pos.column, cm_escape(r->tree.arena, again.key),
                first.key_pos.line, first.key_pos.column);
}

/* What follows in the open container: VALUE_ENDS (> 0), or another value (its key is read). */
static int next_in_container(struct reader *r, bool first)
{
        bool map = cm_node_build_top(&r->tree)->node->type == CM_NODE_MAP;
        skip_blanks(r);
        char c = r->p < r->end ? *r->p : '\0';
        if (c == (map ? '}' : ']')) {
                r->p++;
                int status = close_top(r);
                return status < 0 ? status : VALUE_ENDS;
        }
        if (!first) {
                if (c != ',')
                        return fail(r, map ? "',' or '}' should stand here"
                                           : "',' or ']' should stand here");
                r->p++;
                skip_blanks(r);
        }
        return map ? read_key(r) : 0;
}

/* One value with all that is in it. */
static int read_document(struct reader *r)
{
        size_t ground = r->tree.depth;
        for (;;) {
                size_t depth = r->tree.depth;
                int status = read_value(r);
                if (status < 0)
                        return status;
                bool first = r->tree.depth > depth;
                do {
                        if (r->tree.depth == ground)
                                return 0;
                        status = next_in_container(r, first);
                        first = false;
                        if (status < 0)
                                return status;
                } while (status == VALUE_ENDS);
        }
}

static int start(struct cm_arena *arena, struct cm_sv text,
                 const struct cm_node_json_options *options, struct reader **ret,
                 struct cm_err *err)
{
        if (text.len > CM_NODE_BYTES_MAX)
                return CM_RAISE(err, CM_E_LIMIT,
                                "JSON text of %zu bytes is over limit node_bytes_max (%zu)",
                                text.len, CM_NODE_BYTES_MAX);
        struct reader *r = CM_NEW(arena, struct reader);
        r->tree.arena = arena;
        r->p = text.len == 0 ? "" : text.ptr;
        r->end = r->p + text.len;
        if (cm_sv_has_prefix(text, CM_SV("\xef\xbb\xbf")))
                r->p += 3;
        r->line_start = r->p;
        r->line = 1;
        r->options = options;
        r->err = err;
        *ret = r;
        return 0;
}

int cm_node_parse_json(struct cm_arena *arena, struct cm_sv text,
                       const struct cm_node_json_options *options, struct cm_node_json_result *ret,
                       struct cm_err *err)
{
        struct reader *r = NULL;
        int status = start(arena, text, options, &r, err);
        if (status < 0)
                return status;
        skip_blanks(r);
        status = read_document(r);
        if (status < 0)
                return status;
        if (!options->allow_end) {
                skip_blanks(r);
                if (r->p < r->end)
                        return fail(r, "something follows the value");
        }
        r->result.rest = cm_sv_make(r->p, (size_t)(r->end - r->p));
        r->result.root = r->tree.root;
        *ret = r->result;
        return 0;
}

/* A value ends its line: nothing but blanks up to the next one. */
static int end_of_line(struct reader *r)
{
        uint32_t line = r->line;
        skip_blanks(r);
        return r->p < r->end && r->line == line ? fail(r, "something follows the value on its line")
                                                : 0;
}

int cm_node_parse_json_lines(struct cm_arena *arena, struct cm_sv text,
                             const struct cm_node_json_options *options,
                             struct cm_node_json_result *ret, struct cm_err *err)
{
        struct reader *r = NULL;
        int status = start(arena, text, options, &r, err);
        if (status < 0)
                return status;
        struct cm_node *list = cm_node_build_new(&r->tree, CM_NODE_LIST, here(r));
        CM_ASSERT(cm_node_build_open(&r->tree, list));
        skip_blanks(r);
        while (r->p < r->end) {
                uint32_t line = r->line;
                status = read_document(r);
                if (status == 0 && r->line != line)
                        status = fail(r, "a value of JSON Lines takes more than one line");
                if (status == 0)
                        status = end_of_line(r);
                if (status < 0)
                        return status;
        }
        status = close_top(r);
        r->result.root = list;
        r->result.rest = CM_SV("");
        *ret = r->result;
        return status;
}
