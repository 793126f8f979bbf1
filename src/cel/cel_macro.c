/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Macros: calls whose arguments are not values. Each is a row; the row's function turns the call
 * into another tree, in place.
 */
#include "base/escape.h"
#include "cel/cel_ast.h"
#include "cel/value.h"

struct macro {
        const char *space; /* "cel" of cel.bind(); NULL: has(), or a method */
        const char *name;
        bool is_method;
        uint8_t count_min;
        uint8_t count_max;
        enum cm_cel_loop loop;
        struct cm_cel_ast *(*expand)(struct cm_cel_parser *p, const struct macro *m,
                                     struct cm_cel_ast *call);
};

/* The name of a variable that argument `index` gives, or the empty text and a fault. */
static struct cm_sv variable(struct cm_cel_parser *p, const struct cm_cel_ast *call, uint32_t index)
{
        const struct cm_cel_ast *arg = call->args[index];
        if (arg->kind == CM_CEL_AST_IDENT && !arg->absolute && !arg->grouped)
                return arg->name;
        cm_cel_syntax(p, arg->from, "argument %u of %.*s() must be a simple name", index + 1,
                      CM_SV_ARG(call->name));
        return CM_SV("");
}

static struct cm_cel_ast *expand_has(struct cm_cel_parser *p, const struct macro *m,
                                     struct cm_cel_ast *call)
{
        struct cm_cel_ast *arg = call->args[0];
        (void)m;
        if (arg->kind != CM_CEL_AST_SELECT || arg->optional)
                return cm_cel_syntax(p, arg->from, "has() takes the selection of a field, e.f");
        arg->kind = CM_CEL_AST_HAS;
        return arg;
}

/* method(x, body), method(k, v, body), and with a condition before the body where the row allows. */
static struct cm_cel_ast *expand_loop(struct cm_cel_parser *p, const struct macro *m,
                                      struct cm_cel_ast *call)
{
        uint32_t variables = 1;
        bool is_transform =
                m->loop == CM_CEL_LOOP_MAP || m->loop == CM_CEL_LOOP_ENTRY || m->count_max == 4;
        if (is_transform || (m->loop <= CM_CEL_LOOP_ONE && call->count == 3))
                variables = 2;
        struct cm_sv name = variable(p, call, 0);
        struct cm_sv second = variables == 2 && name.len > 0 ? variable(p, call, 1) : CM_SV("");
        if (name.len == 0 || (variables == 2 && second.len == 0))
                return NULL;
        if (cm_sv_eq(name, second))
                return cm_cel_syntax(p, call->args[1]->from, "the two variables need two names");
        if (call->count - variables == 2)
                call->where = call->args[variables];
        call->kind = CM_CEL_AST_LOOP;
        call->loop = m->loop;
        call->name = name;
        call->second = second;
        call->args = &call->args[call->count - 1];
        call->count = 1;
        return call;
}

static struct cm_cel_ast *expand_opt_map(struct cm_cel_parser *p, const struct macro *m,
                                         struct cm_cel_ast *call)
{
        struct cm_sv name = variable(p, call, 0);
        if (name.len == 0)
                return NULL;
        call->kind = CM_CEL_AST_OPT_MAP;
        call->optional = m->name[3] == 'F';
        call->name = name;
        call->args++;
        call->count = 1;
        return call;
}

static struct cm_cel_ast *expand_bind(struct cm_cel_parser *p, const struct macro *m,
                                      struct cm_cel_ast *call)
{
        (void)m;
        struct cm_sv name = variable(p, call, 0);
        if (name.len == 0)
                return NULL;
        call->kind = CM_CEL_AST_BIND;
        call->name = name;
        call->target = call->args[1];
        call->args += 2;
        call->count = 1;
        return call;
}

static struct cm_cel_ast *expand_block(struct cm_cel_parser *p, const struct macro *m,
                                       struct cm_cel_ast *call)
{
        (void)m;
        struct cm_cel_ast *list = call->args[0];
        if (list->kind != CM_CEL_AST_LIST)
                return cm_cel_syntax(p, list->from, "cel.block() takes a list literal first");
        struct cm_cel_ast **args = cm_arena_alloc_array(p->arena, list->count + 1, sizeof(*args),
                                                        _Alignof(struct cm_cel_ast *));
        for (uint32_t i = 0; i < list->count; i++)
                args[i] = list->args[i];
        args[list->count] = call->args[1];
        call->kind = CM_CEL_AST_BLOCK;
        call->target = NULL;
        call->args = args;
        call->count = list->count + 1;
        return call;
}

/* cel.index(1), cel.iterVar(0, 1): names that cannot be written. */
static struct cm_cel_ast *expand_name(struct cm_cel_parser *p, const struct macro *m,
                                      struct cm_cel_ast *call)
{
        int64_t numbers[2] = { 0 };
        for (uint32_t i = 0; i < call->count; i++) {
                const struct cm_cel_ast *arg = call->args[i];
                if (arg->kind != CM_CEL_AST_LITERAL || arg->value.kind != CM_CEL_INT ||
                    arg->value.integer < 0)
                        return cm_cel_syntax(p, arg->from, "cel.%s() takes literal numbers",
                                             m->name);
                numbers[i] = arg->value.integer;
        }
        call->name = call->count == 1 ? cm_sv_printf(p->arena, "@index%lld", (long long)numbers[0])
                                      : cm_sv_printf(p->arena, "@%s:%lld:%lld", m->name,
                                                     (long long)numbers[0], (long long)numbers[1]);
        call->kind = CM_CEL_AST_IDENT;
        call->target = NULL;
        call->count = 0;
        return call;
}

static const struct macro macros[] = {
        { NULL, "has", false, 1, 1, 0, expand_has },
        { NULL, "all", true, 2, 3, CM_CEL_LOOP_ALL, expand_loop },
        { NULL, "exists", true, 2, 3, CM_CEL_LOOP_EXISTS, expand_loop },
        { NULL, "exists_one", true, 2, 3, CM_CEL_LOOP_ONE, expand_loop },
        { NULL, "existsOne", true, 2, 3, CM_CEL_LOOP_ONE, expand_loop },
        { NULL, "filter", true, 2, 2, CM_CEL_LOOP_FILTER, expand_loop },
        { NULL, "map", true, 2, 3, CM_CEL_LOOP_LIST, expand_loop },
        { NULL, "sortBy", true, 2, 2, CM_CEL_LOOP_SORT, expand_loop },
        { NULL, "transformList", true, 3, 4, CM_CEL_LOOP_LIST, expand_loop },
        { NULL, "transformMap", true, 3, 4, CM_CEL_LOOP_MAP, expand_loop },
        { NULL, "transformMapEntry", true, 3, 4, CM_CEL_LOOP_ENTRY, expand_loop },
        { NULL, "optMap", true, 2, 2, 0, expand_opt_map },
        { NULL, "optFlatMap", true, 2, 2, 0, expand_opt_map },
        { "cel", "bind", true, 3, 3, 0, expand_bind },
        { "cel", "block", true, 2, 2, 0, expand_block },
        { "cel", "index", true, 1, 1, 0, expand_name },
        { "cel", "iterVar", true, 2, 2, 0, expand_name },
        { "cel", "accuVar", true, 2, 2, 0, expand_name },
};

static bool fits(const struct macro *m, const struct cm_cel_ast *call)
{
        if (m->name[0] != call->name.ptr[0] || m->is_method != (call->target != NULL) ||
            call->count < m->count_min || call->count > m->count_max ||
            !cm_sv_eq(call->name, cm_sv_from_cstr(m->name)))
                return false;
        return m->space == NULL ||
               (call->target != NULL && call->target->kind == CM_CEL_AST_IDENT &&
                cm_sv_eq(call->target->name, cm_sv_from_cstr(m->space)));
}

struct cm_cel_ast *cm_cel_expand(struct cm_cel_parser *p, struct cm_cel_ast *call)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(macros); i++)
                if (fits(&macros[i], call))
                        return macros[i].expand(p, &macros[i], call);
        return call;
}
