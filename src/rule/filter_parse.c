/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recursive descent over the text itself: the language has no tokens that stand alone (a bare word
 * ends where the place that expects it says so), so lexing and parsing are one.
 */
#include "base/limits.h"
#include "base/vec.h"
#include "rule/filter.h"
#include "rule/filter_words.h"

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

static int enter(struct cm_filter_words *p)
{
        if (p->depth == CM_RULE_DEPTH_MAX)
                return CM_RAISE(p->err, CM_E_LIMIT, "it is nested deeper than %d (limit %s)",
                                CM_RULE_DEPTH_MAX, "rule_depth_max");
        p->depth++;
        return 0;
}

/* "[...]" behind a field or transformer. */
static int argument(struct cm_filter_words *p, struct cm_filter_term *term)
{
        if (cm_filter_peek(p) != '[')
                return 0;
        p->at++;
        int r = cm_filter_text_value(p, CM_FILTER_ARGUMENT_ENDS, &term->argument);
        if (r < 0)
                return r;
        term->has_argument = true;
        return cm_filter_take(p, "]") ? 0 : cm_filter_fail(p, "']' behind the argument");
}

static bool at_transformer(const struct cm_filter_words *p, enum cm_filter_transformer *ret)
{
        size_t len = cm_filter_identifier_len(p, p->at);
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

static int transformer_args(struct cm_filter_words *p, bool is_list, struct cm_filter_term *term);

static int field_or_transformer(struct cm_filter_words *p, struct cm_filter_term *ret)
{
        struct cm_filter_term term = { .offset = p->at };
        size_t len = cm_filter_field_len(p, p->at);
        int r = enter(p);
        if (r < 0)
                return r;
        if (at_transformer(p, &term.transformer)) {
                term.kind = CM_FILTER_TERM_TRANSFORM;
                p->at += cm_filter_identifier_len(p, p->at) + 1;
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
                r = cm_filter_fail(p, "a field or a transformer");
        }
        if (r == 0)
                r = argument(p, &term);
        p->depth--;
        *ret = term;
        return r;
}

/* What may stand between the brackets of a transformer. */
static int transformer_arg(struct cm_filter_words *p, struct cm_filter_term *ret)
{
        enum cm_filter_transformer ignored;
        size_t number = cm_filter_number_len(p);
        struct cm_filter_term term = { .kind = CM_FILTER_TERM_TEXT, .offset = p->at };
        int r = 0;
        if (cm_filter_peek(p) == '(') {
                p->at++;
                term.kind = CM_FILTER_TERM_LIST;
                r = enter(p);
                if (r == 0)
                        r = transformer_args(p, true, &term);
                p->depth--;
        } else if (at_transformer(p, &ignored) || cm_filter_field_len(p, p->at) > 0) {
                return field_or_transformer(p, ret);
        } else if (cm_filter_peek(p) == '"' || cm_filter_peek(p) == '\'') {
                r = cm_filter_quoted(p, &term.text);
        } else if (number > 0) {
                term.text = cm_sv_slice(p->text, p->at, p->at + number);
                p->at += number;
        } else {
                r = cm_filter_fail(p, "a field, a transformer, a number or a text in quotes");
        }
        *ret = term;
        return r;
}

static int transformer_args(struct cm_filter_words *p, bool is_list, struct cm_filter_term *term)
{
        term_vec terms = { 0 };
        cm_filter_blanks(p);
        bool is_empty = is_list && cm_filter_peek(p) == ')';
        while (!is_empty) {
                struct cm_filter_term arg;
                int r = transformer_arg(p, &arg);
                if (r < 0)
                        return r;
                *CM_VEC_PUSH(p->arena, &terms) = arg;
                cm_filter_blanks(p);
                if (cm_filter_peek(p) != ',')
                        break;
                p->at++;
                cm_filter_blanks(p);
        }
        if (!cm_filter_take(p, ")"))
                return cm_filter_fail(p, "',' or ')'");
        term->terms = terms.items;
        term->count = terms.count;
        return 0;
}

/* val(FIELD) or a transformer: the other side of a comparison. Returns 1 when neither stands here. */
static int right_side(struct cm_filter_words *p, struct cm_filter_term *ret)
{
        enum cm_filter_transformer ignored;
        if (at_transformer(p, &ignored))
                return field_or_transformer(p, ret);
        if (!cm_filter_take(p, "val("))
                return 1;
        cm_filter_blanks(p);
        int r = field_or_transformer(p, ret);
        if (r < 0)
                return r;
        cm_filter_blanks(p);
        return cm_filter_take(p, ")") ? 0 : cm_filter_fail(p, "')' behind the field");
}

static int list_value(struct cm_filter_words *p, struct cm_filter_term *ret)
{
        term_vec values = { 0 };
        *ret = (struct cm_filter_term){ .kind = CM_FILTER_TERM_LIST, .offset = p->at };
        if (!cm_filter_take(p, "(")) {
                /* A name that is no list: a list of itself. */
                size_t len = cm_filter_identifier_len(p, p->at);
                if (len == 0)
                        return cm_filter_fail(p, "a list in brackets");
                *CM_VEC_PUSH(p->arena, &values) =
                        (struct cm_filter_term){ .kind = CM_FILTER_TERM_TEXT,
                                                 .text = cm_sv_slice(p->text, p->at, p->at + len),
                                                 .offset = p->at };
                p->at += len;
        } else {
                cm_filter_blanks(p);
                while (!cm_filter_take(p, ")")) {
                        struct cm_filter_term v = { .kind = CM_FILTER_TERM_TEXT, .offset = p->at };
                        if (values.count > 0 && !cm_filter_take(p, ","))
                                return cm_filter_fail(p, "',' or ')' in a list");
                        cm_filter_blanks(p);
                        v.offset = p->at;
                        int r = cm_filter_text_value(p, CM_FILTER_TEXT_ENDS, &v.text);
                        if (r < 0)
                                return r;
                        *CM_VEC_PUSH(p->arena, &values) = v;
                        cm_filter_blanks(p);
                }
        }
        ret->terms = values.items;
        ret->count = values.count;
        return 0;
}

static bool take_modifier(struct cm_filter_words *p, enum cm_filter_modifier *ret)
{
        static const struct {
                const char *text;
                enum cm_filter_modifier modifier;
        } words[] = { { "oneof ", CM_FILTER_ONEOF },
                      { "anyof ", CM_FILTER_ANYOF },
                      { "allof ", CM_FILTER_ALLOF } };
        size_t start = p->at;
        for (size_t i = 0; i < CM_ARRAY_LEN(words); i++) {
                if (!cm_filter_take_operator(p, words[i].text))
                        continue;
                cm_filter_blanks(p);
                if (cm_filter_peek(p) == '(' || cm_filter_identifier_len(p, p->at) > 0) {
                        *ret = words[i].modifier;
                        return true;
                }
                p->at = start;
        }
        return false;
}

static int right_value(struct cm_filter_words *p, enum follows follows, struct cm_filter *f)
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
                return cm_filter_text_value(p, CM_FILTER_TEXT_ENDS, &f->right.text);
        size_t len = cm_filter_number_len(p);
        if (len == 0)
                return cm_filter_fail(p, "a number");
        f->right.text = cm_sv_slice(p->text, p->at, p->at + len);
        p->at += len;
        return 0;
}

static int comparison(struct cm_filter_words *p, struct cm_filter *f)
{
        cm_filter_blanks(p);
        for (size_t i = 0; i < CM_ARRAY_LEN(operators); i++) {
                if (!cm_filter_take_operator(p, operators[i].text))
                        continue;
                f->op = (enum cm_filter_op)i;
                if (f->op == CM_FILTER_EQ2)
                        f->op = CM_FILTER_EQ;
                if (operators[i].follows == FOLLOWS_NOTHING)
                        return 0;
                cm_filter_blanks(p);
                return right_value(p, operators[i].follows, f);
        }
        return cm_filter_fail(
                p, "an operator: = == != < <= > >= contains icontains bcontains startswith "
                   "bstartswith endswith glob iglob regex in intersects pmatch exists");
}

static int expression(struct cm_filter_words *p, const struct cm_filter **ret);

static int brackets(struct cm_filter_words *p, const struct cm_filter **ret)
{
        int r = enter(p);
        if (r == 0)
                r = expression(p, ret);
        if (r < 0)
                return r;
        p->depth--;
        cm_filter_blanks(p);
        return cm_filter_take(p, ")") ? 0 : cm_filter_fail(p, "')'");
}

static int check(struct cm_filter_words *p, const struct cm_filter **ret)
{
        enum cm_filter_transformer ignored;
        if (cm_filter_take(p, "("))
                return brackets(p, ret);
        struct cm_filter *f = CM_NEW(p->arena, struct cm_filter);
        *ret = f;
        f->offset = p->at;
        if (at_transformer(p, &ignored) || cm_filter_field_len(p, p->at) > 0) {
                f->kind = CM_FILTER_CHECK;
                int r = field_or_transformer(p, &f->left);
                return r < 0 ? r : comparison(p, f);
        }
        size_t len = cm_filter_identifier_len(p, p->at);
        if (len == 0)
                return cm_filter_fail(p, "a check, a macro or '('");
        f->kind = CM_FILTER_MACRO;
        f->macro = cm_sv_slice(p->text, p->at, p->at + len);
        p->at += len;
        return 0;
}

static int negation(struct cm_filter_words *p, const struct cm_filter **ret)
{
        size_t offset = p->at;
        bool is_negated = false;
        int r = 1;
        cm_filter_blanks(p);
        while (r > 0 && cm_sv_has_prefix(cm_sv_skip(p->text, p->at), CM_SV("not"))) {
                char next = p->at + 3 < p->text.len ? p->text.ptr[p->at + 3] : '\0';
                if (next != '(' && !cm_filter_is_blank(next))
                        break;
                is_negated = !is_negated;
                p->at += 3;
                if (!cm_filter_blanks(p)) {
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
static int chain(struct cm_filter_words *p, const char *word, enum cm_filter_kind kind,
                 int (*next)(struct cm_filter_words *p, const struct cm_filter **ret),
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
                cm_filter_blanks(p);
                if (!cm_filter_take(p, word) ||
                    (cm_filter_peek(p) != '(' && !cm_filter_is_blank(cm_filter_peek(p)))) {
                        /* "and" with nothing behind it is no end of the condition. */
                        if (p->at == p->text.len && p->at >= before + len &&
                            cm_sv_has_suffix(p->text, cm_sv_from_cstr(word)))
                                return cm_filter_fail(p, "a blank or '(' behind the last word");
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

static int conjunction(struct cm_filter_words *p, const struct cm_filter **ret)
{
        return chain(p, "and", CM_FILTER_AND, negation, ret);
}

static int expression(struct cm_filter_words *p, const struct cm_filter **ret)
{
        cm_filter_blanks(p);
        return chain(p, "or", CM_FILTER_OR, conjunction, ret);
}

int cm_filter_parse(struct cm_arena *arena, struct cm_sv text, const struct cm_filter **ret,
                    size_t *ret_offset, struct cm_err *err)
{
        struct cm_filter_words p = { .arena = arena, .text = text, .err = err };
        const struct cm_filter *filter = NULL;
        *ret_offset = 0;
        if (text.len > CM_RULE_CONDITION_BYTES_MAX)
                return CM_RAISE(err, CM_E_LIMIT,
                                "a condition of %zu bytes (limit rule_condition_bytes_max)",
                                text.len);
        int r = expression(&p, &filter);
        if (r == 0)
                cm_filter_blanks(&p);
        if (r == 0 && p.at < text.len)
                r = cm_filter_fail(&p, "'and', 'or' or the end");
        *ret_offset = p.at;
        if (r == 0)
                *ret = filter;
        return r;
}

int cm_filter_parse_term(struct cm_arena *arena, struct cm_sv text, struct cm_filter_term *ret,
                         size_t *ret_len, struct cm_err *err)
{
        struct cm_filter_words p = { .arena = arena, .text = text, .err = err };
        int r = field_or_transformer(&p, ret);
        *ret_len = p.at;
        return r;
}
