/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recursive descent over the text itself: the language has no tokens that stand alone (a bare word
 * ends where the place that expects it says so), so lexing and parsing are one.
 */
#include "base/limits.h"
#include "base/vec.h"
#include "rule/filter.h"

enum follows {
        FOLLOWS_NOTHING,
        FOLLOWS_NUMBER,
        FOLLOWS_TEXT,
        FOLLOWS_LIST
};

static const struct {
        const char *text;
        enum follows follows;
} operators[] = {
#define X(name, text, follows) { text, FOLLOWS_##follows },
        CM_FILTER_OPERATORS(X)
#undef X
};

static const struct {
        const char *text;
        size_t args;
} transformers[] = {
#define X(name, text, args) { text, args },
        CM_FILTER_TRANSFORMERS(X)
#undef X
};

struct parser {
        struct cm_arena *arena;
        struct cm_sv text;
        size_t at;
        size_t depth;
        struct cm_err *err;
};

typedef CM_VEC(const struct cm_filter *) filter_vec;
typedef CM_VEC(struct cm_filter_term) term_vec;

struct cm_sv cm_filter_op_text(enum cm_filter_op op)
{
        return cm_sv_trim(cm_sv_from_cstr(operators[op].text));
}

bool cm_filter_op_find(struct cm_sv text, enum cm_filter_op *ret)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(operators); i++)
                if (cm_sv_eq(text, cm_filter_op_text((enum cm_filter_op)i))) {
                        *ret = (enum cm_filter_op)i;
                        return true;
                }
        return false;
}

bool cm_filter_op_takes_list(enum cm_filter_op op)
{
        return operators[op].follows == FOLLOWS_LIST;
}

const char *cm_filter_transformer_text(enum cm_filter_transformer t)
{
        return transformers[t].text;
}

size_t cm_filter_transformer_args(enum cm_filter_transformer t)
{
        return transformers[t].args;
}

static int fail(struct parser *p, const char *what)
{
        return CM_RAISE(p->err, CM_E_MALFORMED, "expected %s", what);
}

static bool is_blank(char c)
{
        return c == ' ' || c == '\t' || c == '\b' || c == '\r' || c == '\n';
}

static char peek(const struct parser *p)
{
        return p->at < p->text.len ? p->text.ptr[p->at] : '\0';
}

/* Skips blanks; were there any? */
static bool blanks(struct parser *p)
{
        size_t start = p->at;
        while (p->at < p->text.len && is_blank(p->text.ptr[p->at]))
                p->at++;
        return p->at > start;
}

static bool take(struct parser *p, const char *word)
{
        struct cm_sv w = cm_sv_from_cstr(word);
        if (!cm_sv_has_prefix(cm_sv_skip(p->text, p->at), w))
                return false;
        p->at += w.len;
        return true;
}

/* An operator that ends in a letter and a blank takes any blank there. */
static bool take_operator(struct parser *p, const char *word)
{
        struct cm_sv w = cm_sv_from_cstr(word);
        size_t start = p->at;
        bool needs_blank = w.ptr[w.len - 1] == ' ';
        if (needs_blank)
                w.len--;
        if (!cm_sv_has_prefix(cm_sv_skip(p->text, p->at), w))
                return false;
        p->at += w.len;
        if (needs_blank && !is_blank(peek(p))) {
                p->at = start;
                return false;
        }
        return true;
}

/* [a-zA-Z]+[a-zA-Z0-9_]* from `at`; its length, or 0. */
static size_t identifier_len(const struct parser *p, size_t at)
{
        size_t i = at;
        if (i >= p->text.len || !cm_is_alpha(p->text.ptr[i]))
                return 0;
        while (i < p->text.len && (cm_is_alnum(p->text.ptr[i]) || p->text.ptr[i] == '_'))
                i++;
        return i - at;
}

/* A name with at least one dot; its length, or 0. */
static size_t field_len(const struct parser *p, size_t at)
{
        size_t len = identifier_len(p, at);
        size_t parts = len > 0;
        while (len > 0 && at + len < p->text.len && p->text.ptr[at + len] == '.') {
                size_t more = identifier_len(p, at + len + 1);
                if (more == 0)
                        break;
                len += more + 1;
                parts++;
        }
        return parts > 1 ? len : 0;
}

static int escape(struct parser *p, char *ret)
{
        static const struct {
                char letter;
                char value;
        } simple[] = {
                { 'b', '\b' }, { 'f', '\f' },  { 'n', '\n' }, { 'r', '\r' }, { 't', '\t' },
                { ' ', '\\' }, { '\\', '\\' }, { '/', '/' },  { '"', '"' },  { '\'', '\'' }
        };
        char c = peek(p);
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
        return fail(p, "one of \\b \\f \\n \\r \\t \\\\ \\/ \\\" \\' \\xHH behind the backslash");
}

/* The parser stands at the quote. */
static int quoted(struct parser *p, struct cm_sv *ret)
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
                return fail(p, "a closing quote");
        }
        p->at++;
        *ret = cm_sv_make(out, len);
        return 0;
}

static struct cm_sv bare(struct parser *p, const char *end)
{
        size_t start = p->at;
        struct cm_sv stops = cm_sv_from_cstr(end);
        while (p->at < p->text.len && !is_blank(p->text.ptr[p->at]) &&
               !cm_is_blank(p->text.ptr[p->at]) && cm_sv_find_char(stops, p->text.ptr[p->at]) < 0)
                p->at++;
        return cm_sv_slice(p->text, start, p->at);
}

#define BARE_TEXT_ENDS     "()\"'=,"
#define BARE_ARGUMENT_ENDS "[]\"'"

static int text_value(struct parser *p, const char *ends, struct cm_sv *ret)
{
        if (peek(p) == '"' || peek(p) == '\'')
                return quoted(p, ret);
        *ret = bare(p, ends);
        return ret->len > 0 ? 0 : fail(p, "a text, in quotes or without");
}

/* [+-] digits [. digits] [e sign digits], or 0x digits; its length, or 0. */
static size_t number_len(const struct parser *p)
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

static int enter(struct parser *p)
{
        if (p->depth == CM_RULE_DEPTH_MAX)
                return CM_RAISE(p->err, CM_E_LIMIT, "it is nested deeper than %d (limit %s)",
                                CM_RULE_DEPTH_MAX, "rule_depth_max");
        p->depth++;
        return 0;
}

/* "[...]" behind a field or transformer. */
static int argument(struct parser *p, struct cm_filter_term *term)
{
        if (peek(p) != '[')
                return 0;
        p->at++;
        int r = text_value(p, BARE_ARGUMENT_ENDS, &term->argument);
        if (r < 0)
                return r;
        term->has_argument = true;
        return take(p, "]") ? 0 : fail(p, "']' behind the argument");
}

static bool at_transformer(const struct parser *p, enum cm_filter_transformer *ret)
{
        size_t len = identifier_len(p, p->at);
        size_t end = p->at + len;
        if (len == 0 || end >= p->text.len || p->text.ptr[end] != '(')
                return false;
        struct cm_sv name = cm_sv_slice(p->text, p->at, end);
        for (size_t i = 0; i < CM_ARRAY_LEN(transformers); i++)
                if (cm_sv_eq(name, cm_sv_from_cstr(transformers[i].text))) {
                        *ret = (enum cm_filter_transformer)i;
                        return true;
                }
        return false;
}

static int transformer_args(struct parser *p, bool is_list, struct cm_filter_term *term);

static int field_or_transformer(struct parser *p, struct cm_filter_term *ret)
{
        struct cm_filter_term term = { .offset = p->at };
        size_t len = field_len(p, p->at);
        int r = enter(p);
        if (r < 0)
                return r;
        if (at_transformer(p, &term.transformer)) {
                term.kind = CM_FILTER_TERM_TRANSFORM;
                p->at += identifier_len(p, p->at) + 1;
                r = transformer_args(p, false, &term);
                size_t want = transformers[term.transformer].args;
                if (r == 0 && want > 0 && term.count != want) {
                        p->at = term.offset;
                        r = CM_RAISE(p->err, CM_E_MALFORMED, "%s() takes %zu argument%s, not %zu",
                                     transformers[term.transformer].text, want,
                                     want == 1 ? "" : "s", term.count);
                }
        } else if (len > 0) {
                term.kind = CM_FILTER_TERM_FIELD;
                term.text = cm_sv_slice(p->text, p->at, p->at + len);
                p->at += len;
        } else {
                r = fail(p, "a field or a transformer");
        }
        if (r == 0)
                r = argument(p, &term);
        p->depth--;
        *ret = term;
        return r;
}

/* What may stand between the brackets of a transformer. */
static int transformer_arg(struct parser *p, struct cm_filter_term *ret)
{
        enum cm_filter_transformer ignored;
        size_t number = number_len(p);
        struct cm_filter_term term = { .kind = CM_FILTER_TERM_TEXT, .offset = p->at };
        int r = 0;
        if (peek(p) == '(') {
                p->at++;
                term.kind = CM_FILTER_TERM_LIST;
                r = enter(p);
                if (r == 0)
                        r = transformer_args(p, true, &term);
                p->depth--;
        } else if (at_transformer(p, &ignored) || field_len(p, p->at) > 0) {
                return field_or_transformer(p, ret);
        } else if (peek(p) == '"' || peek(p) == '\'') {
                r = quoted(p, &term.text);
        } else if (number > 0) {
                term.text = cm_sv_slice(p->text, p->at, p->at + number);
                p->at += number;
        } else {
                r = fail(p, "a field, a transformer, a number or a text in quotes");
        }
        *ret = term;
        return r;
}

static int transformer_args(struct parser *p, bool is_list, struct cm_filter_term *term)
{
        term_vec terms = { 0 };
        blanks(p);
        bool is_empty = is_list && peek(p) == ')';
        while (!is_empty) {
                struct cm_filter_term arg;
                int r = transformer_arg(p, &arg);
                if (r < 0)
                        return r;
                *CM_VEC_PUSH(p->arena, &terms) = arg;
                blanks(p);
                if (peek(p) != ',')
                        break;
                p->at++;
                blanks(p);
        }
        if (!take(p, ")"))
                return fail(p, "',' or ')'");
        term->terms = terms.items;
        term->count = terms.count;
        return 0;
}

/* val(FIELD) or a transformer: the other side of a comparison. Returns 1 when neither stands here. */
static int right_side(struct parser *p, struct cm_filter_term *ret)
{
        enum cm_filter_transformer ignored;
        if (at_transformer(p, &ignored))
                return field_or_transformer(p, ret);
        if (!take(p, "val("))
                return 1;
        blanks(p);
        int r = field_or_transformer(p, ret);
        if (r < 0)
                return r;
        blanks(p);
        return take(p, ")") ? 0 : fail(p, "')' behind the field");
}

static int list_value(struct parser *p, struct cm_filter_term *ret)
{
        term_vec values = { 0 };
        *ret = (struct cm_filter_term){ .kind = CM_FILTER_TERM_LIST, .offset = p->at };
        if (!take(p, "(")) {
                /* A name that is no list: a list of itself. */
                size_t len = identifier_len(p, p->at);
                if (len == 0)
                        return fail(p, "a list in brackets");
                *CM_VEC_PUSH(p->arena, &values) =
                        (struct cm_filter_term){ .kind = CM_FILTER_TERM_TEXT,
                                                 .text = cm_sv_slice(p->text, p->at, p->at + len),
                                                 .offset = p->at };
                p->at += len;
        } else {
                blanks(p);
                while (!take(p, ")")) {
                        struct cm_filter_term v = { .kind = CM_FILTER_TERM_TEXT, .offset = p->at };
                        if (values.count > 0 && !take(p, ","))
                                return fail(p, "',' or ')' in a list");
                        blanks(p);
                        v.offset = p->at;
                        int r = text_value(p, BARE_TEXT_ENDS, &v.text);
                        if (r < 0)
                                return r;
                        *CM_VEC_PUSH(p->arena, &values) = v;
                        blanks(p);
                }
        }
        ret->terms = values.items;
        ret->count = values.count;
        return 0;
}

static bool take_modifier(struct parser *p, enum cm_filter_modifier *ret)
{
        static const struct {
                const char *text;
                enum cm_filter_modifier modifier;
        } words[] = { { "oneof ", CM_FILTER_ONEOF },
                      { "anyof ", CM_FILTER_ANYOF },
                      { "allof ", CM_FILTER_ALLOF } };
        size_t start = p->at;
        for (size_t i = 0; i < CM_ARRAY_LEN(words); i++) {
                if (!take_operator(p, words[i].text))
                        continue;
                blanks(p);
                if (peek(p) == '(' || identifier_len(p, p->at) > 0) {
                        *ret = words[i].modifier;
                        return true;
                }
                p->at = start;
        }
        return false;
}

static int right_value(struct parser *p, enum follows follows, struct cm_filter *f)
{
        f->right = (struct cm_filter_term){ .kind = CM_FILTER_TERM_TEXT, .offset = p->at };
        if (follows == FOLLOWS_TEXT && take_modifier(p, &f->modifier))
                return list_value(p, &f->right);
        int r = right_side(p, &f->right);
        if (r <= 0)
                return r;
        f->right.offset = p->at;
        if (follows == FOLLOWS_LIST)
                return list_value(p, &f->right);
        if (follows == FOLLOWS_TEXT)
                return text_value(p, BARE_TEXT_ENDS, &f->right.text);
        size_t len = number_len(p);
        if (len == 0)
                return fail(p, "a number");
        f->right.text = cm_sv_slice(p->text, p->at, p->at + len);
        p->at += len;
        return 0;
}

static int comparison(struct parser *p, struct cm_filter *f)
{
        blanks(p);
        for (size_t i = 0; i < CM_ARRAY_LEN(operators); i++) {
                if (!take_operator(p, operators[i].text))
                        continue;
                f->op = (enum cm_filter_op)i;
                if (f->op == CM_FILTER_EQ2)
                        f->op = CM_FILTER_EQ;
                if (operators[i].follows == FOLLOWS_NOTHING)
                        return 0;
                blanks(p);
                return right_value(p, operators[i].follows, f);
        }
        return fail(p, "an operator: = == != < <= > >= contains icontains bcontains startswith "
                       "bstartswith endswith glob iglob regex in intersects pmatch exists");
}

static int expression(struct parser *p, const struct cm_filter **ret);

static int brackets(struct parser *p, const struct cm_filter **ret)
{
        int r = enter(p);
        if (r == 0)
                r = expression(p, ret);
        if (r < 0)
                return r;
        p->depth--;
        blanks(p);
        return take(p, ")") ? 0 : fail(p, "')'");
}

static int check(struct parser *p, const struct cm_filter **ret)
{
        enum cm_filter_transformer ignored;
        if (take(p, "("))
                return brackets(p, ret);
        struct cm_filter *f = CM_NEW(p->arena, struct cm_filter);
        *ret = f;
        f->offset = p->at;
        if (at_transformer(p, &ignored) || field_len(p, p->at) > 0) {
                f->kind = CM_FILTER_CHECK;
                int r = field_or_transformer(p, &f->left);
                return r < 0 ? r : comparison(p, f);
        }
        size_t len = identifier_len(p, p->at);
        if (len == 0)
                return fail(p, "a check, a macro or '('");
        f->kind = CM_FILTER_MACRO;
        f->macro = cm_sv_slice(p->text, p->at, p->at + len);
        p->at += len;
        return 0;
}

static int negation(struct parser *p, const struct cm_filter **ret)
{
        size_t offset = p->at;
        bool is_negated = false;
        int r = 1;
        blanks(p);
        while (r > 0 && cm_sv_has_prefix(cm_sv_skip(p->text, p->at), CM_SV("not"))) {
                char next = p->at + 3 < p->text.len ? p->text.ptr[p->at + 3] : '\0';
                if (next != '(' && !is_blank(next))
                        break;
                is_negated = !is_negated;
                p->at += 3;
                if (!blanks(p)) {
                        p->at++;
                        r = brackets(p, ret);
                }
        }
        if (r > 0)
                r = check(p, ret);
        if (r < 0 || !is_negated)
                return r;
        struct cm_filter *f = CM_NEW(p->arena, struct cm_filter);
        const struct cm_filter **child = CM_NEW_ARRAY(p->arena, const struct cm_filter *, 1);
        child[0] = *ret;
        *f = (struct cm_filter){
                .kind = CM_FILTER_NOT, .offset = offset, .children = child, .count = 1
        };
        *ret = f;
        return 0;
}

/* Operands of "and" (or of "or"): NEXT (word NEXT)*. The word needs a blank or '(' behind it. */
static int chain(struct parser *p, const char *word, enum cm_filter_kind kind,
                 int (*next)(struct parser *p, const struct cm_filter **ret),
                 const struct cm_filter **ret)
{
        filter_vec children = { 0 };
        size_t offset = p->at;
        size_t len = cm_sv_from_cstr(word).len;
        for (;;) {
                int r = next(p, ret);
                if (r < 0)
                        return r;
                *CM_VEC_PUSH(p->arena, &children) = *ret;
                size_t before = p->at;
                blanks(p);
                if (!take(p, word) || (peek(p) != '(' && !is_blank(peek(p)))) {
                        /* "and" with nothing behind it is no end of the condition. */
                        if (p->at == p->text.len && p->at >= before + len &&
                            cm_sv_has_suffix(p->text, cm_sv_from_cstr(word)))
                                return fail(p, "a blank or '(' behind the last word");
                        p->at = before;
                        break;
                }
        }
        if (children.count == 1)
                return 0;
        struct cm_filter *f = CM_NEW(p->arena, struct cm_filter);
        *f = (struct cm_filter){
                .kind = kind, .offset = offset, .children = children.items, .count = children.count
        };
        *ret = f;
        return 0;
}

static int conjunction(struct parser *p, const struct cm_filter **ret)
{
        return chain(p, "and", CM_FILTER_AND, negation, ret);
}

static int expression(struct parser *p, const struct cm_filter **ret)
{
        blanks(p);
        return chain(p, "or", CM_FILTER_OR, conjunction, ret);
}

int cm_filter_parse(struct cm_arena *arena, struct cm_sv text, const struct cm_filter **ret,
                    size_t *ret_offset, struct cm_err *err)
{
        struct parser p = { .arena = arena, .text = text, .err = err };
        const struct cm_filter *filter = NULL;
        *ret_offset = 0;
        if (text.len > CM_RULE_CONDITION_BYTES_MAX)
                return CM_RAISE(err, CM_E_LIMIT,
                                "a condition of %zu bytes (limit rule_condition_bytes_max)",
                                text.len);
        int r = expression(&p, &filter);
        if (r == 0)
                blanks(&p);
        if (r == 0 && p.at < text.len)
                r = fail(&p, "'and', 'or' or the end");
        *ret_offset = p.at;
        if (r == 0)
                *ret = filter;
        return r;
}

int cm_filter_parse_term(struct cm_arena *arena, struct cm_sv text, struct cm_filter_term *ret,
                         size_t *ret_len, struct cm_err *err)
{
        struct parser p = { .arena = arena, .text = text, .err = err };
        int r = field_or_transformer(&p, ret);
        *ret_len = p.at;
        return r;
}
