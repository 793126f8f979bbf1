/* SPDX-License-Identifier: Apache-2.0 */
/* See policy_load.h. */
#include "check/policy_load.h"

#include "base/escape.h"
#include "base/limits.h"
#include "base/vec.h"
#include "check/document.h"
#include "codec/node_expect.h"

struct loading {
        struct cm_arena *arena;
        const struct cm_policy_object *objects;
        size_t count;
        CM_VEC(struct cm_check) checks;
};

/* One policy with what binds it. */
struct bound {
        const struct cm_policy_object *policy;
        const struct cm_policy_object *binding; /* or NULL */
        const struct cm_node *params;           /* or NULL */
};

/*
 * Whether a request falls under constraints (matchConstraints of a policy, matchResources of a
 * binding; "@" is where they are), as the API server decides it. Of versions of a resource all
 * match (matchPolicy Equivalent) unless it is Exact. A namespace is known by name only: the label
 * that every namespace has of its name is there, others are unavailable.
 */
#define IS_NAMESPACE    "(request.kind.kind == 'Namespace' && request.kind.group == '')"
#define IS_CLUSTER_WIDE "(request.namespace == '' || " IS_NAMESPACE ")"
#define ANY_RULE(rules)                                                                        \
        "@.?" rules ".orValue([]).exists(r, "                                                  \
        "r.?operations.orValue([]).exists(o, o == '*' || o == request.operation) && "          \
        "r.?apiGroups.orValue([]).exists(g, g == '*' || g == request.resource.group) && "      \
        "(@.?matchPolicy.orValue('Equivalent') != 'Exact' || "                                 \
        "r.?apiVersions.orValue([]).exists(v, v == '*' || v == request.resource.version)) && " \
        "r.?resources.orValue([]).exists(s, cel.bind(p, s.split('/', 2), "                     \
        "(p[0] == '*' || p[0] == request.resource.resource) && "                               \
        "(p.size() == 1 || p[1] == '*' || p[1] == ''))) && "                                   \
        "(r.?scope.orValue('*') == '*' || "                                                    \
        "(r.scope == 'Cluster' ? " IS_CLUSTER_WIDE " : !" IS_CLUSTER_WIDE ")) && "             \
        "(r.?resourceNames.orValue([]).size() == 0 || request.name in r.resourceNames))"
#define SELECTED(selector, label)                                                             \
        "@.?" selector ".?matchLabels.orValue({}).all(k, v, " label " == optional.of(v)) && " \
        "@.?" selector ".?matchExpressions.orValue([]).all(e, cel.bind(k, e.key, "            \
        "e.operator == 'In' ? " label ".hasValue() && " label ".value() in e.values : "       \
        "e.operator == 'NotIn' ? !(" label ".hasValue() && " label ".value() in e.values) : " \
        "e.operator == 'Exists' ? " label ".hasValue() : !" label ".hasValue()))"
#define OBJECT_LABEL "object.metadata.?labels[?k]"
#define NAMESPACE_LABEL                                                                        \
        "(k == 'kubernetes.io/metadata.name' ? optional.of(request.namespace) : " IS_NAMESPACE \
        " ? " OBJECT_LABEL " : namespaceObject.metadata.?labels[?k])"
static const char rules_text[] = "(@.?resourceRules.orValue([]).size() == 0 || " ANY_RULE(
        "resourceRules") ") && !" ANY_RULE("excludeResourceRules");
static const char selectors_text[] = "(request.namespace == '' || (" SELECTED(
        "namespaceSelector", NAMESPACE_LABEL) ")) && " SELECTED("objectSelector", OBJECT_LABEL);
/* The API server lets its own rules through, so that nobody locks himself out. */
static const char exempt_text[] =
        "(request.kind.group == 'admissionregistration.k8s.io' && request.kind.kind in "
        "['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', "
        "'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding', "
        "'MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding'])";

static void put_constraints(struct cm_buf *out, const char *root)
{
        const char *const texts[] = { rules_text, " && ", selectors_text };
        for (size_t i = 0; i < CM_ARRAY_LEN(texts); i++) {
                struct cm_sv rest = cm_sv_from_cstr(texts[i]);
                struct cm_sv before, after;
                while (cm_sv_cut(rest, '@', &before, &after)) {
                        cm_buf_put_sv(out, before);
                        cm_buf_put_str(out, root);
                        rest = after;
                }
                cm_buf_put_sv(out, rest);
        }
}

bool cm_policy_object_is(const struct cm_node *root)
{
        return cm_node_get_string(root, "apiVersion").len > 0 &&
               cm_node_get_string(root, "kind").len > 0;
}

static bool is_admission(const struct cm_node *root, const char *kind)
{
        return cm_sv_has_prefix(cm_node_get_string(root, "apiVersion"),
                                CM_SV("admissionregistration.k8s.io/")) &&
               cm_sv_eq(cm_node_get_string(root, "kind"), cm_sv_from_cstr(kind));
}

static struct cm_sv name_of(const struct cm_node *root)
{
        return cm_node_get_string(cm_node_get(root, "metadata"), "name");
}

/* An expression of the policy, tried with the names that it may see. */
static int take(struct loading *l, const struct bound *b, const struct cm_check_rule *rule,
                const struct cm_node *in, const char *key, struct cm_sv *ret, struct cm_err *err)
{
        const struct cm_node *n = cm_node_get(in, key);
        const struct cm_cel_program *ignored = NULL;
        struct cm_err problem = CM_ERR_INIT;
        if (cm_node_string(n).len == 0)
                return cm_node_wrong(b->policy->source, in->pos, err, "member '%s' is missing",
                                     key);
        *ret = n->text;
        if (cm_check_compile(l->arena, rule, n->text, false, &ignored, &problem) < 0)
                return cm_node_wrong(b->policy->source, n->pos, err, "expression: %s",
                                     problem.text);
        return 0;
}

/* spec.variables: a list of {name, expression}. */
static int take_variables(struct loading *l, const struct bound *b, struct cm_check *check,
                          struct cm_err *err)
{
        const struct cm_node *list = cm_node_path(b->policy->root, "spec", "variables", NULL);
        size_t count = cm_node_count(list);
        if (count > CM_CHECK_VARIABLES_MAX)
                return cm_node_wrong(b->policy->source, list->pos, err, "more than %d variables",
                                     CM_CHECK_VARIABLES_MAX);
        struct cm_check_variable *out = CM_NEW_ARRAY(l->arena, struct cm_check_variable, count);
        struct cm_check_rule rule = { .view = cm_check_view_find(CM_SV("k8s.admission")),
                                      .variables = out };
        for (size_t i = 0; i < count; i++, rule.variable_count++) {
                const struct cm_node *v = cm_node_at(list, i);
                struct cm_sv name = cm_node_get_string(v, "name");
                if (name.len == 0)
                        return cm_node_wrong(b->policy->source, v->pos, err,
                                             "a variable needs a name");
                int r = take(l, b, &rule, v, "expression", &out[i].text, err);
                if (r < 0)
                        return r;
                out[i].name = cm_sv_printf(l->arena, "variables.%.*s", CM_SV_ARG(name));
        }
        check->variables = out;
        check->variable_count = count;
        return 0;
}

/* When it applies: what policy and binding are for, and the policy's own conditions. */
static int take_when(struct loading *l, const struct bound *b, struct cm_check_rule *rule,
                     struct cm_err *err)
{
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, CM_CEL_TEXT_BYTES_MAX);
        cm_buf_printf(&out, "!%s && ", exempt_text);
        put_constraints(&out, "policy.constraints");
        if (b->binding != NULL) {
                cm_buf_put_str(&out, " && ");
                put_constraints(&out, "policy.binding");
        }
        const struct cm_node *conditions =
                cm_node_path(b->policy->root, "spec", "matchConditions", NULL);
        for (size_t i = 0; i < cm_node_count(conditions); i++) {
                struct cm_sv text;
                int taken = take(l, b, rule, cm_node_at(conditions, i), "expression", &text, err);
                if (taken < 0)
                        return taken;
                /* A line of its own: the text may end in a comment. */
                cm_buf_printf(&out, " && (%.*s\n)", CM_SV_ARG(text));
        }
        int r = cm_buf_check(&out, "match conditions", err);
        if (r < 0)
                return r;
        rule->when = cm_sv_dup(l->arena, cm_buf_sv(&out));
        return 0;
}

/* A text as it is in the language of messages. */
static struct cm_sv literal_message(struct cm_arena *arena, struct cm_sv text)
{
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, CM_KIB(64));
        for (size_t i = 0; i < text.len; i++)
                cm_buf_put_str(&out, text.ptr[i] == '{' ? "{{" : (char[]){ text.ptr[i], 0 });
        return cm_sv_dup(arena, cm_buf_sv(&out));
}

static int take_validation(struct loading *l, const struct bound *b, const struct cm_node *v,
                           struct cm_check_rule *rule, struct cm_err *err)
{
        int r = take(l, b, rule, v, "expression", &rule->expect, err);
        if (r == 0 && cm_node_get(v, "messageExpression") != NULL)
                r = take(l, b, rule, v, "messageExpression", &rule->message_expression, err);
        if (r < 0)
                return r;
        struct cm_sv message = cm_node_get_string(v, "message");
        rule->pos = v->pos;
        rule->message = literal_message(
                l->arena, message.len > 0 ? message
                                          : cm_sv_printf(l->arena, "failed expression: %.*s",
                                                         CM_SV_ARG(cm_sv_trim(rule->expect))));
        return 0;
}

/* What the constraints in rules are read from. */
static const struct cm_node *policy_node(struct cm_arena *arena, const struct bound *b)
{
        const struct cm_node_pos nowhere = { 0 };
        struct cm_node *map = cm_node_new_map(arena, nowhere);
        const struct cm_node *own = cm_node_path(b->policy->root, "spec", "matchConstraints", NULL);
        const struct cm_node *bound =
                b->binding == NULL ? NULL
                                   : cm_node_path(b->binding->root, "spec", "matchResources", NULL);
        const struct cm_node *none = cm_node_new_map(arena, nowhere);
        cm_node_put(arena, map, CM_SV("constraints"), nowhere, own != NULL ? own : none);
        cm_node_put(arena, map, CM_SV("binding"), nowhere, bound != NULL ? bound : none);
        return map;
}

/* What failing means: Deny stops the request, Warn and Audit only speak of it. */
static enum cm_severity severity_of(const struct bound *b)
{
        const struct cm_node *actions =
                b->binding == NULL
                        ? NULL
                        : cm_node_path(b->binding->root, "spec", "validationActions", NULL);
        enum cm_severity severity = actions == NULL ? CM_SEVERITY_HIGH : CM_SEVERITY_LOW;
        for (size_t i = 0; i < cm_node_count(actions); i++) {
                struct cm_sv action = cm_node_string(cm_node_at(actions, i));
                if (cm_sv_eq(action, CM_SV("Deny")))
                        return CM_SEVERITY_HIGH;
                if (cm_sv_eq(action, CM_SV("Warn")))
                        severity = CM_SEVERITY_MEDIUM;
        }
        return severity;
}

static int load_one(struct loading *l, const struct bound *b, struct cm_err *err)
{
        const struct cm_node *root = b->policy->root;
        const struct cm_node *validations = cm_node_path(root, "spec", "validations", NULL);
        size_t count = cm_node_count(validations);
        struct cm_check check = { .id = name_of(root),
                                  .severity = severity_of(b),
                                  .source = b->policy->source,
                                  .policy = policy_node(l->arena, b),
                                  .defaults = b->params };
        if (check.id.len == 0)
                return cm_node_wrong(b->policy->source, root->pos, err, "the policy has no name");
        if (cm_node_type(validations) != CM_NODE_LIST || count == 0)
                return cm_node_wrong(b->policy->source, root->pos, err,
                                     "the policy has no validations");
        check.title =
                b->binding == NULL
                        ? cm_sv_printf(l->arena, "Policy %.*s", CM_SV_ARG(check.id))
                        : cm_sv_printf(l->arena, "Policy %.*s, bound by %.*s", CM_SV_ARG(check.id),
                                       CM_SV_ARG(name_of(b->binding->root)));
        check.rationale = CM_SV("An admission policy that was given with --policy.");
        check.remediation = CM_SV("Change the object, or the policy that refuses it.");
        int r = take_variables(l, b, &check, err);
        struct cm_check_rule *rules = CM_NEW_ARRAY(l->arena, struct cm_check_rule, count);
        for (size_t i = 0; i < count && r == 0; i++) {
                rules[i] = (struct cm_check_rule){
                        .view = cm_check_view_find(CM_SV("k8s.admission")),
                        .versions = { 0, UINT32_MAX },
                        .variables = check.variables,
                        .variable_count = check.variable_count,
                };
                r = take_when(l, b, &rules[i], err);
                if (r == 0)
                        r = take_validation(l, b, cm_node_at(validations, i), &rules[i], err);
        }
        if (r < 0)
                return r;
        check.rules = rules;
        check.rule_count = count;
        *CM_VEC_PUSH(l->arena, &l->checks) = check;
        return 0;
}

/* Is it an object that the binding means by paramRef, of the policy's paramKind? */
static bool is_param(const struct bound *b, const struct cm_node *ref, const struct cm_node *o)
{
        const struct cm_node *kind = cm_node_path(b->policy->root, "spec", "paramKind", NULL);
        struct cm_sv in = cm_node_get_string(ref, "namespace");
        const struct cm_node *labels = cm_node_path(ref, "selector", "matchLabels", NULL);
        if (!cm_sv_eq(cm_node_get_string(o, "kind"), cm_node_get_string(kind, "kind")) ||
            !cm_sv_eq(cm_node_get_string(o, "apiVersion"), cm_node_get_string(kind, "apiVersion")))
                return false;
        if (in.len > 0 &&
            !cm_sv_eq(cm_node_get_string(cm_node_get(o, "metadata"), "namespace"), in))
                return false;
        for (size_t i = 0; i < cm_node_count(labels); i++)
                if (!cm_sv_eq(cm_node_string(
                                      cm_node_get_sv(cm_node_path(o, "metadata", "labels", NULL),
                                                     labels->map.members[i].key)),
                              cm_node_string(labels->map.members[i].value)))
                        return false;
        return cm_node_get(ref, "selector") != NULL ||
               cm_sv_eq(name_of(o), cm_node_get_string(ref, "name"));
}

static int load_bound(struct loading *l, struct bound *b, struct cm_err *err)
{
        const struct cm_node *ref = cm_node_path(b->binding->root, "spec", "paramRef", NULL);
        size_t found = 0;
        int r = 0;
        for (size_t i = 0; i < l->count && ref != NULL && r == 0; i++) {
                if (!is_param(b, ref, l->objects[i].root))
                        continue;
                found++;
                b->params = l->objects[i].root;
                r = load_one(l, b, err);
        }
        if (r < 0 || found > 0)
                return r;
        b->params = NULL;
        if (ref != NULL)
                b->params = cm_cel_unavailable_node(
                        l->arena, ref->pos,
                        CM_SV("the object that the binding names is not among the files"));
        return load_one(l, b, err);
}

int cm_policy_load(struct cm_arena *arena, const struct cm_policy_object *objects, size_t count,
                   const struct cm_check **ret, size_t *ret_count, struct cm_err *err)
{
        struct loading l = { .arena = arena, .objects = objects, .count = count };
        for (size_t i = 0; i < count; i++) {
                if (!is_admission(objects[i].root, "ValidatingAdmissionPolicy"))
                        continue;
                size_t bindings = 0;
                int r = 0;
                for (size_t j = 0; j < count && r == 0; j++) {
                        const struct cm_node *binding = objects[j].root;
                        if (!is_admission(binding, "ValidatingAdmissionPolicyBinding") ||
                            !cm_sv_eq(
                                    cm_node_get_string(cm_node_get(binding, "spec"), "policyName"),
                                    name_of(objects[i].root)))
                                continue;
                        struct bound b = { .policy = &objects[i], .binding = &objects[j] };
                        bindings++;
                        r = load_bound(&l, &b, err);
                }
                const struct bound alone = { .policy = &objects[i] };
                if (r == 0 && bindings == 0)
                        r = load_one(&l, &alone, err);
                if (r < 0)
                        return r;
        }
        *ret = l.checks.items;
        *ret_count = l.checks.count;
        return 0;
}
