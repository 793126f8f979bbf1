/* SPDX-License-Identifier: Apache-2.0 */
/* From text to tree: recursive descent with a depth limit, operators by precedence. */
#include <stdarg.h>
#include <stdio.h>

#include "base/escape.h"
#include "base/limits.h"
#include "base/vec.h"
#include "cel/cel_ast.h"
#include "cel/value.h"

typedef CM_VEC(struct cm_cel_ast *) ast_vec;

static struct cm_cel_ast *expression(struct cm_cel_parser *p);
static struct cm_cel_ast *unary(struct cm_cel_parser *p);

struct cm_cel_ast *cm_cel_syntax(struct cm_cel_parser *p, uint32_t at, const char *format, ...)
{
        char text[256];
        va_list args;
        va_start(args, format);
        int n = vsnprintf(text, sizeof(text), format, args);
        va_end(args);
        size_t len = n < 0 ? 0 : CM_MIN((size_t)n, sizeof(text) - 1);
        p->fault->text = cm_sv_dup(p->arena, cm_sv_make(text, len));
        p->fault->offset = at;
        return NULL;
}

/* Takes the next token in. */
static bool advance_from(struct cm_cel_parser *p, bool after_minus)
{
        p->last_to = p->token.to;
        if (cm_cel_lex(&p->lexer, after_minus, &p->token))
                return true;
        cm_cel_syntax(p, p->lexer.wrong_at, "%s", p->lexer.wrong);
        return false;
}

static bool advance(struct cm_cel_parser *p)
{
        return advance_from(p, false);
}

static struct cm_cel_ast *unexpected(struct cm_cel_parser *p, const char *wanted)
{
        if (p->token.kind == CM_CEL_T_END)
                return cm_cel_syntax(p, p->token.from, "%s is expected, the expression ends here",
                                     wanted);
        struct cm_sv text = cm_sv_slice(p->lexer.text, p->token.from, p->token.to);
        return cm_cel_syntax(p, p->token.from, "%s is expected, not '%s'", wanted,
                             cm_escape(p->arena, cm_sv_slice(text, 0, 40)));
}

static bool expect(struct cm_cel_parser *p, enum cm_cel_token_kind kind, const char *wanted)
{
        if (p->token.kind == kind)
                return advance(p);
        unexpected(p, wanted);
        return false;
}

static struct cm_cel_ast *new_ast(struct cm_cel_parser *p, enum cm_cel_ast_kind kind, uint32_t from)
{
        struct cm_cel_ast *ast = CM_NEW(p->arena, struct cm_cel_ast);
        ast->kind = kind;
        ast->from = ast->at = from;
        ast->depth = 1;
        return ast;
}

/* Done when the children are known: end, depth. NULL past the limit. */
static struct cm_cel_ast *finish(struct cm_cel_parser *p, struct cm_cel_ast *ast)
{
        ast->to = p->last_to;
        unsigned depth = ast->target == NULL ? 0 : ast->target->depth;
        for (uint32_t i = 0; i < ast->count; i++)
                depth = CM_MAX(depth, ast->args[i]->depth);
        if (depth >= CM_CEL_CHAIN_MAX) {
                p->is_limit = true;
                return cm_cel_syntax(p, ast->at,
                                     "more than %d operators in one chain (limit "
                                     "cel_chain_max)",
                                     CM_CEL_CHAIN_MAX);
        }
        ast->depth = (uint16_t)(depth + 1);
        return ast;
}

static void set_args(struct cm_cel_parser *p, struct cm_cel_ast *ast, uint32_t count, ...)
{
        va_list args;
        va_start(args, count);
        ast->args = cm_arena_alloc_array(p->arena, count, sizeof(*ast->args),
                                         _Alignof(struct cm_cel_ast *));
        for (ast->count = 0; ast->count < count; ast->count++)
                ast->args[ast->count] = va_arg(args, struct cm_cel_ast *);
        va_end(args);
}

static void take_args(struct cm_cel_ast *ast, const ast_vec *vec)
{
        ast->args = vec->items;
        ast->count = (uint32_t)vec->count;
}

/* "a, b, c" up to `close`; a comma may stand at the end when `trailing`. */
static bool elements(struct cm_cel_parser *p, enum cm_cel_token_kind close, bool is_list,
                     ast_vec *ret)
{
        while (p->token.kind != close) {
                bool optional = is_list && p->token.kind == CM_CEL_T_QUESTION;
                if (optional && !advance(p))
                        return false;
                struct cm_cel_ast *e = expression(p);
                if (e == NULL)
                        return false;
                e->optional_entry = optional;
                *CM_VEC_PUSH(p->arena, ret) = e;
                if (p->token.kind != CM_CEL_T_COMMA)
                        break;
                if (!advance(p))
                        return false;
                if (!is_list && p->token.kind == close) {
                        unexpected(p, "an argument");
                        return false;
                }
        }
        return expect(p, close, close == CM_CEL_T_RPAREN ? "',' or ')'" : "',' or ']'");
}

static struct cm_cel_ast *list_literal(struct cm_cel_parser *p)
{
        struct cm_cel_ast *ast = new_ast(p, CM_CEL_AST_LIST, p->token.from);
        ast_vec vec = { 0 };
        if (!advance(p))
                return NULL;
        if (p->token.kind == CM_CEL_T_COMMA) {
                if (!advance(p) || !expect(p, CM_CEL_T_RBRACKET, "']'"))
                        return NULL;
        } else if (!elements(p, CM_CEL_T_RBRACKET, true, &vec)) {
                return NULL;
        }
        take_args(ast, &vec);
        return finish(p, ast);
}

/* "{key: value, ...}" after the brace; keys are names in a message. */
static bool entries(struct cm_cel_parser *p, bool is_message, ast_vec *ret)
{
        if (p->token.kind == CM_CEL_T_COMMA)
                return advance(p) && expect(p, CM_CEL_T_RBRACE, "'}'");
        while (p->token.kind != CM_CEL_T_RBRACE) {
                bool optional = p->token.kind == CM_CEL_T_QUESTION;
                if (optional && !advance(p))
                        return false;
                struct cm_cel_ast *key = NULL;
                if (!is_message) {
                        key = expression(p);
                } else if (p->token.kind == CM_CEL_T_IDENT || p->token.kind == CM_CEL_T_QUOTED) {
                        key = new_ast(p, CM_CEL_AST_LITERAL, p->token.from);
                        key->value = cm_cel_string(p->token.name);
                        if (!advance(p))
                                return false;
                } else {
                        unexpected(p, "the name of a field");
                }
                if (key == NULL || !expect(p, CM_CEL_T_COLON, "':'"))
                        return false;
                key->optional_entry = optional;
                struct cm_cel_ast *value = expression(p);
                if (value == NULL)
                        return false;
                *CM_VEC_PUSH(p->arena, ret) = key;
                *CM_VEC_PUSH(p->arena, ret) = value;
                if (p->token.kind != CM_CEL_T_COMMA)
                        break;
                if (!advance(p))
                        return false;
        }
        return expect(p, CM_CEL_T_RBRACE, "',' or '}'");
}

static struct cm_cel_ast *map_literal(struct cm_cel_parser *p)
{
        struct cm_cel_ast *ast = new_ast(p, CM_CEL_AST_MAP, p->token.from);
        ast_vec vec = { 0 };
        if (!advance(p) || !entries(p, false, &vec))
                return NULL;
        take_args(ast, &vec);
        return finish(p, ast);
}

/* The arguments of a call; the opening parenthesis is the next token. */
static struct cm_cel_ast *call(struct cm_cel_parser *p, struct cm_cel_ast *ast)
{
        ast_vec vec = { 0 };
        ast->kind = CM_CEL_AST_CALL;
        if (!advance(p) || !elements(p, CM_CEL_T_RPAREN, false, &vec))
                return NULL;
        take_args(ast, &vec);
        ast = finish(p, ast);
        return ast == NULL ? NULL : cm_cel_expand(p, ast);
}

static struct cm_cel_ast *identifier(struct cm_cel_parser *p)
{
        struct cm_cel_ast *ast = new_ast(p, CM_CEL_AST_IDENT, p->token.from);
        if (p->token.kind == CM_CEL_T_DOT) {
                ast->absolute = true;
                if (!advance(p))
                        return NULL;
        }
        if (p->token.kind != CM_CEL_T_IDENT)
                return unexpected(p, "a name");
        struct cm_cel_token name = p->token;
        ast->at = name.from;
        ast->name = name.name;
        if (!advance(p))
                return NULL;
        if (p->token.kind == CM_CEL_T_LPAREN)
                return call(p, ast);
        if (name.reserved)
                return cm_cel_syntax(p, name.from, "'%.*s' is a reserved word",
                                     CM_SV_ARG(name.name));
        return finish(p, ast);
}

static struct cm_cel_ast *primary(struct cm_cel_parser *p)
{
        struct cm_cel_ast *ast;
        if (p->token.kind == CM_CEL_T_LITERAL) {
                ast = new_ast(p, CM_CEL_AST_LITERAL, p->token.from);
                ast->value = p->token.value;
                if (!advance(p))
                        return NULL;
                ast->to = p->last_to;
                return ast;
        }
        if (p->token.kind == CM_CEL_T_LPAREN) {
                if (!advance(p) || (ast = expression(p)) == NULL ||
                    !expect(p, CM_CEL_T_RPAREN, "')'"))
                        return NULL;
                ast->grouped = true;
                return ast;
        }
        if (p->token.kind == CM_CEL_T_LBRACKET)
                return list_literal(p);
        if (p->token.kind == CM_CEL_T_LBRACE)
                return map_literal(p);
        if (p->token.kind == CM_CEL_T_IDENT || p->token.kind == CM_CEL_T_DOT)
                return identifier(p);
        return unexpected(p, "an expression");
}

static struct cm_cel_ast *select_member(struct cm_cel_parser *p, struct cm_cel_ast *target)
{
        struct cm_cel_ast *ast = new_ast(p, CM_CEL_AST_SELECT, target->from);
        ast->target = target;
        if (!advance(p))
                return NULL;
        if (p->token.kind == CM_CEL_T_QUESTION) {
                ast->optional = true;
                if (!advance(p))
                        return NULL;
        }
        bool quoted = p->token.kind == CM_CEL_T_QUOTED;
        if (p->token.kind != CM_CEL_T_IDENT && !quoted)
                return unexpected(p, "the name of a field or function");
        ast->name = p->token.name;
        ast->at = p->token.from;
        if (!advance(p))
                return NULL;
        if (p->token.kind == CM_CEL_T_LPAREN && !quoted && !ast->optional)
                return call(p, ast);
        return finish(p, ast);
}

static struct cm_cel_ast *index_member(struct cm_cel_parser *p, struct cm_cel_ast *target)
{
        struct cm_cel_ast *ast = new_ast(p, CM_CEL_AST_INDEX, target->from);
        ast->target = target;
        ast->at = p->token.from;
        if (!advance(p))
                return NULL;
        if (p->token.kind == CM_CEL_T_QUESTION) {
                ast->optional = true;
                if (!advance(p))
                        return NULL;
        }
        struct cm_cel_ast *key = expression(p);
        if (key == NULL || !expect(p, CM_CEL_T_RBRACKET, "']'"))
                return NULL;
        set_args(p, ast, 1, key);
        return finish(p, ast);
}

/* The dotted name that a tree of selections spells, or the empty text. */
static struct cm_sv dotted_name(struct cm_cel_parser *p, const struct cm_cel_ast *ast)
{
        if (ast->grouped || ast->optional)
                return CM_SV("");
        if (ast->kind == CM_CEL_AST_IDENT)
                return ast->name;
        if (ast->kind != CM_CEL_AST_SELECT)
                return CM_SV("");
        const struct cm_cel_ast *root = ast;
        while (root->kind == CM_CEL_AST_SELECT && !root->optional && !root->grouped)
                root = root->target;
        return root->kind == CM_CEL_AST_IDENT && !root->grouped
                       ? cm_sv_slice(p->lexer.text, root->from, ast->to)
                       : CM_SV("");
}

static struct cm_cel_ast *message_literal(struct cm_cel_parser *p, struct cm_sv name,
                                          struct cm_cel_ast *type)
{
        struct cm_cel_ast *ast = new_ast(p, CM_CEL_AST_MESSAGE, type->from);
        ast_vec vec = { 0 };
        ast->name = name;
        if (!advance(p) || !entries(p, true, &vec))
                return NULL;
        take_args(ast, &vec);
        return finish(p, ast);
}

static struct cm_cel_ast *member(struct cm_cel_parser *p)
{
        struct cm_cel_ast *ast = primary(p);
        while (ast != NULL) {
                struct cm_sv name;
                if (p->token.kind == CM_CEL_T_DOT)
                        ast = select_member(p, ast);
                else if (p->token.kind == CM_CEL_T_LBRACKET)
                        ast = index_member(p, ast);
                else if (p->token.kind == CM_CEL_T_LBRACE && (name = dotted_name(p, ast)).len > 0)
                        ast = message_literal(p, name, ast);
                else
                        break;
        }
        return ast;
}

/* A run of one sign: "!!x" is x's own truth, "---x" is one negation. */
static struct cm_cel_ast *unary(struct cm_cel_parser *p)
{
        enum cm_cel_token_kind sign = p->token.kind;
        if (sign != CM_CEL_T_NOT && sign != CM_CEL_T_MINUS)
                return member(p);
        uint32_t from = p->token.from;
        size_t count = 0;
        for (; p->token.kind == sign; count++)
                if (!advance_from(p, sign == CM_CEL_T_MINUS))
                        return NULL;
        /* "-1" is one literal; a sign before a sign before a number leaves the others. */
        bool folded = sign == CM_CEL_T_MINUS && p->token.kind == CM_CEL_T_LITERAL &&
                      (p->token.value.kind == CM_CEL_INT || p->token.value.kind == CM_CEL_DOUBLE);
        if (folded)
                count--;
        struct cm_cel_ast *ast = member(p);
        if (ast != NULL && folded && ast->kind == CM_CEL_AST_LITERAL)
                ast->from = from;
        /* Two signs are kept where there are more: they check the type. */
        for (count = count > 2 ? 2 - count % 2 : count; count > 0 && ast != NULL; count--) {
                struct cm_cel_ast *outer =
                        new_ast(p, sign == CM_CEL_T_NOT ? CM_CEL_AST_NOT : CM_CEL_AST_NEGATE, from);
                set_args(p, outer, 1, ast);
                ast = finish(p, outer);
        }
        return ast;
}

static unsigned precedence(enum cm_cel_token_kind kind)
{
        if (kind == CM_CEL_T_OR)
                return 1;
        if (kind == CM_CEL_T_AND)
                return 2;
        if ((kind >= CM_CEL_T_EQ && kind <= CM_CEL_T_GE) || kind == CM_CEL_T_IN)
                return 3;
        if (kind == CM_CEL_T_PLUS || kind == CM_CEL_T_MINUS)
                return 4;
        if (kind == CM_CEL_T_STAR || kind == CM_CEL_T_SLASH || kind == CM_CEL_T_PERCENT)
                return 5;
        return 0;
}

static struct cm_cel_ast *operators(struct cm_cel_parser *p, unsigned lowest);

/* a && b && c: one node, so that long conditions are no deep trees. */
static struct cm_cel_ast *junction(struct cm_cel_parser *p, struct cm_cel_ast *first)
{
        struct cm_cel_ast *ast = new_ast(p, CM_CEL_AST_JUNCTION, first->from);
        ast_vec vec = { 0 };
        ast->op = p->token.kind;
        ast->at = p->token.from;
        *CM_VEC_PUSH(p->arena, &vec) = first;
        while (p->token.kind == ast->op) {
                if (!advance(p))
                        return NULL;
                struct cm_cel_ast *next = operators(p, precedence(ast->op) + 1);
                if (next == NULL)
                        return NULL;
                *CM_VEC_PUSH(p->arena, &vec) = next;
        }
        take_args(ast, &vec);
        return finish(p, ast);
}

static struct cm_cel_ast *operators(struct cm_cel_parser *p, unsigned lowest)
{
        struct cm_cel_ast *left = unary(p);
        unsigned level;
        while (left != NULL && (level = precedence(p->token.kind)) >= lowest && level > 0) {
                if (level <= 2) {
                        left = junction(p, left);
                        continue;
                }
                struct cm_cel_ast *ast = new_ast(p, CM_CEL_AST_BINARY, left->from);
                ast->op = p->token.kind;
                ast->at = p->token.from;
                if (!advance(p))
                        return NULL;
                struct cm_cel_ast *right = operators(p, level + 1);
                if (right == NULL)
                        return NULL;
                set_args(p, ast, 2, left, right);
                left = finish(p, ast);
        }
        return left;
}

static struct cm_cel_ast *ternary(struct cm_cel_parser *p)
{
        struct cm_cel_ast *condition = operators(p, 1);
        if (condition == NULL || p->token.kind != CM_CEL_T_QUESTION)
                return condition;
        struct cm_cel_ast *ast = new_ast(p, CM_CEL_AST_TERNARY, condition->from);
        ast->at = p->token.from;
        if (!advance(p))
                return NULL;
        struct cm_cel_ast *yes = operators(p, 1);
        if (yes == NULL || !expect(p, CM_CEL_T_COLON, "':'"))
                return NULL;
        struct cm_cel_ast *no = expression(p);
        if (no == NULL)
                return NULL;
        set_args(p, ast, 3, condition, yes, no);
        return finish(p, ast);
}

static struct cm_cel_ast *expression(struct cm_cel_parser *p)
{
        if (p->nesting >= CM_CEL_DEPTH_MAX) {
                p->is_limit = true;
                return cm_cel_syntax(p, p->token.from,
                                     "nested more than %d levels deep (limit cel_depth_max)",
                                     CM_CEL_DEPTH_MAX);
        }
        p->nesting++;
        struct cm_cel_ast *ast = ternary(p);
        p->nesting--;
        return ast;
}

struct cm_cel_ast *cm_cel_parse_text(struct cm_cel_parser *p)
{
        if (!advance(p))
                return NULL;
        struct cm_cel_ast *ast = expression(p);
        if (ast != NULL && p->token.kind != CM_CEL_T_END)
                return unexpected(p, "an operator or the end");
        return ast;
}
