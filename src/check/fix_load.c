/* SPDX-License-Identifier: Apache-2.0 */
/* The member `fix` of rules, see fix.h. */
#include <string.h>

#include "check/fix.h"
#include "codec/node_expect.h"

enum {
        STEPS_MAX = 16
};

/* In the order of enum cm_check_fix_verb. */
static const char *const verbs[] = { "set", "add", "insert", "remove" };

int cm_check_fix_compile(struct cm_arena *arena, const struct cm_check_rule *rule,
                         const struct cm_check_fix_step *step, struct cm_sv text, bool is_verified,
                         size_t *ret_first_slot, const struct cm_cel_program **ret,
                         struct cm_err *err)
{
        struct cm_check_names rules;
        struct cm_sv names[CM_CHECK_SLOTS_MAX + CM_CHECK_FIX_SLOTS];
        cm_check_names(rule, &rules);
        struct cm_cel_options options = rules.options;
        size_t first = options.variable_count;
        memcpy(names, rules.names, first * sizeof(*names));
        names[first + CM_CHECK_FIX_SLOT_AT] = step->at_name;
        names[first + CM_CHECK_FIX_SLOT_IT] = CM_SV("it");
        names[first + CM_CHECK_FIX_SLOT_INDEX] = CM_SV("index");
        options.variables = names;
        options.variable_count = first + CM_CHECK_FIX_SLOTS;
        options.late_literals = is_verified;
        *ret_first_slot = first;
        return cm_cel_parse(arena, text, &options, ret, err);
}

static const struct cm_document_kind *kind_of(const struct cm_check_view *view)
{
        for (size_t i = 0; i < cm_document_kinds_count; i++) {
                const struct cm_document_kind *kind = cm_document_kinds[i];
                for (size_t j = 0; kind->views[j] != NULL; j++)
                        if (kind->views[j] == view)
                                return kind;
        }
        return NULL;
}

bool cm_check_fix_is_possible(const struct cm_check_view *view)
{
        const struct cm_document_kind *kind = kind_of(view);
        return kind != NULL && kind->is_source != NULL;
}

bool cm_check_has_fix(const struct cm_check *check)
{
        for (size_t i = 0; i < check->rule_count; i++)
                if (check->rules[i].fix_count > 0)
                        return true;
        return false;
}

struct loading {
        struct cm_arena *arena;
        struct cm_sv source;
        bool is_verified;
        const struct cm_check_rule *rule;
        struct cm_err *err;
};

static int load_expression(const struct loading *l, const struct cm_node *map, const char *key,
                           const struct cm_check_fix_step *step, struct cm_sv *ret)
{
        const struct cm_node *n = cm_node_get(map, key);
        *ret = cm_node_string(n);
        if (n == NULL)
                return 0;
        if (n->type != CM_NODE_STRING || n->text.len == 0)
                return cm_node_wrong(l->source, n->pos, l->err,
                                     "'%s' must be an expression in quotes", key);
        if (l->is_verified)
                return 0;
        struct cm_err problem = CM_ERR_INIT;
        const struct cm_cel_program *ignored = NULL;
        size_t slot;
        return cm_check_fix_compile(l->arena, l->rule, step, *ret, false, &slot, &ignored,
                                    &problem) < 0
                       ? cm_node_wrong(l->source, n->pos, l->err, "expression: %s", problem.text)
                       : 0;
}

/* "place", EXPRESSION, or "LIST as NAME": the name is of one word, as in `each`. */
static int load_at(const struct loading *l, const struct cm_node *map,
                   struct cm_check_fix_step *step)
{
        if (cm_sv_eq(cm_node_get_string(map, "at"), CM_SV("place"))) {
                step->at = CM_SV("place");
                return 0;
        }
        struct cm_sv text = cm_node_get_string(map, "at");
        size_t name = text.len;
        while (name > 0 && (cm_is_alnum(text.ptr[name - 1]) || text.ptr[name - 1] == '_'))
                name--;
        struct cm_sv list = cm_sv_slice(text, 0, name);
        if (name == text.len || !cm_sv_has_suffix(list, CM_SV(" as ")))
                return load_expression(l, map, "at", step, &step->at);
        const struct cm_node expression = { .type = CM_NODE_STRING,
                                            .pos = cm_node_get(map, "at")->pos,
                                            .text = cm_sv_slice(list, 0, list.len - 4) };
        struct cm_node *alone = cm_node_new_map(l->arena, expression.pos);
        cm_node_put(l->arena, alone, CM_SV("at"), expression.pos, &expression);
        int r = load_expression(l, alone, "at", step, &step->at);
        step->at_name = cm_sv_skip(text, name);
        return r;
}

static int load_verb(const struct loading *l, const struct cm_node *n,
                     struct cm_check_fix_step *ret)
{
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
                        return cm_node_wrong(l->source, pointer->pos, l->err,
                                             "'%s' is a JSON pointer: \"/spec/hostPID\"", verbs[i]);
        }
        bool is_removal = ret->verb == CM_CHECK_FIX_REMOVE;
        if (count != 1 || is_removal != (cm_node_get(n, "value") == NULL))
                return cm_node_wrong(l->source, n->pos, l->err,
                                     "a step is one of set, add and insert, with a value, and "
                                     "remove");
        return 0;
}

static int load_step(const struct loading *l, const struct cm_node *n,
                     struct cm_check_fix_step *ret)
{
        static const char *const known[] = { "set",  "add",   "insert", "remove", "at",
                                             "when", "where", "value",  NULL };
        *ret = (struct cm_check_fix_step){ 0 };
        int r = cm_node_only(l->arena, l->source, n, known, l->err);
        if (r == 0)
                r = load_verb(l, n, ret);
        if (r == 0)
                r = load_at(l, n, ret);
        if (r == 0)
                r = load_expression(l, n, "when", ret, &ret->when);
        if (r == 0)
                r = load_expression(l, n, "where", ret, &ret->where);
        if (r == 0)
                r = load_expression(l, n, "value", ret, &ret->value);
        return r;
}

int cm_check_fix_load(struct cm_arena *arena, struct cm_sv source, const struct cm_node *fix,
                      bool is_verified, struct cm_check_rule *rule, struct cm_err *err)
{
        const struct loading l = { arena, source, is_verified, rule, err };
        size_t count = cm_node_count(fix);
        if (fix == NULL)
                return 0;
        if (fix->type != CM_NODE_LIST || count == 0 || count > STEPS_MAX)
                return cm_node_wrong(source, fix->pos, err, "'fix' is a list of 1 to %d steps",
                                     STEPS_MAX);
        const struct cm_document_kind *kind = kind_of(rule->view);
        bool has_syntax = kind != NULL && kind->is_text != NULL;
        struct cm_check_fix_step *steps = CM_NEW_ARRAY(arena, struct cm_check_fix_step, count);
        for (size_t i = 0; i < count; i++) {
                int r = load_step(&l, cm_node_at(fix, i), &steps[i]);
                if (r < 0)
                        return r;
                if (steps[i].verb == CM_CHECK_FIX_INSERT && !has_syntax &&
                    cm_check_fix_is_possible(rule->view))
                        return cm_node_wrong(source, fix->pos, err,
                                             "'insert' is for Dockerfiles: use 'add'");
        }
        rule->fix = steps;
        rule->fix_count = count;
        return 0;
}
