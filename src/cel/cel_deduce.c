/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The static type of an expression. Types are trees; what is not known yet (the items of []) is a
 * type of its own that is bound when it meets another. Variables are of any type ("dyn"), with which
 * everything agrees. Recursion follows the tree (CM_CEL_CHAIN_MAX) and types (TYPE_DEPTH_MAX).
 */
#include <stdio.h>

#include "base/limits.h"
#include "base/vec.h"
#include "cel/cel_program.h"

enum {
        DYN = CM_CEL_KIND_COUNT, /* kinds beyond those of values */
        OPEN,
        TYPE_DEPTH_MAX = 300,
        WORK_MAX =
                100000 /* a type may hold another twice, so text and time could double per level */
};

struct type {
        int kind;
        struct type *params[2]; /* LIST and OPTIONAL: content; MAP: key, value */
        struct type *bound;     /* OPEN: what it turned out to be */
};

struct scope {
        struct cm_sv name;
        struct type *type;
};

struct deducer {
        struct cm_cel_parser *parser;
        struct cm_arena *arena;
        CM_VEC(struct scope) scopes;
        unsigned work; /* steps on types; past WORK_MAX everything is "dyn" */
};

static struct type *deduce(struct deducer *d, const struct cm_cel_ast *ast);

static struct type *new_type(struct deducer *d, int kind, struct type *first, struct type *second)
{
        struct type *t = CM_NEW(d->arena, struct type);
        *t = (struct type){ .kind = kind, .params = { first, second } };
        return t;
}

static struct type *plain(struct deducer *d, int kind)
{
        return new_type(d, kind, NULL, NULL);
}

static struct type *resolved(struct type *t)
{
        while (t->kind == OPEN && t->bound != NULL)
                t = t->bound;
        return t;
}

static struct cm_sv type_text(struct deducer *d, struct type *t, unsigned depth)
{
        t = resolved(t);
        if (t->kind >= DYN || depth > TYPE_DEPTH_MAX || ++d->work > WORK_MAX)
                return CM_SV("dyn");
        if (t->kind == CM_CEL_OBJECT) /* which one is known to values only */
                return CM_SV("object");
        struct cm_sv name =
                cm_cel_type_name((struct cm_cel_value){ .kind = (enum cm_cel_kind)t->kind });
        if (t->params[0] == NULL)
                return name;
        struct cm_sv first = type_text(d, t->params[0], depth + 1);
        if (t->params[1] == NULL)
                return cm_sv_printf(d->arena, "%.*s(%.*s)", CM_SV_ARG(name), CM_SV_ARG(first));
        struct cm_sv second = type_text(d, t->params[1], depth + 1);
        return cm_sv_printf(d->arena, "%.*s(%.*s, %.*s)", CM_SV_ARG(name), CM_SV_ARG(first),
                            CM_SV_ARG(second));
}

static bool occurs(struct deducer *d, struct type *open, struct type *in, unsigned depth)
{
        in = resolved(in);
        if (in == open || depth > TYPE_DEPTH_MAX || ++d->work > WORK_MAX)
                return true;
        return (in->params[0] != NULL && occurs(d, open, in->params[0], depth + 1)) ||
               (in->params[1] != NULL && occurs(d, open, in->params[1], depth + 1));
}

/* null stands for the absence of these. */
static bool is_nullable(const struct type *t)
{
        return t->kind == CM_CEL_OPTIONAL || t->kind == CM_CEL_DURATION ||
               t->kind == CM_CEL_TIMESTAMP || t->kind == CM_CEL_OBJECT;
}

/* The type of what is either `a` or `b`; NULL when they do not go together. */
static struct type *join(struct deducer *d, struct type *a, struct type *b, unsigned depth)
{
        a = resolved(a);
        b = resolved(b);
        if (a == b)
                return a;
        if (a->kind == OPEN || b->kind == OPEN) {
                struct type *open = a->kind == OPEN ? a : b;
                struct type *other = open == a ? b : a;
                if (occurs(d, open, other, 0))
                        return NULL;
                open->bound = other;
                return other;
        }
        if (a->kind == DYN || b->kind == DYN)
                return a->kind == DYN ? a : b;
        if (depth > TYPE_DEPTH_MAX || ++d->work > WORK_MAX)
                return plain(d, DYN);
        if (a->kind == CM_CEL_NULL && is_nullable(b))
                return b;
        if (b->kind == CM_CEL_NULL && is_nullable(a))
                return a;
        if (a->kind != b->kind)
                return NULL;
        struct type *params[2] = { NULL, NULL };
        for (size_t i = 0; i < 2 && a->params[i] != NULL && b->params[i] != NULL; i++)
                if ((params[i] = join(d, a->params[i], b->params[i], depth + 1)) == NULL)
                        return NULL;
        return params[0] == NULL ? a : new_type(d, a->kind, params[0], params[1]);
}

static struct type *join_or_dyn(struct deducer *d, struct type *a, struct type *b)
{
        struct type *t = a == NULL ? b : join(d, a, b, 0);
        return t == NULL ? plain(d, DYN) : t;
}

/* Faults */

static struct type *mismatch(struct deducer *d, const struct cm_cel_ast *ast, const char *what,
                             struct type *const *types, size_t count)
{
        struct cm_sv text = CM_SV("");
        for (size_t i = 0; i < count; i++) {
                struct cm_sv name = type_text(d, types[i], 0);
                text = cm_sv_printf(d->arena, "%.*s%s%.*s", CM_SV_ARG(text), i == 0 ? "" : ", ",
                                    CM_SV_ARG(cm_sv_slice(name, 0, 60)));
                if (text.len > 160)
                        break;
        }
        cm_cel_syntax(d->parser, ast->at, "no such overload: %s(%.*s)", what, CM_SV_ARG(text));
        return NULL;
}

static bool can_be(struct type *t, int kind)
{
        t = resolved(t);
        return t->kind == kind || t->kind == DYN || t->kind == OPEN;
}

static bool need_bool(struct deducer *d, const struct cm_cel_ast *ast, const char *what,
                      struct type *t)
{
        return can_be(t, CM_CEL_BOOL) || mismatch(d, ast, what, &t, 1) != NULL;
}

/* Calls by signature */

/* Whether the arguments fit; *ret_item is what "A" stands for. */
static bool fits(struct deducer *d, const char *signature, struct type *const *args, size_t count,
                 struct type **ret_item)
{
        const char *s = signature;
        *ret_item = NULL;
        for (size_t i = 0; i < count; i++) {
                struct type *t = resolved(args[i]);
                if (*s == '?')
                        s++;
                bool any = t->kind >= DYN;
                if (!any && !cm_cel_letter_fits(*s, (enum cm_cel_kind)t->kind))
                        return false;
                if (*ret_item == NULL && *s == '*')
                        *ret_item = t;
                else if (*ret_item == NULL && (*s == 'l' || *s == 'o'))
                        *ret_item = any || t->params[0] == NULL ? plain(d, DYN) : t->params[0];
                if (s[1] != '+')
                        s++;
        }
        return true;
}

static struct type *letter_type(struct deducer *d, char letter)
{
        static const char letters[] = "syiudbtrTzx";
        static const enum cm_cel_kind kinds[] = { CM_CEL_STRING,    CM_CEL_BYTES,    CM_CEL_INT,
                                                  CM_CEL_UINT,      CM_CEL_DOUBLE,   CM_CEL_BOOL,
                                                  CM_CEL_TIMESTAMP, CM_CEL_DURATION, CM_CEL_TYPE,
                                                  CM_CEL_NULL,      CM_CEL_OBJECT };
        const char *at = letter == '\0' ? NULL : strchr(letters, letter);
        return plain(d, at == NULL ? DYN : (int)kinds[at - letters]);
}

static struct type *result_of(struct deducer *d, const char *signature, struct type *const *args,
                              size_t count, struct type *item)
{
        const char *r = strchr(signature, ':');
        if (r == NULL)
                return plain(d, DYN);
        const char *letter = r + 1;
        while (*letter == '[' || *letter == 'o')
                letter++;
        struct type *t = *letter == '1' && count > 0 ? args[0]
                         : *letter == 'A'            ? (item == NULL ? plain(d, OPEN) : item)
                                                     : letter_type(d, *letter);
        while (--letter > r)
                t = new_type(d, *letter == '[' ? CM_CEL_LIST : CM_CEL_OPTIONAL, t, NULL);
        return t;
}

static struct type *deduce_call(struct deducer *d, const struct cm_cel_ast *ast)
{
        struct type **args = CM_NEW_ARRAY(d->arena, struct type *, ast->count + 1);
        size_t count = 0;
        struct type *result = NULL;
        if (ast->meaning == CM_CEL_MEANS_METHOD && (args[count++] = deduce(d, ast->target)) == NULL)
                return NULL;
        for (uint32_t i = 0; i < ast->count; i++)
                if ((args[count++] = deduce(d, ast->args[i])) == NULL)
                        return NULL;
        for (size_t i = 0; i < ast->candidate_count; i++) {
                struct type *item = NULL;
                const char *signature = ast->candidates[i]->signature;
                if (!fits(d, signature, args, count, &item))
                        continue;
                struct type *t = result_of(d, signature, args, count, item);
                result = join_or_dyn(d, result, t);
        }
        return result != NULL ? result : mismatch(d, ast, ast->candidates[0]->name, args, count);
}

/* Operators */

static struct type *deduce_binary(struct deducer *d, const struct cm_cel_ast *ast)
{
        static const struct {
                enum cm_cel_token_kind op;
                const char *signature;
        } rows[] = {
                { CM_CEL_T_PLUS, "ii:i" },    { CM_CEL_T_PLUS, "uu:u" },
                { CM_CEL_T_PLUS, "dd:d" },    { CM_CEL_T_PLUS, "ss:s" },
                { CM_CEL_T_PLUS, "yy:y" },    { CM_CEL_T_PLUS, "rr:r" },
                { CM_CEL_T_PLUS, "tr:t" },    { CM_CEL_T_PLUS, "rt:t" },
                { CM_CEL_T_MINUS, "ii:i" },   { CM_CEL_T_MINUS, "uu:u" },
                { CM_CEL_T_MINUS, "dd:d" },   { CM_CEL_T_MINUS, "rr:r" },
                { CM_CEL_T_MINUS, "tr:t" },   { CM_CEL_T_MINUS, "tt:r" },
                { CM_CEL_T_STAR, "ii:i" },    { CM_CEL_T_STAR, "uu:u" },
                { CM_CEL_T_STAR, "dd:d" },    { CM_CEL_T_SLASH, "ii:i" },
                { CM_CEL_T_SLASH, "uu:u" },   { CM_CEL_T_SLASH, "dd:d" },
                { CM_CEL_T_PERCENT, "ii:i" }, { CM_CEL_T_PERCENT, "uu:u" },
                { CM_CEL_T_LT, "nn:b" },      { CM_CEL_T_LT, "ss:b" },
                { CM_CEL_T_LT, "yy:b" },      { CM_CEL_T_LT, "bb:b" },
                { CM_CEL_T_LT, "rr:b" },      { CM_CEL_T_LT, "tt:b" },
                { CM_CEL_T_LT, "xx:b" },      { CM_CEL_T_IN, "*l:b" },
                { CM_CEL_T_IN, "*m:b" },
        };
        struct type *args[2] = { deduce(d, ast->args[0]), NULL };
        if (args[0] == NULL || (args[1] = deduce(d, ast->args[1])) == NULL)
                return NULL;
        bool is_long = ast->op == CM_CEL_T_EQ || ast->op == CM_CEL_T_NE || ast->op == CM_CEL_T_LE ||
                       ast->op == CM_CEL_T_GE || ast->op == CM_CEL_T_IN;
        char name[8];
        snprintf(name, sizeof(name), "_%.*s_", is_long ? 2 : 1,
                 d->parser->lexer.text.ptr + ast->at);
        struct type *both = join(d, args[0], args[1], 0);
        if (ast->op == CM_CEL_T_EQ || ast->op == CM_CEL_T_NE)
                return both != NULL ? plain(d, CM_CEL_BOOL) : mismatch(d, ast, name, args, 2);
        if (ast->op == CM_CEL_T_PLUS && both != NULL) {
                if (resolved(both)->kind == CM_CEL_LIST)
                        return both;
                /* What is known of one side only must do for both. */
                for (size_t i = 0; i < 2; i++)
                        if (resolved(args[i])->kind == CM_CEL_LIST)
                                return args[i];
        }
        enum cm_cel_token_kind op =
                ast->op > CM_CEL_T_LT && ast->op <= CM_CEL_T_GE ? CM_CEL_T_LT : ast->op;
        struct type *result = NULL;
        for (size_t i = 0; i < CM_ARRAY_LEN(rows); i++) {
                struct type *item = NULL;
                if (rows[i].op == op && fits(d, rows[i].signature, args, 2, &item))
                        result = join_or_dyn(d, result,
                                             result_of(d, rows[i].signature, args, 2, item));
        }
        return result != NULL ? result : mismatch(d, ast, name, args, 2);
}

static struct type *deduce_unary(struct deducer *d, const struct cm_cel_ast *ast)
{
        struct type *t = deduce(d, ast->args[0]);
        if (t == NULL)
                return NULL;
        if (ast->kind == CM_CEL_AST_NOT)
                return need_bool(d, ast, "!_", t) ? plain(d, CM_CEL_BOOL) : NULL;
        if (can_be(t, CM_CEL_INT) || can_be(t, CM_CEL_DOUBLE) || can_be(t, CM_CEL_DURATION))
                return t;
        return mismatch(d, ast, "-_", &t, 1);
}

static struct type *deduce_junction(struct deducer *d, const struct cm_cel_ast *ast)
{
        for (uint32_t i = 0; i < ast->count; i++) {
                struct type *t = deduce(d, ast->args[i]);
                if (t == NULL ||
                    !need_bool(d, ast->args[i], ast->op == CM_CEL_T_AND ? "_&&_" : "_||_", t))
                        return NULL;
        }
        return plain(d, CM_CEL_BOOL);
}

static struct type *deduce_ternary(struct deducer *d, const struct cm_cel_ast *ast)
{
        struct type *types[3];
        for (uint32_t i = 0; i < 3; i++)
                if ((types[i] = deduce(d, ast->args[i])) == NULL)
                        return NULL;
        struct type *t = join(d, types[1], types[2], 0);
        if (t == NULL || !can_be(types[0], CM_CEL_BOOL))
                return mismatch(d, ast, "_?_:_", types, 3);
        return t;
}

/* What a container gives: the value of a map, the item of a list; NULL when it is neither. */
static struct type *content(struct deducer *d, struct type *container)
{
        if (container->kind >= DYN)
                return plain(d, DYN);
        if (container->kind == CM_CEL_LIST)
                return container->params[0];
        return container->kind == CM_CEL_MAP ? container->params[1] : NULL;
}

/* Selection and index; through an optional the result is an optional. */
static struct type *deduce_part(struct deducer *d, const struct cm_cel_ast *ast)
{
        struct type *target = deduce(d, ast->target);
        if (target == NULL)
                return NULL;
        struct type *key =
                ast->kind == CM_CEL_AST_INDEX ? deduce(d, ast->args[0]) : plain(d, CM_CEL_STRING);
        if (key == NULL)
                return NULL;
        struct type *container = resolved(target);
        bool optional = ast->optional;
        if (container->kind == CM_CEL_OPTIONAL && container->params[0] != NULL) {
                container = resolved(container->params[0]);
                optional = true;
        }
        struct type *part = content(d, container);
        bool is_field = ast->kind != CM_CEL_AST_INDEX;
        if (part == NULL || (is_field && container->kind == CM_CEL_LIST)) {
                cm_cel_syntax(d->parser, ast->at, "%.*s has no %s",
                              CM_SV_ARG(type_text(d, container, 0)), is_field ? "fields" : "items");
                return NULL;
        }
        if (ast->kind == CM_CEL_AST_HAS)
                return plain(d, CM_CEL_BOOL);
        if (container->kind == CM_CEL_MAP && join(d, container->params[0], key, 0) == NULL)
                return mismatch(d, ast, "_[_]", (struct type *[]){ container, key }, 2);
        return optional ? new_type(d, CM_CEL_OPTIONAL, part, NULL) : part;
}

/* Literals */

static struct type *literal_item(struct deducer *d, const struct cm_cel_ast *e, bool optional)
{
        struct type *t = deduce(d, e);
        if (t == NULL || !optional)
                return t;
        struct type *r = resolved(t);
        if (r->kind == CM_CEL_OPTIONAL && r->params[0] != NULL)
                return r->params[0];
        return r->kind >= DYN ? plain(d, DYN) : mismatch(d, e, "optional entry", &t, 1);
}

static struct type *deduce_list(struct deducer *d, const struct cm_cel_ast *ast)
{
        struct type *item = NULL;
        for (uint32_t i = 0; i < ast->count; i++) {
                struct type *t = literal_item(d, ast->args[i], ast->args[i]->optional_entry);
                if (t == NULL)
                        return NULL;
                item = join_or_dyn(d, item, t);
        }
        return new_type(d, CM_CEL_LIST, item == NULL ? plain(d, OPEN) : item, NULL);
}

static struct type *deduce_map(struct deducer *d, const struct cm_cel_ast *ast)
{
        struct type *key = NULL;
        struct type *value = NULL;
        for (uint32_t i = 0; i + 1 < ast->count; i += 2) {
                struct type *k = deduce(d, ast->args[i]);
                if (k == NULL)
                        return NULL;
                struct type *v = literal_item(d, ast->args[i + 1], ast->args[i]->optional_entry);
                if (v == NULL)
                        return NULL;
                key = join_or_dyn(d, key, k);
                value = join_or_dyn(d, value, v);
        }
        return new_type(d, CM_CEL_MAP, key == NULL ? plain(d, OPEN) : key,
                        value == NULL ? plain(d, OPEN) : value);
}

/* Names, loops, bindings */

static void open_scope(struct deducer *d, struct cm_sv name, struct type *type)
{
        *CM_VEC_PUSH(d->arena, &d->scopes) = (struct scope){ name, type };
}

static struct type *local_type(struct deducer *d, struct cm_sv name)
{
        for (size_t i = d->scopes.count; i > 0; i--)
                if (cm_sv_eq(d->scopes.items[i - 1].name, name))
                        return d->scopes.items[i - 1].type;
        return plain(d, DYN);
}

static struct type *loop_result(struct deducer *d, const struct cm_cel_ast *ast, struct type *key,
                                struct type *first, struct type *body)
{
        switch (ast->loop) {
        case CM_CEL_LOOP_ALL:
        case CM_CEL_LOOP_EXISTS:
        case CM_CEL_LOOP_ONE:
                return need_bool(d, ast->args[0], "condition", body) ? plain(d, CM_CEL_BOOL) : NULL;
        case CM_CEL_LOOP_FILTER:
                if (!need_bool(d, ast->args[0], "condition", body))
                        return NULL;
                return new_type(d, CM_CEL_LIST, first, NULL);
        case CM_CEL_LOOP_SORT:
                return new_type(d, CM_CEL_LIST, first, NULL);
        case CM_CEL_LOOP_LIST:
                return new_type(d, CM_CEL_LIST, body, NULL);
        case CM_CEL_LOOP_MAP:
                return new_type(d, CM_CEL_MAP, key, body);
        case CM_CEL_LOOP_ENTRY:
                break;
        }
        return can_be(body, CM_CEL_MAP) ? body : mismatch(d, ast->args[0], "entry", &body, 1);
}

static struct type *deduce_loop(struct deducer *d, const struct cm_cel_ast *ast)
{
        struct type *range = deduce(d, ast->target);
        if (range == NULL)
                return NULL;
        range = resolved(range);
        struct type *value = content(d, range);
        if (value == NULL)
                return mismatch(d, ast, "loop", &range, 1);
        struct type *key = range->kind == CM_CEL_MAP    ? range->params[0]
                           : range->kind == CM_CEL_LIST ? plain(d, CM_CEL_INT)
                                                        : plain(d, DYN);
        bool two = ast->second.len > 0;
        struct type *first = two || range->kind == CM_CEL_MAP ? key : value;
        size_t scopes = d->scopes.count;
        open_scope(d, ast->name, first);
        if (two)
                open_scope(d, ast->second, value);
        struct type *where = ast->where == NULL ? plain(d, CM_CEL_BOOL) : deduce(d, ast->where);
        struct type *body = NULL;
        if (where != NULL && (ast->where == NULL || need_bool(d, ast->where, "condition", where)))
                body = deduce(d, ast->args[0]);
        d->scopes.count = scopes;
        return body == NULL ? NULL : loop_result(d, ast, key, first, body);
}

static struct type *deduce_bind(struct deducer *d, const struct cm_cel_ast *ast)
{
        struct type *t = deduce(d, ast->target);
        if (t == NULL)
                return NULL;
        bool is_bind = ast->kind == CM_CEL_AST_BIND;
        struct type *r = resolved(t);
        if (!is_bind && !can_be(r, CM_CEL_OPTIONAL))
                return mismatch(d, ast, "optMap", &t, 1);
        struct type *inner = r->params[0] == NULL ? plain(d, DYN) : r->params[0];
        open_scope(d, ast->name, is_bind ? t : inner);
        struct type *body = deduce(d, ast->args[0]);
        d->scopes.count--;
        if (is_bind || body == NULL || ast->optional)
                return body;
        return new_type(d, CM_CEL_OPTIONAL, body, NULL);
}

static struct type *deduce_block(struct deducer *d, const struct cm_cel_ast *ast)
{
        size_t scopes = d->scopes.count;
        struct type *t = NULL;
        for (uint32_t i = 0; i < ast->count; i++) {
                if ((t = deduce(d, ast->args[i])) == NULL)
                        break;
                open_scope(d, cm_sv_printf(d->arena, "@index%u", i), t);
        }
        d->scopes.count = scopes;
        return t;
}

static struct type *deduce_or(struct deducer *d, const struct cm_cel_ast *ast)
{
        struct type *types[2] = { deduce(d, ast->target), NULL };
        if (types[0] == NULL || (types[1] = deduce(d, ast->args[0])) == NULL)
                return NULL;
        struct type *left = resolved(types[0]);
        bool is_value = ast->name.len > 2;
        const char *name = is_value ? "orValue" : "or";
        if (!can_be(left, CM_CEL_OPTIONAL))
                return mismatch(d, ast, name, types, 2);
        if (is_value)
                left = left->params[0] == NULL ? plain(d, DYN) : left->params[0];
        struct type *t = join(d, left, types[1], 0);
        return t != NULL ? t : mismatch(d, ast, name, types, 2);
}

static struct type *deduce_named(struct deducer *d, const struct cm_cel_ast *ast)
{
        switch (ast->meaning) {
        case CM_CEL_MEANS_LOCAL:
                return local_type(d, ast->name);
        case CM_CEL_MEANS_TYPE:
                return plain(d, CM_CEL_TYPE);
        case CM_CEL_MEANS_GLOBAL:
        case CM_CEL_MEANS_METHOD:
                return deduce_call(d, ast);
        case CM_CEL_MEANS_OR:
                return deduce_or(d, ast);
        case CM_CEL_MEANS_ITSELF:
                return deduce_part(d, ast);
        case CM_CEL_MEANS_SLOT:
        case CM_CEL_MEANS_NOTHING:
                break;
        }
        return plain(d, DYN);
}

static struct type *deduce(struct deducer *d, const struct cm_cel_ast *ast)
{
        switch (ast->kind) {
        case CM_CEL_AST_LITERAL:
                return plain(d, (int)ast->value.kind);
        case CM_CEL_AST_IDENT:
        case CM_CEL_AST_SELECT:
        case CM_CEL_AST_HAS:
        case CM_CEL_AST_CALL:
                return deduce_named(d, ast);
        case CM_CEL_AST_INDEX:
                return deduce_part(d, ast);
        case CM_CEL_AST_LIST:
                return deduce_list(d, ast);
        case CM_CEL_AST_MAP:
                return deduce_map(d, ast);
        case CM_CEL_AST_NOT:
        case CM_CEL_AST_NEGATE:
                return deduce_unary(d, ast);
        case CM_CEL_AST_BINARY:
                return deduce_binary(d, ast);
        case CM_CEL_AST_JUNCTION:
                return deduce_junction(d, ast);
        case CM_CEL_AST_TERNARY:
                return deduce_ternary(d, ast);
        case CM_CEL_AST_LOOP:
                return deduce_loop(d, ast);
        case CM_CEL_AST_BIND:
        case CM_CEL_AST_OPT_MAP:
                return deduce_bind(d, ast);
        case CM_CEL_AST_BLOCK:
                return deduce_block(d, ast);
        case CM_CEL_AST_MESSAGE: /* the compiler refused it */
                break;
        }
        CM_ASSERT(false);
        return NULL;
}

struct cm_sv cm_cel_deduce_ast(struct cm_cel_parser *parser, const struct cm_cel_ast *ast)
{
        struct deducer d = { .parser = parser, .arena = parser->arena };
        struct type *t = deduce(&d, ast);
        return t == NULL ? CM_SV("") : type_text(&d, t, 0);
}
