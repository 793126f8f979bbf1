/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From tree to instructions; here names become slots, locals, types and functions. Recursion follows
 * the tree, whose depth the parser limits (CM_CEL_CHAIN_MAX).
 */
#include "base/escape.h"
#include "base/limits.h"
#include "base/vec.h"
#include "cel/cel_program.h"

struct scope {
        struct cm_sv name;
        uint32_t local;
};

struct compiler {
        struct cm_cel_parser *parser;
        struct cm_arena *arena;
        const struct cm_cel_options *options;
        CM_VEC(struct cm_cel_ins) code;
        CM_VEC(struct cm_cel_place) places;
        CM_VEC(struct cm_cel_value) constants;
        CM_VEC(struct cm_cel_callee) callees;
        CM_VEC(struct scope) scopes;
        size_t locals; /* in use now; locals_max ever */
        size_t locals_max;
        size_t stack; /* cells above the locals, now and ever */
        size_t stack_max;
        size_t loops;
        size_t loops_max;
        bool has_dotted_names; /* among the variables */
};

static bool compile(struct compiler *c, struct cm_cel_ast *ast);

static uint32_t emit(struct compiler *c, const struct cm_cel_ast *ast, enum cm_cel_op op,
                     uint32_t arg)
{
        *CM_VEC_PUSH(c->arena, &c->code) = (struct cm_cel_ins){ .op = (uint8_t)op, .c = arg };
        *CM_VEC_PUSH(c->arena, &c->places) = (struct cm_cel_place){ ast->at, ast->from, ast->to };
        return (uint32_t)c->code.count - 1;
}

static uint32_t here(const struct compiler *c)
{
        return (uint32_t)c->code.count;
}

static void pushed(struct compiler *c)
{
        if (++c->stack > c->stack_max)
                c->stack_max = c->stack;
}

static uint32_t constant(struct compiler *c, struct cm_cel_value v)
{
        *CM_VEC_PUSH(c->arena, &c->constants) = v;
        return (uint32_t)c->constants.count - 1;
}

static void emit_constant(struct compiler *c, struct cm_cel_ast *ast, struct cm_cel_value v)
{
        emit(c, ast, CM_CEL_OP_CONST, constant(c, v));
        pushed(c);
}

static bool fault(struct compiler *c, uint32_t at, const char *what, struct cm_sv name)
{
        cm_cel_syntax(c->parser, at, "%s '%s'", what, cm_escape(c->arena, name));
        return false;
}

/* A name that is not known: an error now, or an instruction that fails. */
static bool unknown(struct compiler *c, struct cm_cel_ast *ast, const char *what)
{
        if (!c->options->late_names)
                return fault(c, ast->at, what, ast->name);
        ast->meaning = CM_CEL_MEANS_NOTHING;
        struct cm_sv text = cm_sv_printf(c->arena, "%s '%s'", what, cm_escape(c->arena, ast->name));
        emit(c, ast, CM_CEL_OP_FAIL, constant(c, cm_cel_string(text)));
        pushed(c);
        return true;
}

/* Names */

static uint32_t open_scope(struct compiler *c, struct cm_sv name)
{
        *CM_VEC_PUSH(c->arena, &c->scopes) = (struct scope){ name, (uint32_t)c->locals };
        if (++c->locals > c->locals_max)
                c->locals_max = c->locals;
        return (uint32_t)c->locals - 1;
}

static void close_scope(struct compiler *c)
{
        c->scopes.count--;
        c->locals--;
}

static const struct scope *find_local(const struct compiler *c, struct cm_sv name)
{
        for (size_t i = c->scopes.count; i > 0; i--)
                if (cm_sv_eq(c->scopes.items[i - 1].name, name))
                        return &c->scopes.items[i - 1];
        return NULL;
}

static bool find_slot(const struct compiler *c, struct cm_sv name, uint32_t *ret)
{
        for (size_t i = 0; i < c->options->variable_count; i++)
                if (cm_sv_eq(c->options->variables[i], name)) {
                        *ret = (uint32_t)i;
                        return true;
                }
        return false;
}

/* The next candidate for a name in the container "a.b": a.b.name, a.name, name. `state` begins with
 * the whole container and ends with NULL. */
static struct cm_sv candidate(struct compiler *c, struct cm_sv *state, struct cm_sv name)
{
        struct cm_sv space = *state;
        if (space.len == 0) {
                state->ptr = NULL;
                return name;
        }
        ptrdiff_t dot = cm_sv_rfind_char(space, '.');
        *state = dot < 0 ? CM_SV("") : cm_sv_slice(space, 0, (size_t)dot);
        return cm_sv_printf(c->arena, "%.*s.%.*s", CM_SV_ARG(space), CM_SV_ARG(name));
}

static struct cm_sv first_space(const struct compiler *c, bool absolute)
{
        return absolute || c->options->container.len == 0 ? CM_SV("") : c->options->container;
}

/* A variable or type by its (dotted) name. */
static bool emit_name(struct compiler *c, struct cm_cel_ast *ast, struct cm_sv name, bool absolute)
{
        struct cm_sv state = first_space(c, absolute);
        while (state.ptr != NULL) {
                struct cm_sv full = candidate(c, &state, name);
                struct cm_cel_value type;
                uint32_t slot = 0;
                if (find_slot(c, full, &slot)) {
                        ast->meaning = CM_CEL_MEANS_SLOT;
                        emit(c, ast, CM_CEL_OP_SLOT, slot);
                        pushed(c);
                        return true;
                }
                if (cm_cel_find_type(full, &type)) {
                        ast->meaning = CM_CEL_MEANS_TYPE;
                        emit_constant(c, ast, type);
                        return true;
                }
        }
        return false;
}

static const struct cm_cel_ast *root_of(struct cm_cel_ast *ast)
{
        while (ast->kind == CM_CEL_AST_SELECT && !ast->optional)
                ast = ast->target;
        return ast->kind == CM_CEL_AST_IDENT ? ast : NULL;
}

/* "a.b.c" of a chain of selections that begins with a name; empty when it is longer than names are. */
static struct cm_sv chain_name(struct compiler *c, struct cm_cel_ast *ast)
{
        struct cm_sv parts[CM_CEL_NAME_PARTS_MAX];
        size_t count = 0;
        size_t len = 0;
        for (;; ast = ast->target) {
                if (count == CM_CEL_NAME_PARTS_MAX)
                        return CM_SV("");
                parts[count++] = ast->name;
                len += ast->name.len + 1;
                if (ast->kind != CM_CEL_AST_SELECT)
                        break;
        }
        char *text = cm_arena_alloc(c->arena, len, 1);
        char *out = text;
        for (size_t i = count; i > 0; i--) {
                memcpy(out, parts[i - 1].ptr, parts[i - 1].len);
                out += parts[i - 1].len;
                *out++ = '.';
        }
        return cm_sv_make(text, len - 1);
}

static bool compile_ident(struct compiler *c, struct cm_cel_ast *ast)
{
        const struct scope *local = ast->absolute ? NULL : find_local(c, ast->name);
        if (local != NULL) {
                ast->meaning = CM_CEL_MEANS_LOCAL;
                emit(c, ast, CM_CEL_OP_LOCAL, local->local);
                pushed(c);
                return true;
        }
        return emit_name(c, ast, ast->name, ast->absolute) ||
               unknown(c, ast, "there is no variable");
}

static bool has_dotted_names(const struct cm_cel_options *options)
{
        for (size_t i = 0; i < options->variable_count; i++)
                if (cm_sv_find_char(options->variables[i], '.') >= 0)
                        return true;
        return false;
}

static bool compile_select(struct compiler *c, struct cm_cel_ast *ast)
{
        const struct cm_cel_ast *root = ast->optional ? NULL : root_of(ast);
        bool is_local = root != NULL && !root->absolute && find_local(c, root->name) != NULL;
        uint32_t slot;
        struct cm_sv name;
        /* A dotted name is one variable if there is one; dotted types (google.protobuf.Duration) have
         * a root that is no variable. */
        if (root != NULL && !is_local &&
            (c->has_dotted_names || c->options->container.len > 0 ||
             !find_slot(c, root->name, &slot)) &&
            (name = chain_name(c, ast)).len > 0 && emit_name(c, ast, name, root->absolute))
                return true;
        if (!compile(c, ast->target))
                return false;
        enum cm_cel_op op = ast->kind == CM_CEL_AST_HAS ? CM_CEL_OP_HAS
                            : ast->optional             ? CM_CEL_OP_OPT_SELECT
                                                        : CM_CEL_OP_SELECT;
        emit(c, ast, op, constant(c, cm_cel_string(ast->name)));
        return true;
}

/* Calls */

/* A literal last argument, made ready once; true also when there is nothing to make ready. */
static bool prepare(struct compiler *c, struct cm_cel_ast *ast,
                    const struct cm_cel_function *function)
{
        const struct cm_cel_ast *last = ast->count == 0 ? NULL : ast->args[ast->count - 1];
        struct cm_cel_value ready;
        struct cm_err err = CM_ERR_INIT;
        if (function->prepare == NULL || last == NULL || last->kind != CM_CEL_AST_LITERAL ||
            last->value.kind != CM_CEL_STRING)
                return true;
        if (function->prepare(c->arena, last->value, c->options->late_literals, &ready, &err) ==
            0) {
                c->constants.items[c->constants.count - 1] = ready;
                return true;
        }
        cm_cel_syntax(c->parser, last->from, "%s", err.text);
        return false;
}

static bool emit_call(struct compiler *c, struct cm_cel_ast *ast, size_t count,
                      const struct cm_cel_function *const *found, size_t found_count)
{
        for (size_t i = 0; i < found_count; i++)
                if (!prepare(c, ast, found[i]))
                        return false;
        const struct cm_cel_function **candidates = cm_arena_alloc_array(
                c->arena, found_count, sizeof(*candidates), _Alignof(struct cm_cel_function *));
        memcpy(candidates, found, found_count * sizeof(*candidates));
        ast->meaning = found[0]->style == CM_CEL_GLOBAL ? CM_CEL_MEANS_GLOBAL : CM_CEL_MEANS_METHOD;
        ast->candidates = candidates;
        ast->candidate_count = found_count;
        uint32_t at = emit(c, ast, CM_CEL_OP_CALL, (uint32_t)c->callees.count);
        c->code.items[at].b = (uint16_t)count;
        *CM_VEC_PUSH(c->arena, &c->callees) =
                (struct cm_cel_callee){ found[0]->name, candidates, found_count };
        c->stack -= count;
        pushed(c);
        return true;
}

static bool compile_args(struct compiler *c, struct cm_cel_ast *ast)
{
        if (ast->count > CM_CEL_ARGUMENTS_MAX)
                return fault(c, ast->at, "too many arguments of", ast->name);
        for (uint32_t i = 0; i < ast->count; i++)
                if (!compile(c, ast->args[i]))
                        return false;
        return true;
}

static bool no_function(struct compiler *c, struct cm_cel_ast *ast, bool known)
{
        return unknown(c, ast,
                       known ? "wrong number of arguments for the function"
                             : "there is no function");
}

/* f(x) and space.f(x): a global function in the container or outside. */
static bool try_global(struct compiler *c, struct cm_cel_ast *ast, struct cm_sv name, bool absolute,
                       bool *ret_done, bool *ret_known)
{
        const struct cm_cel_function *found[CM_CEL_OVERLOADS_MAX];
        struct cm_sv state = first_space(c, absolute);
        while (state.ptr != NULL) {
                struct cm_sv full = candidate(c, &state, name);
                size_t n = cm_cel_find_functions(full, CM_CEL_GLOBAL, ast->count, found, ret_known);
                if (n == 0)
                        continue;
                *ret_done = true;
                return compile_args(c, ast) && emit_call(c, ast, ast->count, found, n);
        }
        return true;
}

/* a.or(b), a.orValue(b): b is evaluated only when a is none. */
static bool compile_or(struct compiler *c, struct cm_cel_ast *ast, bool is_value)
{
        if (!compile(c, ast->target))
                return false;
        ast->meaning = CM_CEL_MEANS_OR;
        uint32_t test = emit(c, ast, CM_CEL_OP_OPT_OR, 0);
        c->code.items[test].a = is_value ? 0 : 1;
        c->stack--;
        if (!compile(c, ast->args[0]))
                return false;
        if (!is_value) {
                uint32_t wrap = emit(c, ast, CM_CEL_OP_WRAP, 0);
                c->code.items[wrap].a = 1;
        }
        c->code.items[test].c = here(c);
        return true;
}

static bool compile_call(struct compiler *c, struct cm_cel_ast *ast)
{
        const struct cm_cel_function *found[CM_CEL_OVERLOADS_MAX];
        bool done = false;
        bool known = false;
        const struct cm_cel_ast *root = ast->target == NULL ? NULL : root_of(ast->target);
        if (ast->target == NULL) {
                if (!try_global(c, ast, ast->name, ast->absolute, &done, &known))
                        return false;
                return done || no_function(c, ast, known);
        }
        if (root != NULL && (root->absolute || find_local(c, root->name) == NULL)) {
                struct cm_sv space = chain_name(c, ast->target);
                struct cm_sv name =
                        cm_sv_printf(c->arena, "%.*s.%.*s", CM_SV_ARG(space), CM_SV_ARG(ast->name));
                if (!try_global(c, ast, name, root->absolute, &done, &known))
                        return false;
                if (done)
                        return true;
        }
        bool is_value = cm_sv_eq(ast->name, CM_SV("orValue"));
        if (ast->count == 1 && (is_value || cm_sv_eq(ast->name, CM_SV("or"))))
                return compile_or(c, ast, is_value);
        size_t n = cm_cel_find_functions(ast->name, CM_CEL_METHOD, ast->count + 1, found, &known);
        if (n == 0)
                return no_function(c, ast, known);
        return compile(c, ast->target) && compile_args(c, ast) &&
               emit_call(c, ast, ast->count + 1, found, n);
}

/* Literals */

static bool compile_list(struct compiler *c, struct cm_cel_ast *ast)
{
        bool is_map = ast->kind == CM_CEL_AST_MAP;
        uint32_t step = is_map ? 2 : 1;
        char *flags = NULL;
        for (uint32_t i = 0; i < ast->count; i++) {
                if (!compile(c, ast->args[i]))
                        return false;
                if (!ast->args[i]->optional_entry)
                        continue;
                if (flags == NULL)
                        flags = CM_NEW_ARRAY(c->arena, char, ast->count / step);
                flags[i / step] = 1;
        }
        if (flags != NULL) {
                emit_constant(c, ast, cm_cel_bytes(cm_sv_make(flags, ast->count / step)));
                c->stack--;
        }
        uint32_t at = emit(c, ast, is_map ? CM_CEL_OP_MAP : CM_CEL_OP_LIST, ast->count);
        c->code.items[at].a = flags != NULL;
        c->stack -= ast->count;
        pushed(c);
        return true;
}

/* Control flow */

static bool compile_junction(struct compiler *c, struct cm_cel_ast *ast)
{
        size_t first = c->code.count;
        for (uint32_t i = 0; i < ast->count; i++) {
                if (!compile(c, ast->args[i]))
                        return false;
                uint32_t at = emit(c, ast->args[i], i == 0 ? CM_CEL_OP_JUNCTION : CM_CEL_OP_JOIN,
                                   UINT32_MAX);
                c->code.items[at].a = (uint8_t)ast->op;
                if (i > 0)
                        c->stack--;
        }
        /* Marked ones are ours: inner junctions have their target already. */
        for (size_t i = first; i < c->code.count; i++) {
                struct cm_cel_ins *ins = &c->code.items[i];
                if ((ins->op == CM_CEL_OP_JUNCTION || ins->op == CM_CEL_OP_JOIN) &&
                    ins->c == UINT32_MAX)
                        ins->c = here(c);
        }
        return true;
}

static bool compile_ternary(struct compiler *c, struct cm_cel_ast *ast)
{
        if (!compile(c, ast->args[0]))
                return false;
        uint32_t branch = emit(c, ast->args[0], CM_CEL_OP_BRANCH, 0);
        c->stack--;
        if (!compile(c, ast->args[1]))
                return false;
        uint32_t jump = emit(c, ast, CM_CEL_OP_JUMP, 0);
        c->stack--;
        c->code.items[branch].c = here(c);
        if (!compile(c, ast->args[2]))
                return false;
        c->code.items[jump].c = here(c);
        return true;
}

static bool compile_loop(struct compiler *c, struct cm_cel_ast *ast)
{
        if (!compile(c, ast->target))
                return false;
        if (c->loops >= CM_CEL_LOOPS_MAX) {
                c->parser->is_limit = true;
                cm_cel_syntax(c->parser, ast->at,
                              "more than %d loops within each other (limit cel_loops_max)",
                              CM_CEL_LOOPS_MAX);
                return false;
        }
        if (++c->loops > c->loops_max)
                c->loops_max = c->loops;
        c->stack--;
        uint32_t loop = emit(c, ast, CM_CEL_OP_LOOP, 0);
        uint32_t local = open_scope(c, ast->name);
        if (ast->second.len > 0)
                open_scope(c, ast->second);
        if (ast->where != NULL) {
                if (!compile(c, ast->where))
                        return false;
                emit(c, ast->where, CM_CEL_OP_WHERE, loop);
                c->stack--;
        }
        if (!compile(c, ast->args[0]))
                return false;
        uint32_t step = emit(c, ast->args[0], CM_CEL_OP_STEP, loop);
        c->code.items[loop].a = (uint8_t)ast->loop;
        c->code.items[loop].b =
                (uint16_t)(local | (ast->second.len > 0 ? CM_CEL_TWO_VARIABLES : 0));
        c->code.items[loop].c = step;
        if (ast->second.len > 0)
                close_scope(c);
        close_scope(c);
        c->loops--;
        return true;
}

static bool compile_bind(struct compiler *c, struct cm_cel_ast *ast)
{
        if (!compile(c, ast->target))
                return false;
        uint32_t local = open_scope(c, ast->name);
        if (ast->kind == CM_CEL_AST_BIND) {
                emit(c, ast, CM_CEL_OP_STORE, local);
                c->stack--;
                bool ok = compile(c, ast->args[0]);
                close_scope(c);
                return ok;
        }
        uint32_t test = emit(c, ast, CM_CEL_OP_OPT_MAP, 0);
        c->code.items[test].b = (uint16_t)local;
        c->stack--;
        if (!compile(c, ast->args[0]))
                return false;
        uint32_t wrap = emit(c, ast, CM_CEL_OP_WRAP, 0);
        c->code.items[wrap].a = ast->optional;
        c->code.items[test].c = here(c);
        close_scope(c);
        return true;
}

static bool compile_block(struct compiler *c, struct cm_cel_ast *ast)
{
        for (uint32_t i = 0; i + 1 < ast->count; i++) {
                if (!compile(c, ast->args[i]))
                        return false;
                uint32_t local = open_scope(c, cm_sv_printf(c->arena, "@index%u", i));
                emit(c, ast->args[i], CM_CEL_OP_STORE, local);
                c->stack--;
        }
        bool ok = compile(c, ast->args[ast->count - 1]);
        for (uint32_t i = 0; i + 1 < ast->count; i++)
                close_scope(c);
        return ok;
}

static bool compile_operator(struct compiler *c, struct cm_cel_ast *ast)
{
        for (uint32_t i = 0; i < ast->count; i++)
                if (!compile(c, ast->args[i]))
                        return false;
        if (ast->kind == CM_CEL_AST_BINARY) {
                uint32_t at = emit(c, ast, CM_CEL_OP_BINARY, 0);
                c->code.items[at].a = (uint8_t)ast->op;
                c->stack--;
        } else {
                emit(c, ast, ast->kind == CM_CEL_AST_NOT ? CM_CEL_OP_NOT : CM_CEL_OP_NEGATE, 0);
        }
        return true;
}

static bool compile_index(struct compiler *c, struct cm_cel_ast *ast)
{
        if (!compile(c, ast->target) || !compile(c, ast->args[0]))
                return false;
        emit(c, ast, ast->optional ? CM_CEL_OP_OPT_INDEX : CM_CEL_OP_INDEX, 0);
        c->stack--;
        return true;
}

static bool compile(struct compiler *c, struct cm_cel_ast *ast)
{
        switch (ast->kind) {
        case CM_CEL_AST_LITERAL:
                emit_constant(c, ast, ast->value);
                return true;
        case CM_CEL_AST_IDENT:
                return compile_ident(c, ast);
        case CM_CEL_AST_SELECT:
        case CM_CEL_AST_HAS:
                return compile_select(c, ast);
        case CM_CEL_AST_INDEX:
                return compile_index(c, ast);
        case CM_CEL_AST_CALL:
                return compile_call(c, ast);
        case CM_CEL_AST_LIST:
        case CM_CEL_AST_MAP:
                return compile_list(c, ast);
        case CM_CEL_AST_MESSAGE:
                return fault(c, ast->from, "protobuf messages are not supported:", ast->name);
        case CM_CEL_AST_NOT:
        case CM_CEL_AST_NEGATE:
        case CM_CEL_AST_BINARY:
                return compile_operator(c, ast);
        case CM_CEL_AST_JUNCTION:
                return compile_junction(c, ast);
        case CM_CEL_AST_TERNARY:
                return compile_ternary(c, ast);
        case CM_CEL_AST_LOOP:
                return compile_loop(c, ast);
        case CM_CEL_AST_BIND:
        case CM_CEL_AST_OPT_MAP:
                return compile_bind(c, ast);
        case CM_CEL_AST_BLOCK:
                return compile_block(c, ast);
        }
        CM_ASSERT(false);
        return false;
}

const struct cm_cel_program *cm_cel_compile(struct cm_cel_parser *parser,
                                            const struct cm_cel_options *options,
                                            struct cm_cel_ast *ast)
{
        struct compiler c = { .parser = parser,
                              .arena = parser->arena,
                              .options = options,
                              .has_dotted_names = has_dotted_names(options) };
        if (!compile(&c, ast))
                return NULL;
        if (c.locals_max > CM_CEL_LOCALS_MAX) {
                parser->is_limit = true;
                cm_cel_syntax(parser, 0, "more than %d variables (limit cel_locals_max)",
                              CM_CEL_LOCALS_MAX);
                return NULL;
        }
        emit(&c, ast, CM_CEL_OP_RETURN, 0);
        struct cm_cel_program *program = CM_NEW(parser->arena, struct cm_cel_program);
        *program = (struct cm_cel_program){
                .text = parser->lexer.text,
                .code = c.code.items,
                .places = c.places.items,
                .constants = c.constants.items,
                .callees = c.callees.items,
                .code_count = c.code.count,
                .local_count = c.locals_max,
                .stack_count = c.locals_max + c.stack_max + 1,
                .loop_depth = c.loops_max,
        };
        return program;
}
