/* SPDX-License-Identifier: Apache-2.0 */
/* Roles with all that gives them rights, and the policies that no role has. See serverless.h. */
#include "check/serverless.h"

static const struct cm_node *text_of(struct cm_serverless *cx, struct cm_node_pos pos,
                                     struct cm_sv text)
{
        return cm_serverless_text(cx, pos, text);
}

static bool is_type(const struct cm_node *resource, const char *type)
{
        return cm_sv_eq(cm_node_get_string(resource, "Type"), cm_sv_from_cstr(type));
}

static bool list_names(const struct cm_node *list, struct cm_sv name)
{
        for (size_t i = 0; i < cm_node_count(list); i++)
                if (cm_serverless_names(cm_node_at(list, i), name))
                        return true;
        return false;
}

/* AWS::IAM::Policy and ManagedPolicy that say whose they are, or that the role names. */
static void add_attached(struct cm_serverless *cx, const struct cm_serverless_policy *role,
                         const struct cm_node *managed, struct cm_node *statements)
{
        for (size_t i = 0; i < cm_node_count(cx->resources); i++) {
                const struct cm_node_member *m = &cx->resources->map.members[i];
                const struct cm_node *p = cm_node_get(m->value, "Properties");
                bool is_managed = is_type(m->value, "AWS::IAM::ManagedPolicy");
                if (!is_managed && !is_type(m->value, "AWS::IAM::Policy") &&
                    !is_type(m->value, "AWS::IAM::RolePolicy"))
                        continue;
                const struct cm_node *roles = cm_serverless_get(p, "Roles");
                if (!list_names(roles, role->owner) &&
                    !cm_serverless_names(cm_serverless_get(p, "RoleName"), role->owner) &&
                    !(is_managed && list_names(managed, m->key)))
                        continue;
                struct cm_serverless_policy policy = *role;
                policy.name = m->key;
                cm_serverless_statements(cx, &policy, cm_serverless_get(p, "PolicyDocument"),
                                         statements);
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
                        cm_serverless_add(cx, list, text_of(cx, name->pos, m->key));
        }
        return list;
}

/* What the statements that allow together name of the sensitive actions. */
static const struct cm_node *allowed_of(struct cm_serverless *cx, const struct cm_node *statements)
{
        struct cm_node *list = cm_serverless_list(cx, statements->pos);
        for (size_t i = 0; i < cm_node_count(statements); i++) {
                const struct cm_node *s = cm_node_at(statements, i);
                const struct cm_node *sensitive = cm_serverless_get(s, "sensitive");
                const struct cm_node *effect = cm_serverless_get(s, "effect");
                if (cm_serverless_is_unknown(s) || cm_serverless_is_unknown(effect))
                        cm_serverless_add(cx, list, cm_serverless_is_unknown(s) ? s : effect);
                else if (cm_sv_eq(cm_node_string(effect), CM_SV("Allow")))
                        for (size_t j = 0; j < cm_node_count(sensitive); j++)
                                cm_serverless_add(cx, list, cm_node_at(sensitive, j));
        }
        return list;
}

static const struct cm_node *make_role(struct cm_serverless *cx, struct cm_sv name,
                                       const struct cm_node *p, const struct cm_node *functions)
{
        if (cm_serverless_is_unknown(p))
                return p;
        struct cm_serverless_policy own = { name, CM_SV(""), "role", "identity" };
        const struct cm_serverless_policy trust = { name, CM_SV("trust"), "role", "trust" };
        const struct cm_node *policies = cm_serverless_get(p, "Policies");
        const struct cm_node *arns =
                cm_serverless_as_texts(cx, cm_serverless_get(p, "ManagedPolicyArns"), p->pos);
        struct cm_node *statements = cm_serverless_list(cx, p->pos);
        struct cm_node *trusted = cm_serverless_list(cx, p->pos);
        struct cm_node *managed = cm_serverless_list(cx, arns->pos);
        cm_serverless_add(cx, managed, cm_serverless_is_unknown(arns) ? arns : NULL);
        for (size_t i = 0; i < cm_node_count(arns); i++)
                cm_serverless_add(cx, managed, cm_node_at(arns, i));
        for (size_t i = 0; cm_node_type(policies) == CM_NODE_LIST && i < policies->list.count;
             i++) {
                const struct cm_node *item = policies->list.items[i];
                const struct cm_node *document = cm_serverless_get(item, "PolicyDocument");
                own.name = cm_node_get_string(item, "PolicyName");
                if (document != NULL)
                        cm_serverless_statements(cx, &own, document, statements);
                else
                        cm_serverless_sam_policies(cx, &own, item, statements, managed);
        }
        if (policies != NULL && policies->type != CM_NODE_LIST)
                cm_serverless_sam_policies(cx, &own, policies, statements, managed);
        add_attached(cx, &own, managed, statements);
        cm_serverless_statements(cx, &trust, cm_serverless_get(p, "AssumeRolePolicyDocument"),
                                 trusted);
        struct cm_node *out = cm_serverless_map(cx, p->pos);
        cm_serverless_put(cx, out, "name", text_of(cx, p->pos, name));
        cm_serverless_put(cx, out, "statements", statements);
        cm_serverless_put(cx, out, "trust", trusted);
        cm_serverless_put(cx, out, "managed", managed);
        cm_serverless_put(cx, out, "boundary",
                          cm_serverless_as_text(cx, cm_serverless_get(p, "PermissionsBoundary"),
                                                text_of(cx, p->pos, CM_SV(""))));
        cm_serverless_put(cx, out, "sensitive", allowed_of(cx, statements));
        cm_serverless_put(cx, out, "functions", users_of(cx, functions, name, p->pos));
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
                if (cm_node_type(name) != CM_NODE_STRING ||
                    cm_node_get_sv(out, name->text) != NULL)
                        continue;
                bool is_made = cm_node_get(p, "Role") == NULL;
                if (is_made &&
                    cm_sv_eq(cm_node_get_string(f, "form"), CM_SV("cloudformation")))
                        continue; /* a function without a role is an error that its deployment finds */
                struct cm_node *role = cm_serverless_map(cx, is_made ? p->pos : name->pos);
                cm_serverless_put(cx, role, "PermissionsBoundary",
                                  cm_node_get(p, "PermissionsBoundary"));
                cm_serverless_put(cx, role, "Policies",
                                  is_made ? cm_node_get(p, "Policies")
                                          : cm_serverless_unknown(cx, name->pos,
                                                                  "the role is described "
                                                                  "elsewhere"));
                if (!is_made) {
                        const struct cm_node *unknown = cm_node_get(role, "Policies");
                        cm_serverless_put(cx, role, "ManagedPolicyArns", unknown);
                        cm_serverless_put(cx, role, "AssumeRolePolicyDocument", unknown);
                        cm_serverless_put(cx, role, "PermissionsBoundary", unknown);
                }
                cm_node_put(cx->arena, out, name->text, role->pos,
                            make_role(cx, name->text, role, functions));
        }
}

const struct cm_node *cm_serverless_roles(struct cm_serverless *cx, const struct cm_node *functions)
{
        struct cm_node *out = cm_serverless_map(cx, cx->root->pos);
        for (size_t i = 0; i < cm_node_count(cx->resources); i++) {
                const struct cm_node_member *m = &cx->resources->map.members[i];
                if (is_type(m->value, "AWS::IAM::Role"))
                        cm_node_put(cx->arena, out, m->key, m->key_pos,
                                    make_role(cx, m->key, cm_node_get(m->value, "Properties"),
                                              functions));
        }
        if (cx->form == CM_SERVERLESS_FRAMEWORK) {
                static const char name[] = "IamRoleLambdaExecution";
                const struct cm_node *p = cm_serverless_framework_role(cx);
                const struct cm_node *users =
                        users_of(cx, functions, cm_sv_from_cstr(name), p->pos);
                if (cm_node_count(users) > 0 || cm_serverless_is_unknown(p))
                        cm_node_put(cx->arena, out, cm_sv_from_cstr(name), p->pos,
                                    make_role(cx, cm_sv_from_cstr(name), p, functions));
        }
        add_named(cx, functions, out);
        return out;
}

/* What a permission to call a function says, as a statement of the function's own policy. */
static const struct cm_node *from_permission(struct cm_serverless *cx, const struct cm_node *p)
{
        static const char *const keys[][2] = { { "SourceArn", "aws:SourceArn" },
                                               { "SourceAccount", "aws:SourceAccount" },
                                               { "PrincipalOrgID", "aws:PrincipalOrgID" },
                                               { "EventSourceToken",
                                                 "lambda:EventSourceToken" } };
        struct cm_node *s = cm_serverless_map(cx, p->pos);
        struct cm_node *conditions = cm_serverless_map(cx, p->pos);
        struct cm_node *equal = cm_serverless_map(cx, p->pos);
        for (size_t i = 0; i < CM_ARRAY_LEN(keys); i++)
                cm_serverless_put(cx, equal, keys[i][1], cm_serverless_get(p, keys[i][0]));
        cm_serverless_put(cx, conditions, "StringEquals", equal);
        cm_serverless_put(cx, s, "Effect", text_of(cx, p->pos, CM_SV("Allow")));
        cm_serverless_put(cx, s, "Action", cm_serverless_get(p, "Action"));
        cm_serverless_put(cx, s, "Resource", cm_serverless_get(p, "FunctionName"));
        cm_serverless_put(cx, s, "Principal", cm_serverless_get(p, "Principal"));
        cm_serverless_put(cx, s, "Condition",
                          cm_node_count(equal) > 0 ? conditions : NULL);
        return s;
}

struct policy_row {
        const char *type;
        const char *document;
        const char *of; /* member that says whose it is, or NULL: the resource itself */
        const char *kind;
        const char *source;
};

static const struct policy_row rows[] = {
        { "AWS::S3::BucketPolicy", "PolicyDocument", "Bucket", "bucket", "resource" },
        { "AWS::SQS::QueuePolicy", "PolicyDocument", "Queues", "queue", "resource" },
        { "AWS::SNS::TopicPolicy", "PolicyDocument", "Topics", "topic", "resource" },
        { "AWS::KMS::Key", "KeyPolicy", NULL, "key", "resource" },
        { "AWS::SecretsManager::ResourcePolicy", "ResourcePolicy", "SecretId", "secret",
          "resource" },
        { "AWS::ApiGateway::RestApi", "Policy", NULL, "api", "resource" },
        { "AWS::IAM::ManagedPolicy", "PolicyDocument", NULL, "managed policy", "identity" },
        { "AWS::IAM::Policy", "PolicyDocument", NULL, "policy", "identity" },
        { "AWS::IAM::User", "Policies", NULL, "user", "identity" },
        { "AWS::IAM::Group", "Policies", NULL, "group", "identity" },
        { "AWS::Lambda::Permission", NULL, "FunctionName", "function", "resource" },
};

/* Those of a role are the role's. */
static bool is_attached(const struct cm_node *p, const struct cm_node *resources)
{
        const struct cm_node *roles = cm_serverless_get(p, "Roles");
        for (size_t i = 0; i < cm_node_count(roles); i++)
                if (cm_node_get_sv(resources,
                                   cm_serverless_symbol(cm_node_string(cm_node_at(roles, i)))))
                        return true;
        return false;
}

static void add_row(struct cm_serverless *cx, const struct policy_row *row,
                    const struct cm_node_member *m, struct cm_node *list)
{
        const struct cm_node *p = cm_node_get(m->value, "Properties");
        const struct cm_node *of = row->of == NULL ? NULL : cm_serverless_get(p, row->of);
        if (cm_node_type(of) == CM_NODE_LIST)
                of = cm_node_at(of, 0);
        struct cm_serverless_policy policy = { m->key, m->key, row->kind, row->source };
        if (cm_node_type(of) == CM_NODE_STRING)
                policy.owner = cm_serverless_symbol(of->text);
        if (row->document == NULL) {
                cm_serverless_add(cx, list,
                                  cm_serverless_is_unknown(p)
                                          ? p
                                          : cm_serverless_statement(cx, &policy,
                                                                    from_permission(cx, p)));
                return;
        }
        const struct cm_node *document = cm_serverless_get(p, row->document);
        if (cm_node_type(document) != CM_NODE_LIST) {
                cm_serverless_statements(cx, &policy, document, list);
                return;
        }
        for (size_t i = 0; i < document->list.count; i++)
                cm_serverless_statements(
                        cx, &policy, cm_serverless_get(document->list.items[i], "PolicyDocument"),
                        list);
}

const struct cm_node *cm_serverless_other_statements(struct cm_serverless *cx)
{
        struct cm_node *list = cm_serverless_list(cx, cx->root->pos);
        for (size_t i = 0; i < cm_node_count(cx->resources); i++) {
                const struct cm_node_member *m = &cx->resources->map.members[i];
                for (size_t j = 0; j < CM_ARRAY_LEN(rows); j++)
                        if (is_type(m->value, rows[j].type) &&
                            !is_attached(cm_node_get(m->value, "Properties"), cx->resources))
                                add_row(cx, &rows[j], m, list);
        }
        return list;
}
