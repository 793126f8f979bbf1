/* SPDX-License-Identifier: Apache-2.0 */
/* See lint.h. */
#include "check/lint.h"

#include "base/vec.h"
#include "check/fix.h"

enum {
        TITLE_BYTES_MAX = 80
};

struct lint {
        struct cm_arena *arena;
        const struct cm_check *check;
        CM_VEC(struct cm_check_complaint) complaints;
};

static void complain(struct lint *l, struct cm_node_pos pos, struct cm_sv text)
{
        *CM_VEC_PUSH(l->arena, &l->complaints) = (struct cm_check_complaint){ pos, text };
}

static struct cm_sv rule_name(const struct lint *l, const struct cm_check_rule *rule)
{
        return rule->kind.len > 0 ? cm_sv_printf(l->arena, "k8s.%.*s", CM_SV_ARG(rule->kind))
                                  : cm_sv_from_cstr(rule->view->name);
}

/* Is the name a word of the expression? A name in a literal counts: this errs on the quiet side. */
static bool has_word(struct cm_sv text, struct cm_sv word)
{
        for (size_t from = 0;;) {
                ptrdiff_t found = cm_sv_find(cm_sv_skip(text, from), word);
                if (found < 0 || word.len == 0)
                        return false;
                size_t at = from + (size_t)found;
                size_t end = at + word.len;
                bool begins = at == 0 || !(cm_is_alnum(text.ptr[at - 1]) ||
                                           text.ptr[at - 1] == '_' || text.ptr[at - 1] == '.');
                bool ends =
                        end == text.len || !(cm_is_alnum(text.ptr[end]) || text.ptr[end] == '_');
                if (begins && ends)
                        return true;
                from = at + 1;
        }
}

/* Does it read something that comes from the document? The Kubernetes version says what an object means. */
static bool reads_document(const struct cm_check_rule *rule, struct cm_sv text)
{
        struct cm_check_names names;
        cm_check_names(rule, &names);
        for (size_t i = 0; i < names.options.variable_count; i++)
                if (i != CM_CHECK_SLOT_PARAMS && i != CM_CHECK_SLOT_PROFILE &&
                    has_word(text, names.names[i]))
                        return true;
        return false;
}

static void lint_expression(struct lint *l, const struct cm_check_rule *rule, const char *member,
                            struct cm_sv text, const char *want)
{
        if (text.len == 0)
                return;
        struct cm_check_names names;
        struct cm_sv type = CM_SV("");
        struct cm_cel_fault fault;
        struct cm_err err = CM_ERR_INIT;
        cm_check_names(rule, &names);
        if (cm_cel_deduce(l->arena, text, &names.options, &type, &fault, &err) < 0)
                complain(l, rule->pos, cm_sv_printf(l->arena, "'%s': %s", member, err.text));
        else if (!cm_sv_has_prefix(type, cm_sv_from_cstr(want)) && !cm_sv_eq(type, CM_SV("dyn")))
                complain(l, rule->pos,
                         cm_sv_printf(l->arena, "'%s' gives a %.*s, not a %s", member,
                                      CM_SV_ARG(type), want));
}

/* Parameters that are read as params.NAME and that nobody declares. */
static void lint_params_read(struct lint *l, const struct cm_check_rule *rule, struct cm_sv text)
{
        const struct cm_sv dot = CM_SV("params.");
        for (ptrdiff_t at = 0; (at = cm_sv_find(text, dot)) >= 0;) {
                text = cm_sv_skip(text, (size_t)at + dot.len);
                size_t len = 0;
                while (len < text.len && (cm_is_alnum(text.ptr[len]) || text.ptr[len] == '_'))
                        len++;
                struct cm_sv name = cm_sv_slice(text, 0, len);
                if (len > 0 && cm_node_get_sv(l->check->defaults, name) == NULL)
                        complain(l, rule->pos,
                                 cm_sv_printf(l->arena, "parameter '%.*s' is not declared",
                                              CM_SV_ARG(name)));
        }
}

/* A fix must have been seen to mend a failure. */
static void lint_fix(struct lint *l)
{
        for (size_t i = 0; i < l->check->rule_count; i++) {
                const struct cm_check_rule *rule = &l->check->rules[i];
                bool seen = rule->fix_count == 0 || !cm_check_fix_is_possible(rule->view);
                for (size_t j = 0; j < cm_node_count(l->check->tests) && !seen; j++) {
                        const struct cm_node *test = cm_node_at(l->check->tests, j);
                        seen = cm_node_bool(cm_node_get(test, "fixed"), false) &&
                               cm_sv_eq(cm_node_get_string(test, "on"),
                                        cm_sv_from_cstr(rule->view->name));
                }
                if (!seen)
                        complain(l, rule->pos,
                                 cm_sv_printf(l->arena, "no test on %.*s is fixed",
                                              CM_SV_ARG(rule_name(l, rule))));
        }
}

static void lint_rule(struct lint *l, const struct cm_check_rule *rule)
{
        lint_expression(l, rule, "when", rule->when, "bool");
        lint_expression(l, rule, "each", rule->each, "list");
        lint_expression(l, rule, "expect", rule->expect, "bool");
        const struct cm_sv texts[] = { rule->when, rule->each, rule->expect, rule->message };
        bool looks = rule->kind.len > 0 && rule->expect.len == 0;
        for (size_t i = 0; i < CM_ARRAY_LEN(texts); i++) {
                lint_params_read(l, rule, texts[i]);
                looks = looks || (i < 3 && reads_document(rule, texts[i]));
        }
        if (rule->expect.len > 0 && !looks)
                complain(l, rule->pos, CM_SV("this rule never looks at the document"));
}

static void lint_params(struct lint *l)
{
        for (size_t i = 0; i < cm_node_count(l->check->params); i++) {
                const struct cm_node_member *m = &l->check->params->map.members[i];
                struct cm_sv name = cm_sv_printf(l->arena, "params.%.*s", CM_SV_ARG(m->key));
                bool read = false;
                for (size_t j = 0; j < l->check->rule_count && !read; j++) {
                        const struct cm_check_rule *rule = &l->check->rules[j];
                        read = cm_sv_find(rule->when, name) >= 0 ||
                               cm_sv_find(rule->each, name) >= 0 ||
                               cm_sv_find(rule->expect, name) >= 0 ||
                               cm_sv_find(rule->message, name) >= 0;
                }
                if (!read)
                        complain(l, m->key_pos,
                                 cm_sv_printf(l->arena, "parameter '%.*s' is read by no rule",
                                              CM_SV_ARG(m->key)));
        }
}

/* Each rule must have been seen to decide both ways: by tests on its view. */
static void lint_tests(struct lint *l)
{
        for (size_t i = 0; i < l->check->rule_count; i++) {
                const struct cm_check_rule *rule = &l->check->rules[i];
                struct cm_sv view = cm_sv_from_cstr(rule->view->name);
                bool fails = false;
                bool passes = false;
                bool asks = false;
                for (size_t j = 0; j < cm_node_count(l->check->tests); j++) {
                        const struct cm_node *test = cm_node_at(l->check->tests, j);
                        struct cm_sv want = cm_node_get_string(test, "want");
                        if (!cm_sv_eq(cm_node_get_string(test, "on"), view))
                                continue;
                        fails = fails || cm_sv_eq(want, CM_SV("fail"));
                        asks = asks || cm_sv_eq(want, CM_SV("manual"));
                        passes = passes || cm_sv_eq(want, CM_SV("pass")) ||
                                 cm_sv_eq(want, CM_SV("not-applicable"));
                }
                struct cm_sv name = rule_name(l, rule);
                if (rule->expect.len == 0 && !asks)
                        complain(l, rule->pos,
                                 cm_sv_printf(l->arena, "no test on %.*s asks", CM_SV_ARG(name)));
                /* Beside a question a rule may decide one way only: the rest is asked. */
                bool shows_both = l->check->question.len > 0 && asks && (fails || passes);
                if (rule->expect.len == 0 || shows_both)
                        continue;
                if (!fails)
                        complain(l, rule->pos,
                                 cm_sv_printf(l->arena, "no test on %.*s fails", CM_SV_ARG(name)));
                if (!passes)
                        complain(l, rule->pos,
                                 cm_sv_printf(l->arena, "no test on %.*s passes", CM_SV_ARG(name)));
        }
}

void cm_check_lint(struct cm_arena *arena, const struct cm_check *check,
                   const struct cm_check_complaint **ret, size_t *ret_count)
{
        struct lint l = { .arena = arena, .check = check };
        const struct cm_node_pos nowhere = { 0 };
        if (check->title.len > TITLE_BYTES_MAX)
                complain(&l, nowhere, CM_SV("the title is longer than 80 characters"));
        if (cm_sv_eq(check->rationale, check->remediation))
                complain(&l, nowhere, CM_SV("rationale and remediation say the same"));
        for (size_t i = 0; i < check->rule_count; i++)
                lint_rule(&l, &check->rules[i]);
        lint_params(&l);
        lint_tests(&l);
        lint_fix(&l);
        *ret = l.complaints.items;
        *ret_count = l.complaints.count;
}
