/* SPDX-License-Identifier: Apache-2.0 */
/* Roles with all that gives them rights. See serverless.h. */
#include "check/serverless.h"

static bool is_type(const struct cm_node *resource, const char *type)
{
        return cm_sv_eq(cm_node_get_string(resource, "Type"), cm_sv_from_cstr(type));
}

/* Lists that become one role. */
struct rights {
        struct cm_serverless_policy policy;
        struct cm_node *statements;
        struct cm_node *managed;
};

/* AWS::IAM::Policy and ManagedPolicy that say whose they are, or that the role names. */
static void add_attached(struct cm_serverless *cx, const struct cm_serverless_named *role,
                         struct rights *to)
{
        for (size_t i = 0; i < cm_node_count(cx->resources); i++) {
                const struct cm_node_member *m = &cx->resources->map.members[i];
                const struct cm_node *p = cm_node_get(m->value, "Properties");
                bool is_managed = is_type(m->value, "AWS::IAM::ManagedPolicy");
                bool is_inline = is_type(m->value, "AWS::IAM::RolePolicy");
                if (!is_managed && !is_inline && !is_type(m->value, "AWS::IAM::Policy"))
                        continue;
                const struct cm_node *of = cm_serverless_get(p, is_inline ? "RoleName" : "Roles");
                enum cm_serverless_refers r = cm_serverless_any_refers(cx, of, role);
                struct cm_serverless_named own = cm_serverless_named_of(m);
                own.physical = cm_serverless_get(p, "ManagedPolicyName");
                if (is_managed && r != CM_SERVERLESS_SAME &&
                    cm_serverless_any_refers(cx, to->managed, &own) == CM_SERVERLESS_SAME)
                        r = CM_SERVERLESS_SAME;
                struct cm_serverless_policy policy = to->policy;
                policy.name = m->key;
                if (r == CM_SERVERLESS_SAME) {
                        cm_node_put(cx->arena, cx->attached, m->key, m->key_pos, m->value);
                        cm_serverless_statements(cx, &policy,
                                                 cm_serverless_get(p, "PolicyDocument"),
                                                 to->statements);
                } else if (r == CM_SERVERLESS_MAYBE) {
                        cm_serverless_add(cx, to->statements,
                                          cm_serverless_unknown(cx, m->value->pos,
                                                                "which roles have this policy is "
                                                                "not known"));
                }
        }
}

/* Connectors of SAM give rights that are not written out. */
static void add_connectors(struct cm_serverless *cx, const struct cm_node *role, struct rights *to)
{
        struct cm_sv user;
        for (size_t i = 0; i < cm_node_count(cx->resources); i++) {
                const struct cm_node_member *m = &cx->resources->map.members[i];
                const struct cm_node *source =
                        cm_serverless_get2(cm_node_get(m->value, "Properties"), "Source", "Id");
                bool is_own = cm_node_get(m->value, "Connectors") != NULL;
                if (!is_own && !is_type(m->value, "AWS::Serverless::Connector"))
                        continue;
                user = is_own ? m->key : cm_node_string(source);
                if (!cm_sv_eq(user, cm_node_string(role)))
                        continue;
                cm_serverless_add(cx, to->statements,
                                  cm_serverless_unknown(cx, m->value->pos,
                                                        "what a connector allows is not known"));
        }
}

static const struct cm_node *users_of(struct cm_serverless *cx, const struct cm_node *functions,
                                      struct cm_sv role, struct cm_node_pos pos)
{
        struct cm_node *list = cm_serverless_list(cx, pos);
        for (size_t i = 0; i < cm_node_count(functions); i++) {
                const struct cm_node_member *m = &functions->map.members[i];
                const struct cm_node *name = cm_serverless_get(m->value, "role");
                if (cm_serverless_is_unknown(name))
                        cm_serverless_add(cx, list, name);
                else if (cm_sv_eq(cm_node_string(name), role))
                        cm_serverless_add(cx, list, cm_serverless_text(cx, name->pos, m->key));
        }
        return list;
}

/* What the statements that allow, and managed policies, together name of the sensitive actions. */
static struct cm_node *allowed_of(struct cm_serverless *cx, const struct rights *of)
{
        struct cm_node *list = cm_serverless_list(cx, of->statements->pos);
        for (size_t i = 0; i < cm_node_count(of->statements); i++) {
                const struct cm_node *s = cm_node_at(of->statements, i);
                const struct cm_node *sensitive = cm_serverless_get(s, "sensitive");
                const struct cm_node *effect = cm_serverless_get(s, "effect");
                if (cm_serverless_is_unknown(s) || cm_serverless_is_unknown(effect))
                        cm_serverless_add(cx, list, cm_serverless_is_unknown(s) ? s : effect);
                else if (cm_sv_eq(cm_node_string(effect), CM_SV("Allow")))
                        for (size_t j = 0; j < cm_node_count(sensitive); j++)
                                cm_serverless_add(cx, list, cm_node_at(sensitive, j));
        }
        cm_serverless_managed_actions(cx, of->managed, list);
        return list;
}

static void add_policies(struct cm_serverless *cx, const struct cm_node *p, struct rights *to)
{
        const struct cm_node *policies = cm_serverless_get(p, "Policies");
        const struct cm_node *arns =
                cm_serverless_as_texts(cx, cm_serverless_get(p, "ManagedPolicyArns"), p->pos);
        cm_serverless_add(cx, to->managed, cm_serverless_is_unknown(arns) ? arns : NULL);
        for (size_t i = 0; i < cm_node_count(arns); i++)
                cm_serverless_add(cx, to->managed, cm_node_at(arns, i));
        for (size_t i = 0; cm_node_type(policies) == CM_NODE_LIST && i < policies->list.count;
             i++) {
                const struct cm_node *item = policies->list.items[i];
                const struct cm_node *document = cm_serverless_get(item, "PolicyDocument");
                to->policy.name = cm_node_get_string(item, "PolicyName");
                if (document != NULL && !cm_serverless_is_unknown(item))
                        cm_serverless_statements(cx, &to->policy, document, to->statements);
                else
                        cm_serverless_sam_policies(cx, &to->policy, item, to->statements,
                                                   to->managed);
        }
        if (policies != NULL && policies->type != CM_NODE_LIST)
                cm_serverless_sam_policies(cx, &to->policy, policies, to->statements, to->managed);
}

static const struct cm_node *make_role(struct cm_serverless *cx,
                                       const struct cm_serverless_named *named,
                                       const struct cm_node *p, const struct cm_node *functions)
{
        if (cm_serverless_is_unknown(p))
                return p;
        const struct cm_serverless_policy trust = { named->logical, CM_SV("trust"), "role",
                                                    "trust" };
        struct rights rights = { .policy = { named->logical, CM_SV(""), "role", "identity" },
                                 .statements = cm_serverless_list(cx, p->pos),
                                 .managed = cm_serverless_list(cx, p->pos) };
        struct cm_node *trusted = cm_serverless_list(cx, p->pos);
        const struct cm_node *users = users_of(cx, functions, named->logical, p->pos);
        add_policies(cx, p, &rights);
        add_attached(cx, named, &rights);
        for (size_t i = 0; i < cm_node_count(users); i++)
                add_connectors(cx, cm_node_at(users, i), &rights);
        cm_serverless_statements(cx, &trust, cm_serverless_get(p, "AssumeRolePolicyDocument"),
                                 trusted);
        struct cm_node *sensitive = allowed_of(cx, &rights);
        cm_serverless_add(cx, sensitive, cm_serverless_outside(cx, p->pos));
        cm_serverless_add(cx, rights.managed, cm_serverless_outside(cx, p->pos));
        struct cm_node *out = cm_serverless_map(cx, p->pos);
        cm_serverless_put(cx, out, "name", cm_serverless_text(cx, p->pos, named->logical));
        cm_serverless_put(cx, out, "statements", rights.statements);
        cm_serverless_put(cx, out, "trust", trusted);
        cm_serverless_put(cx, out, "managed", rights.managed);
        cm_serverless_put(cx, out, "boundary",
                          cm_serverless_as_text(cx, cm_serverless_get(p, "PermissionsBoundary"),
                                                cm_serverless_word(cx, p->pos, "")));
        cm_serverless_put(cx, out, "sensitive", sensitive);
        cm_serverless_put(cx, out, "functions", users);
        return out;
}

/* A role of which only the name is here: all that it may do is unknown. */
static const struct cm_node *make_foreign(struct cm_serverless *cx, const struct cm_node *name,
                                          const struct cm_node *functions)
{
        const struct cm_node *unknown =
                cm_serverless_unknown(cx, name->pos, "the role is described elsewhere");
        static const char *const keys[] = { "statements", "trust", "managed", "boundary",
                                            "sensitive" };
        struct cm_node *out = cm_serverless_map(cx, name->pos);
        cm_serverless_put(cx, out, "name", name);
        for (size_t i = 0; i < CM_ARRAY_LEN(keys); i++)
                cm_serverless_put(cx, out, keys[i], unknown);
        cm_serverless_put(cx, out, "functions", users_of(cx, functions, name->text, name->pos));
        return out;
}

/* Roles that functions name and that nobody here describes: an ARN, or made by SAM. */
static void add_named(struct cm_serverless *cx, const struct cm_node *functions,
                      struct cm_node *out)
{
        for (size_t i = 0; i < cm_node_count(functions); i++) {
                const struct cm_node *f = functions->map.members[i].value;
                const struct cm_node *name = cm_serverless_get(f, "role");
                const struct cm_node *p = cm_node_get(f, "properties");
                if (cm_node_type(name) != CM_NODE_STRING || cm_node_get_sv(out, name->text) != NULL)
                        continue;
                bool is_made = cm_serverless_get(p, "Role") == NULL;
                const struct cm_serverless_named named = { .logical = name->text };
                if (is_made && cm_sv_eq(cm_node_get_string(f, "form"), CM_SV("cloudformation")))
                        continue; /* without a role: an error that its deployment finds */
                cm_node_put(cx->arena, out, name->text, is_made ? p->pos : name->pos,
                            is_made ? make_role(cx, &named, p, functions)
                                    : make_foreign(cx, name, functions));
        }
}

/* Roles that SAM makes for state machines. */
static void add_machines(struct cm_serverless *cx, const struct cm_node *functions,
                         struct cm_node *out)
{
        for (size_t i = 0; i < cm_node_count(cx->resources); i++) {
                const struct cm_node_member *m = &cx->resources->map.members[i];
                const struct cm_node *p = cm_node_get(m->value, "Properties");
                const struct cm_serverless_named named = { .logical = cm_sv_join(cx->arena, m->key,
                                                                                 CM_SV("Role")) };
                if (is_type(m->value, "AWS::Serverless::StateMachine") &&
                    cm_serverless_get(p, "Role") == NULL)
                        cm_node_put(cx->arena, out, named.logical, m->key_pos,
                                    make_role(cx, &named,
                                              cm_serverless_with_globals(cx, "StateMachine", p),
                                              functions));
        }
}

const struct cm_node *cm_serverless_roles(struct cm_serverless *cx, const struct cm_node *functions)
{
        struct cm_node *out = cm_serverless_map(cx, cx->root->pos);
        for (size_t i = 0; i < cm_node_count(cx->resources); i++) {
                const struct cm_node_member *m = &cx->resources->map.members[i];
                const struct cm_serverless_named named = cm_serverless_named_of(m);
                if (is_type(m->value, "AWS::IAM::Role"))
                        cm_node_put(cx->arena, out, m->key, m->key_pos,
                                    make_role(cx, &named, cm_node_get(m->value, "Properties"),
                                              functions));
        }
        if (cx->form == CM_SERVERLESS_FRAMEWORK) {
                const struct cm_serverless_named named = { .logical = CM_SV(
                                                                   "IamRoleLambdaExecution") };
                const struct cm_node *p = cm_serverless_framework_role(cx);
                const struct cm_node *users = users_of(cx, functions, named.logical, p->pos);
                /* Rights that are given are made a role, also when each function has its own. */
                if (cm_node_count(users) > 0 || cm_serverless_is_unknown(p) ||
                    cm_node_get(p, "Policies") != NULL ||
                    cm_node_get(p, "ManagedPolicyArns") != NULL)
                        cm_node_put(cx->arena, out, named.logical, p->pos,
                                    make_role(cx, &named, p, functions));
        }
        add_machines(cx, functions, out);
        add_named(cx, functions, out);
        return out;
}
