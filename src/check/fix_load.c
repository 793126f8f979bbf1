/* SPDX-License-Identifier: Apache-2.0 */
/* The member `fix` of rules, see fix.h. */
#include "check/fix.h"
#include "codec/node_expect.h"

enum {
        STEPS_MAX = 16
};

static const char *const verbs[] = { "set", "add", "remove" };

static int load_expression(struct cm_arena *arena, struct cm_sv source, const struct cm_node *step,
                           const char *key, bool is_verified, const struct cm_check_rule *rule,
                           struct cm_sv *ret, struct cm_err *err)
{
        const struct cm_node *n = cm_node_get(step, key);
        *ret = cm_node_string(n);
        if (n == NULL)
                return 0;
        if (n->type != CM_NODE_STRING || n->text.len == 0)
                return cm_node_wrong(source, n->pos, err, "'%s' must be an expression in quotes",
                                     key);
        struct cm_err problem = CM_ERR_INIT;
        const struct cm_cel_program *ignored = NULL;
        if (!is_verified && !cm_sv_eq(*ret, CM_SV("place")) &&
            cm_check_compile(arena, rule, *ret, false, &ignored, &problem) < 0)
                return cm_node_wrong(source, n->pos, err, "expression: %s", problem.text);
        return 0;
}

static int load_step(struct cm_arena *arena, struct cm_sv source, const struct cm_node *n,
                     bool is_verified, const struct cm_check_rule *rule,
                     struct cm_check_fix_step *ret, struct cm_err *err)
{
        static const char *const known[] = { "set", "add", "remove", "at", "when", "value", NULL };
        int r = cm_node_only(arena, source, n, known, err);
        if (r < 0)
                return r;
        size_t count = 0;
        for (size_t i = 0; i < CM_ARRAY_LEN(verbs); i++) {
                const struct cm_node *pointer = cm_node_get(n, verbs[i]);
                if (pointer == NULL)
                        continue;
                count++;
                ret->verb = (enum cm_check_fix_verb)i;
                ret->pointer = cm_node_string(pointer);
                if (pointer->type != CM_NODE_STRING ||
                    (ret->pointer.len > 0 && ret->pointer.ptr[0] != '/'))
                        return cm_node_wrong(source, pointer->pos, err,
                                             "'%s' is a JSON pointer: \"/spec/hostPID\"", verbs[i]);
        }
        bool is_removal = ret->verb == CM_CHECK_FIX_REMOVE;
        if (count != 1 || is_removal != (cm_node_get(n, "value") == NULL))
                return cm_node_wrong(source, n->pos, err,
                                     "a step is one of set and add, with a value, and remove");
        r = load_expression(arena, source, n, "at", is_verified, rule, &ret->at, err);
        if (r == 0)
                r = load_expression(arena, source, n, "when", is_verified, rule, &ret->when, err);
        if (r == 0)
                r = load_expression(arena, source, n, "value", is_verified, rule, &ret->value, err);
        return r;
}

int cm_check_fix_load(struct cm_arena *arena, struct cm_sv source, const struct cm_node *fix,
                      bool is_verified, struct cm_check_rule *rule, struct cm_err *err)
{
        size_t count = cm_node_count(fix);
        if (fix == NULL)
                return 0;
        if (fix->type != CM_NODE_LIST || count == 0 || count > STEPS_MAX)
                return cm_node_wrong(source, fix->pos, err, "'fix' is a list of steps");
        struct cm_check_fix_step *steps = CM_NEW_ARRAY(arena, struct cm_check_fix_step, count);
        bool removes = false;
        bool puts = false;
        for (size_t i = 0; i < count; i++) {
                int r = load_step(arena, source, cm_node_at(fix, i), is_verified, rule, &steps[i],
                                  err);
                if (r < 0)
                        return r;
                removes = removes || steps[i].verb == CM_CHECK_FIX_REMOVE;
                puts = puts || steps[i].verb != CM_CHECK_FIX_REMOVE;
        }
        /* Those that remove are made last, for numbers of items change with them. */
        if (removes && puts)
                return cm_node_wrong(source, fix->pos, err,
                                     "a fix either removes, or sets and adds");
        rule->fix = steps;
        rule->fix_count = count;
        return 0;
}
