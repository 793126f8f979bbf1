/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who knows which variable: ENV and ARG of a stage and of those it is based on, the global ARGs
 * that FROM sees, and what the builder predefines.
 */
#include "codec/dockerfile_internal.h"

struct var {
        enum cm_df_var state;
        struct cm_sv value;
};

void cm_df_scope_init(struct cm_df_scope *scope, struct cm_arena *arena)
{
        *scope = (struct cm_df_scope){ .arena = arena };
        cm_map_init(&scope->vars, arena);
}

/* Arguments that BuildKit gives to FROM, and to a stage that declares them. */
static bool is_predefined(struct cm_sv name)
{
        static const char *const names[] = { "BUILDPLATFORM", "BUILDOS",         "BUILDOSVERSION",
                                             "BUILDARCH",     "BUILDVARIANT",    "TARGETPLATFORM",
                                             "TARGETOS",      "TARGETOSVERSION", "TARGETARCH",
                                             "TARGETVARIANT", "TARGETSTAGE",     NULL };
        return cm_sv_is_any(name, names);
}

enum cm_df_var cm_df_scope_get(void *ctx, struct cm_sv name, struct cm_sv *ret_value)
{
        const struct cm_df_scope *scope = ctx;
        bool global = scope->globals == NULL;
        bool closed = scope->closed;
        for (; scope != NULL; scope = scope->parent) {
                const struct var *var = cm_map_get(&scope->vars, name);
                if (var != NULL) {
                        *ret_value = var->value;
                        return var->state;
                }
                closed = scope->closed;
        }
        if (global)
                return is_predefined(name) ? CM_DF_UNKNOWN : CM_DF_UNSET;
        return closed ? CM_DF_UNSET : CM_DF_UNKNOWN;
}

void cm_df_scope_set(struct cm_df_scope *scope, struct cm_sv name, enum cm_df_var state,
                     struct cm_sv value)
{
        struct var *var = CM_NEW(scope->arena, struct var);
        var->state = state;
        var->value = value;
        cm_map_put(&scope->vars, cm_sv_dup(scope->arena, name), var);
}

void cm_df_scope_declare(struct cm_df_scope *scope, struct cm_sv name)
{
        const struct var *var =
                scope->globals == NULL ? NULL : cm_map_get(&scope->globals->vars, name);
        if (var != NULL)
                cm_df_scope_set(scope, name, var->state, var->value);
        else
                cm_df_scope_set(scope, name, CM_DF_UNKNOWN, CM_SV(""));
}
