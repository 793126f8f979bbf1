/* SPDX-License-Identifier: Apache-2.0 */
/* Reads check files (check.h). Every member is known by name: a misspelt one is an error. */
#include <string.h>

#include "base/escape.h"
#include "base/vec.h"
#include "check/document.h"
#include "check/fix.h"
#include "codec/node_expect.h"

struct loader {
        struct cm_arena *arena;
        struct cm_sv source;
        struct cm_check *check;
        bool is_verified;
};

/* What results carry: see struct cm_check_result. */
static struct cm_sv maps_text(struct cm_arena *arena, const struct cm_check *check)
{
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, CM_MIB(1));
        for (size_t i = 0; i < check->map_count; i++)
                for (size_t j = 0; j < check->maps[i].row_count; j++) {
                        cm_buf_put_sv(&out, check->maps[i].framework);
                        cm_buf_put_char(&out, ' ');
                        cm_buf_put_sv(&out, check->maps[i].rows[j]);
                        cm_buf_put_char(&out, '\n');
                }
        return cm_sv_dup(arena, cm_buf_sv(&out));
}

/* A misspelt member is found when a check is first read. */
static int only(const struct loader *l, const struct cm_node *map, const char *const *known,
                struct cm_err *err)
{
        return l->is_verified ? 0 : cm_node_only(l->arena, l->source, map, known, err);
}

static int load_maps(struct loader *l, const struct cm_node *maps, struct cm_err *err)
{
        if (maps == NULL)
                return 0;
        if (maps->type != CM_NODE_MAP)
                return cm_node_wrong(l->source, maps->pos, err, "'maps' must be a mapping");
        struct cm_check_map *out = CM_NEW_ARRAY(l->arena, struct cm_check_map, maps->map.count);
        for (size_t i = 0; i < maps->map.count; i++) {
                const struct cm_node_member *m = &maps->map.members[i];
                size_t count = cm_node_count(m->value);
                if (cm_node_type(m->value) != CM_NODE_LIST || count == 0)
                        return cm_node_wrong(l->source, m->key_pos, err,
                                             "'%s' must be a list of rows",
                                             cm_escape(l->arena, m->key));
                struct cm_sv *rows = CM_NEW_ARRAY(l->arena, struct cm_sv, count);
                for (size_t j = 0; j < count; j++) {
                        const struct cm_node *row = cm_node_at(m->value, j);
                        if (cm_node_type(row) != CM_NODE_STRING || row->text.len == 0)
                                return cm_node_wrong(l->source, m->key_pos, err,
                                                     "rows are text: put them in quotes");
                        rows[j] = row->text;
                }
                out[i] = (struct cm_check_map){ m->key, rows, count };
        }
        l->check->maps = out;
        l->check->map_count = maps->map.count;
        l->check->maps_text = maps_text(l->arena, l->check);
        return 0;
}

/* params: {name: {default: value, doc: text}} */
static int load_params(struct loader *l, const struct cm_node *params, struct cm_err *err)
{
        static const char *const known[] = { "default", "doc", NULL };
        struct cm_node *defaults = cm_node_new_map(l->arena, (struct cm_node_pos){ 0 });
        l->check->params = params;
        l->check->defaults = defaults;
        if (params == NULL)
                return 0;
        if (params->type != CM_NODE_MAP)
                return cm_node_wrong(l->source, params->pos, err, "'params' must be a mapping");
        for (size_t i = 0; i < params->map.count; i++) {
                const struct cm_node_member *m = &params->map.members[i];
                int r = only(l, m->value, known, err);
                if (r < 0)
                        return r;
                const struct cm_node *value = cm_node_get(m->value, "default");
                if (value == NULL || cm_node_get_string(m->value, "doc").len == 0)
                        return cm_node_wrong(l->source, m->key_pos, err,
                                             "parameter '%s' needs default and doc",
                                             cm_escape(l->arena, m->key));
                cm_node_put(l->arena, defaults, m->key, m->key_pos, value);
        }
        return 0;
}

/* "1.25" -> 25. */
static int load_minor(struct loader *l, const struct cm_node *n, uint32_t otherwise, uint32_t *ret,
                      struct cm_err *err)
{
        *ret = otherwise;
        if (n == NULL)
                return 0;
        struct cm_sv major, minor;
        uint64_t value = 0;
        struct cm_err ignored = CM_ERR_INIT;
        if (!cm_sv_cut(cm_node_string(n), '.', &major, &minor) || !cm_sv_eq(major, CM_SV("1")) ||
            cm_parse_u64(minor, 0, 999, &value, &ignored) < 0)
                return cm_node_wrong(l->source, n->pos, err,
                                     "versions are written \"1.25\", in quotes");
        *ret = (uint32_t)value;
        return 0;
}

static int load_view(struct loader *l, const struct cm_node *view, struct cm_check_rule *out,
                     struct cm_err *err)
{
        struct cm_sv on = cm_node_string(view);
        out->view = cm_check_view_find(on);
        struct cm_sv kind = cm_sv_skip(on, 4);
        if (out->view == NULL && cm_sv_has_prefix(on, CM_SV("k8s.")) && kind.len > 0 &&
            cm_is_upper(kind.ptr[0])) {
                out->view = cm_check_view_find(CM_SV("k8s.object"));
                out->kind = kind;
        }
        return out->view != NULL ? 0
                                 : cm_node_wrong(l->source, view->pos, err, "there is no view '%s'",
                                                 cm_escape(l->arena, on));
}

void cm_check_names(const struct cm_check_rule *rule, struct cm_check_names *ret)
{
        const struct cm_sv common[CM_CHECK_SLOT_VIEW] = {
#define X(slot, name) CM_SV(name),
                CM_CHECK_COMMON_VARIABLES(X)
#undef X
        };
        memcpy(ret->names, common, sizeof(common));
        ret->names[CM_CHECK_SLOT_EACH] = rule->each_name;
        ret->options = (struct cm_cel_options){ .variables = ret->names,
                                                .variable_count = CM_CHECK_SLOT_VIEW };
        for (const char *const *v = rule->view->variables; *v != NULL; v++)
                ret->names[ret->options.variable_count++] = cm_sv_from_cstr(*v);
        for (size_t i = 0; i < rule->variable_count; i++)
                ret->names[ret->options.variable_count++] = rule->variables[i].name;
}

size_t cm_check_variable_slot(const struct cm_check_rule *rule)
{
        size_t slot = CM_CHECK_SLOT_VIEW;
        for (const char *const *v = rule->view->variables; *v != NULL; v++)
                slot++;
        return slot;
}

int cm_check_compile(struct cm_arena *arena, const struct cm_check_rule *rule, struct cm_sv text,
                     bool is_verified, const struct cm_cel_program **ret, struct cm_err *err)
{
        struct cm_check_names names;
        cm_check_names(rule, &names);
        names.options.late_literals = is_verified;
        return cm_cel_parse(arena, text, &names.options, ret, err);
}

/* Tries an expression that stands at `pos`: a run compiles those that it comes to. */
static int verify(struct loader *l, const struct cm_check_rule *rule, struct cm_sv text,
                  struct cm_node_pos pos, struct cm_err *err)
{
        struct cm_err problem = CM_ERR_INIT;
        const struct cm_cel_program *ignored = NULL;
        if (!l->is_verified &&
            cm_check_compile(l->arena, rule, text, false, &ignored, &problem) < 0)
                return cm_node_wrong(l->source, pos, err, "expression: %s", problem.text);
        return 0;
}

static int load_expression(struct loader *l, const struct cm_check_rule *rule,
                           const struct cm_node *map, const char *key, struct cm_sv *ret,
                           struct cm_err *err)
{
        const struct cm_node *n = cm_node_get(map, key);
        *ret = CM_SV("");
        if (n == NULL)
                return 0;
        if (n->type != CM_NODE_STRING || n->text.len == 0)
                return cm_node_wrong(l->source, n->pos, err, "'%s' must be an expression in quotes",
                                     key);
        *ret = n->text;
        return verify(l, rule, n->text, n->pos, err);
}

/* each: LIST as NAME */
static int load_each(struct loader *l, const struct cm_node *n, struct cm_check_rule *rule,
                     struct cm_err *err)
{
        if (n == NULL)
                return 0;
        struct cm_sv text = cm_node_string(n);
        ptrdiff_t at = -1;
        for (ptrdiff_t from = 0; (size_t)from < text.len; from++) {
                ptrdiff_t next = cm_sv_find(cm_sv_skip(text, (size_t)from), CM_SV(" as "));
                if (next < 0)
                        break;
                from += next;
                at = from;
        }
        if (at < 0)
                return cm_node_wrong(l->source, n->pos, err, "'each' is written \"LIST as NAME\"");
        rule->each = cm_sv_slice(text, 0, (size_t)at);
        int r = verify(l, rule, rule->each, n->pos, err);
        rule->each_name = cm_sv_trim(cm_sv_skip(text, (size_t)at + 4));
        if (r == 0 && (rule->each_name.len == 0 || !cm_is_alpha(rule->each_name.ptr[0])))
                return cm_node_wrong(l->source, n->pos, err, "'each' is written \"LIST as NAME\"");
        return r;
}

static int load_message(struct loader *l, const struct cm_node *n, struct cm_check_rule *rule,
                        struct cm_err *err)
{
        struct cm_check_message ignored;
        struct cm_err problem = CM_ERR_INIT;
        rule->message = cm_node_string(n);
        if (l->is_verified)
                return 0;
        return cm_check_message_compile(l->arena, rule, &ignored, &problem) < 0
                       ? cm_node_wrong(l->source, n->pos, err, "%s", problem.text)
                       : 0;
}

/* A variable sees what the rule sees, but for `each`, and the variables before it. */
static int verify_variables(struct loader *l, const struct cm_check_rule *rule, struct cm_err *err)
{
        struct cm_check_rule first = *rule;
        int r = 0;
        for (size_t i = 0; i < rule->variable_count && r == 0; i++) {
                first.variable_count = i;
                r = verify(l, &first, rule->variables[i].text, rule->pos, err);
                if (r < 0)
                        return cm_err_context(err, "%.*s", CM_SV_ARG(rule->variables[i].name));
        }
        return r;
}

static int load_rule(struct loader *l, const struct cm_node *n, const struct cm_node *view,
                     struct cm_check_rule *rule, struct cm_err *err)
{
        static const char *const known[] = { "on",    "when",  "each",   "expect", "message",
                                             "since", "until", "reason", "fix",    NULL };
        int r = only(l, n, known, err);
        rule->pos = n->pos;
        rule->variables = l->check->variables;
        rule->variable_count = l->check->variable_count;
        if (r == 0)
                r = load_view(l, view, rule, err);
        if (r == 0)
                r = verify_variables(l, rule, err);
        if (r == 0)
                r = load_minor(l, cm_node_get(n, "since"), 0, &rule->versions.since, err);
        if (r == 0)
                r = load_minor(l, cm_node_get(n, "until"), UINT32_MAX, &rule->versions.until, err);
        if (r == 0)
                r = load_expression(l, rule, n, "when", &rule->when, err);
        rule->reason = cm_node_get_string(n, "reason");
        if (r == 0 && rule->reason.len > 0 && rule->when.len == 0)
                r = cm_node_wrong(l->source, n->pos, err,
                                  "'reason' says why 'when' is false, and there is no 'when'");
        if (r == 0)
                r = load_each(l, cm_node_get(n, "each"), rule, err);
        if (r == 0)
                r = load_expression(l, rule, n, "expect", &rule->expect, err);
        if (r == 0 && rule->expect.len == 0 && l->check->question.len == 0)
                r = cm_node_wrong(l->source, n->pos, err, "member 'expect' is missing");
        const struct cm_node *message = cm_node_get(n, "message");
        if (r == 0 && rule->expect.len > 0 && cm_node_string(message).len == 0)
                r = cm_node_wrong(l->source, n->pos, err, "member 'message' is missing");
        if (r == 0 && message != NULL)
                r = load_message(l, message, rule, err);
        return r < 0 ? r
                     : cm_check_fix_load(l->arena, l->source, cm_node_get(n, "fix"), l->is_verified,
                                         rule, err);
}

/* variables: {name: expression} */
static int load_variables(struct loader *l, const struct cm_node *variables, struct cm_err *err)
{
        size_t count = cm_node_count(variables);
        if (variables == NULL)
                return 0;
        if (variables->type != CM_NODE_MAP || count > CM_CHECK_VARIABLES_MAX)
                return cm_node_wrong(l->source, variables->pos, err,
                                     "'variables' must be a mapping of at most %d expressions",
                                     CM_CHECK_VARIABLES_MAX);
        struct cm_check_variable *out = CM_NEW_ARRAY(l->arena, struct cm_check_variable, count);
        for (size_t i = 0; i < count; i++) {
                const struct cm_node_member *m = &variables->map.members[i];
                if (cm_node_string(m->value).len == 0)
                        return cm_node_wrong(l->source, m->key_pos, err,
                                             "'%s' must be an expression in quotes",
                                             cm_escape(l->arena, m->key));
                out[i].name = cm_sv_printf(l->arena, "variables.%.*s", CM_SV_ARG(m->key));
                out[i].text = m->value->text;
        }
        l->check->variables = out;
        l->check->variable_count = count;
        return 0;
}

/* evidence: {name: what it is} */
static int load_evidence(struct loader *l, const struct cm_node *evidence, struct cm_err *err)
{
        l->check->evidence = evidence;
        if (evidence == NULL)
                return 0;
        if (evidence->type != CM_NODE_MAP || l->check->question.len == 0)
                return cm_node_wrong(l->source, evidence->pos, err,
                                     "'evidence' is a mapping, beside a question");
        for (size_t i = 0; i < evidence->map.count; i++)
                if (cm_node_string(evidence->map.members[i].value).len == 0)
                        return cm_node_wrong(l->source, evidence->map.members[i].key_pos, err,
                                             "evidence '%s' must say what to give",
                                             cm_escape(l->arena, evidence->map.members[i].key));
        return 0;
}

static int load_rules(struct loader *l, const struct cm_node *rules, struct cm_err *err)
{
        size_t count = cm_node_count(rules);
        if (rules != NULL && (rules->type != CM_NODE_LIST || count == 0))
                return cm_node_wrong(l->source, rules->pos, err, "'rules' must be a list");
        CM_VEC(struct cm_check_rule) out = { 0 };
        for (size_t i = 0; i < count; i++) {
                const struct cm_node *n = cm_node_at(rules, i);
                const struct cm_node *on = cm_node_get(n, "on");
                size_t views = cm_node_type(on) == CM_NODE_LIST ? cm_node_count(on) : 1;
                if (on == NULL || views == 0)
                        return cm_node_wrong(l->source, n->pos, err, "member 'on' is missing");
                /* One text, one rule for each view: the variables that it uses must be in all. */
                for (size_t j = 0; j < views; j++) {
                        const struct cm_node *view =
                                on->type == CM_NODE_LIST ? cm_node_at(on, j) : on;
                        int r = load_rule(l, n, view, CM_VEC_PUSH(l->arena, &out), err);
                        if (r < 0)
                                return r;
                }
        }
        l->check->rules = out.items;
        l->check->rule_count = out.count;
        return 0;
}

static int load_head(struct loader *l, const struct cm_node *root, struct cm_err *err)
{
        struct cm_check *c = l->check;
        struct cm_sv severity = CM_SV("");
        struct cm_sv status = CM_SV("");
        int r = cm_node_text(l->source, root, "id", true, &c->id, err);
        if (r == 0)
                r = cm_node_text(l->source, root, "title", true, &c->title, err);
        if (r == 0)
                r = cm_node_text(l->source, root, "severity", true, &severity, err);
        if (r == 0 && !cm_severity_from_string(severity, &c->severity))
                r = cm_node_wrong(l->source, cm_node_get(root, "severity")->pos, err,
                                  "severity is one of negligible, low, medium, high, critical");
        if (r == 0)
                r = cm_node_text(l->source, root, "status", false, &status, err);
        c->is_optional = cm_sv_eq(status, CM_SV("optional"));
        if (r == 0 && status.len > 0 && !c->is_optional && !cm_sv_eq(status, CM_SV("stable")))
                r = cm_node_wrong(l->source, cm_node_get(root, "status")->pos, err,
                                  "status is stable or optional");
        if (r == 0)
                r = cm_node_text(l->source, root, "rationale", true, &c->rationale, err);
        if (r == 0)
                r = cm_node_text(l->source, root, "remediation", true, &c->remediation, err);
        return r < 0 ? r : cm_node_text(l->source, root, "question", false, &c->question, err);
}

int cm_check_load(struct cm_arena *arena, struct cm_sv source, const struct cm_node *root,
                  bool is_verified, struct cm_check *ret, struct cm_err *err)
{
        static const char *const known[] = { "id",         "title",     "severity", "status",
                                             "rationale",  "maps",      "params",   "remediation",
                                             "references", "rules",     "tests",    "question",
                                             "evidence",   "variables", NULL };
        struct cm_check check = { .source = source };
        struct loader l = { arena, source, &check, is_verified };
        int r = only(&l, root, known, err);
        if (r == 0)
                r = load_head(&l, root, err);
        if (r == 0)
                r = load_maps(&l, cm_node_get(root, "maps"), err);
        if (r == 0)
                r = load_params(&l, cm_node_get(root, "params"), err);
        if (r == 0)
                r = load_evidence(&l, cm_node_get(root, "evidence"), err);
        if (r == 0)
                r = load_variables(&l, cm_node_get(root, "variables"), err);
        if (r == 0)
                r = load_rules(&l, cm_node_get(root, "rules"), err);
        if (r == 0 && check.rule_count == 0 && check.question.len == 0)
                r = cm_node_wrong(l.source, root->pos, err, "a check has rules or a question");
        if (r < 0)
                return r;
        check.references = cm_node_get(root, "references");
        check.tests = cm_node_get(root, "tests");
        *ret = check;
        return 0;
}
