/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of policies in one form, see serverless.h. */
#include "base/escape.h"
#include "check/serverless.h"

/* Actions that make one who has them more than he is, or give out what is secret; lower case. */
static const char *const sensitive[] = {
        "iam:passrole",
        "iam:createaccesskey",
        "iam:createloginprofile",
        "iam:updateloginprofile",
        "iam:attachuserpolicy",
        "iam:attachgrouppolicy",
        "iam:attachrolepolicy",
        "iam:putuserpolicy",
        "iam:putgrouppolicy",
        "iam:putrolepolicy",
        "iam:createpolicyversion",
        "iam:setdefaultpolicyversion",
        "iam:addusertogroup",
        "iam:updateassumerolepolicy",
        "sts:assumerole",
        "lambda:createfunction",
        "lambda:invokefunction",
        "lambda:createeventsourcemapping",
        "lambda:addpermission",
        "lambda:updatefunctioncode",
        "lambda:updatefunctionconfiguration",
        "ec2:runinstances",
        "ecs:runtask",
        "ecs:registertaskdefinition",
        "cloudformation:createstack",
        "codebuild:createproject",
        "codebuild:startbuild",
        "glue:createdevendpoint",
        "glue:createjob",
        "glue:updatedevendpoint",
        "datapipeline:createpipeline",
        "sagemaker:createnotebookinstance",
        "states:createstatemachine",
        "states:startexecution",
        "ssm:sendcommand",
        "ssm:getparameter",
        "ssm:getparameters",
        "ssm:getparametersbypath",
        "secretsmanager:getsecretvalue",
        "kms:decrypt",
        "s3:getobject",
        "s3:putobject",
        "s3:putbucketpolicy",
        "dynamodb:scan",
        "dynamodb:getitem",
        "dynamodb:putitem",
        "dynamodb:deletetable",
};

/* In patterns of IAM "*" is any text and "?" one character. */
static bool any_fits(const struct cm_node *patterns, struct cm_sv text)
{
        for (size_t i = 0; i < cm_node_count(patterns); i++)
                if (cm_sv_is_like(text, cm_node_string(cm_node_at(patterns, i)), '?'))
                        return true;
        return false;
}

/* Which of the table the statement names, by what it lists or by what it leaves out. */
const struct cm_node *cm_serverless_sensitive(struct cm_serverless *cx,
                                              const struct cm_node *actions,
                                              const struct cm_node *not_actions)
{
        struct cm_node *list = cm_serverless_list(cx, actions->pos);
        bool is_not = cm_node_count(not_actions) > 0;
        for (size_t i = 0; i < CM_ARRAY_LEN(sensitive); i++) {
                struct cm_sv action = cm_sv_from_cstr(sensitive[i]);
                if (is_not ? !any_fits(not_actions, action) : any_fits(actions, action))
                        cm_serverless_add(cx, list, cm_serverless_text(cx, actions->pos, action));
        }
        cm_serverless_add(cx, list, cm_serverless_first_unknown(actions));
        cm_serverless_add(cx, list, cm_serverless_first_unknown(not_actions));
        return list;
}

/* IAM compares actions without case. */
static const struct cm_node *make_actions(struct cm_serverless *cx, const struct cm_node *statement,
                                          const char *key)
{
        const struct cm_node *texts =
                cm_serverless_as_texts(cx, cm_serverless_get(statement, key), statement->pos);
        if (cm_serverless_is_unknown(texts))
                return texts;
        struct cm_node *list = cm_serverless_list(cx, texts->pos);
        for (size_t i = 0; i < cm_node_count(texts); i++) {
                const struct cm_node *n = cm_node_at(texts, i);
                struct cm_sv lower = cm_sv_lower(cx->arena, cm_node_string(n));
                cm_serverless_add(
                        cx, list,
                        cm_serverless_is_unknown(n) ? n : cm_serverless_text(cx, n->pos, lower));
        }
        return list;
}

/* "*", or {AWS: [...], Service: ...}: each as "AWS:...". "AWS:*" is "*". */
static const struct cm_node *make_principals(struct cm_serverless *cx, const struct cm_node *n,
                                             struct cm_node_pos pos)
{
        if (n == NULL || cm_serverless_is_unknown(n))
                return n == NULL ? cm_serverless_list(cx, pos) : n;
        if (n->type != CM_NODE_MAP)
                return cm_serverless_as_texts(cx, n, pos);
        struct cm_node *list = cm_serverless_list(cx, n->pos);
        for (size_t i = 0; i < n->map.count; i++) {
                const struct cm_node *of = n->map.members[i].value;
                const struct cm_node *texts = cm_serverless_as_texts(cx, of, n->pos);
                cm_serverless_add(cx, list, cm_serverless_is_unknown(texts) ? texts : NULL);
                for (size_t j = 0; j < cm_node_count(texts); j++) {
                        const struct cm_node *t = cm_node_at(texts, j);
                        struct cm_sv name = cm_sv_printf(cx->arena, "%.*s:%.*s",
                                                         CM_SV_ARG(n->map.members[i].key),
                                                         CM_SV_ARG(cm_node_string(t)));
                        if (cm_sv_eq(name, CM_SV("AWS:*")))
                                name = CM_SV("*");
                        cm_serverless_add(cx, list,
                                          cm_serverless_is_unknown(t)
                                                  ? t
                                                  : cm_serverless_text(cx, t->pos, name));
                }
        }
        return list;
}

/* Stars alone, up to the end or to what separates parts of a name. */
static bool is_star(struct cm_sv s)
{
        size_t n = 0;
        while (n < s.len && s.ptr[n] == '*')
                n++;
        return n > 0 && (n == s.len || s.ptr[n] == '/' || s.ptr[n] == ':');
}

/* What follows the fifth colon of an ARN, colons in symbols ("${AWS::Region}") not counted. */
static struct cm_sv resource_part(struct cm_sv arn)
{
        bool is_inside = false;
        size_t colons = 0;
        for (size_t i = 0; i < arn.len; i++) {
                if (arn.ptr[i] == '{' || arn.ptr[i] == '}')
                        is_inside = arn.ptr[i] == '{';
                else if (arn.ptr[i] == ':' && !is_inside && ++colons == 5)
                        return cm_sv_skip(arn, i + 1);
        }
        /* A star stands for all parts that follow. */
        return cm_sv_has_suffix(arn, CM_SV(":*")) ? CM_SV("*") : CM_SV("");
}

/* "*", or an ARN that names every object of its kind: "arn:aws:s3:::*", "arn:aws:iam::1:role/\*". */
static bool is_wide(struct cm_sv resource)
{
        static const char *const kinds[] = { "alias",  "cluster", "event-bus",       "function",
                                             "group",  "key",     "log-group",       "parameter",
                                             "policy", "role",    "secret",          "stateMachine",
                                             "stream", "table",   "task-definition", "user",
                                             NULL };
        if (!cm_sv_has_prefix(resource, CM_SV("arn:")))
                return is_star(resource);
        struct cm_sv part = resource_part(resource);
        size_t n = 0;
        while (n < part.len && part.ptr[n] != '/' && part.ptr[n] != ':' && part.ptr[n] != '*')
                n++;
        bool has_kinds = cm_sv_find(resource, CM_SV(":s3:")) < 0; /* buckets stand there alone */
        if (n == 0 || !has_kinds)
                return is_star(part);
        struct cm_sv name = cm_sv_skip(part, n);
        if (name.len > 0 && name.ptr[0] != '*')
                name = cm_sv_skip(name, 1);
        return cm_sv_is_any(cm_sv_slice(part, 0, n), kinds) && is_star(name);
}

static const struct cm_node *make_all_resources(struct cm_serverless *cx,
                                                const struct cm_node *resources,
                                                const struct cm_node *not_resources,
                                                struct cm_node_pos pos)
{
        bool is_all = cm_node_count(not_resources) > 0; /* all but a few */
        for (size_t i = 0; i < cm_node_count(resources); i++)
                is_all = is_all || is_wide(cm_node_string(cm_node_at(resources, i)));
        const struct cm_node *doubt = cm_serverless_first_unknown(resources);
        if (!is_all && doubt == NULL)
                doubt = cm_serverless_first_unknown(not_resources);
        return !is_all && doubt != NULL ? doubt : cm_serverless_bool(cx, pos, is_all);
}

const struct cm_node *cm_serverless_statement(struct cm_serverless *cx,
                                              const struct cm_serverless_policy *policy,
                                              const struct cm_node *s)
{
        if (cm_serverless_is_unknown(s))
                return s;
        if (cm_node_type(s) != CM_NODE_MAP)
                return cm_serverless_unknown(cx, s->pos, "a statement must be a mapping");
        struct cm_node_pos pos = s->pos;
        struct cm_node *out = cm_serverless_map(cx, pos);
        const struct cm_node *actions = make_actions(cx, s, "Action");
        const struct cm_node *not_actions = make_actions(cx, s, "NotAction");
        const struct cm_node *resources =
                cm_serverless_as_texts(cx, cm_serverless_get(s, "Resource"), pos);
        const struct cm_node *not_resources =
                cm_serverless_as_texts(cx, cm_serverless_get(s, "NotResource"), pos);
        const struct cm_node *conditions = cm_serverless_get(s, "Condition");
        const struct cm_node *effect =
                cm_serverless_as_text(cx, cm_serverless_get(s, "Effect"), NULL);
        if (effect == NULL)
                effect = cm_serverless_unknown(cx, pos, "the statement has no Effect");
        cm_serverless_put(cx, out, "effect", effect);
        cm_serverless_put(cx, out, "actions", actions);
        cm_serverless_put(cx, out, "not_actions", not_actions);
        cm_serverless_put(cx, out, "sensitive", cm_serverless_sensitive(cx, actions, not_actions));
        cm_serverless_put(cx, out, "resources", resources);
        cm_serverless_put(cx, out, "not_resources", not_resources);
        cm_serverless_put(cx, out, "all_resources",
                          make_all_resources(cx, resources, not_resources, pos));
        cm_serverless_put(cx, out, "principals",
                          make_principals(cx, cm_serverless_get(s, "Principal"), pos));
        cm_serverless_put(cx, out, "not_principals",
                          make_principals(cx, cm_serverless_get(s, "NotPrincipal"), pos));
        cm_serverless_put(cx, out, "conditions",
                          conditions != NULL ? conditions : cm_serverless_map(cx, pos));
        cm_serverless_put(cx, out, "condition_keys",
                          cm_serverless_condition_keys(cx, conditions, pos));
        cm_serverless_put(cx, out, "narrowed_by", cm_serverless_narrowing(cx, conditions, pos));
        cm_serverless_put(cx, out, "owner", cm_serverless_text(cx, pos, policy->owner));
        cm_serverless_put(cx, out, "policy", cm_serverless_text(cx, pos, policy->name));
        cm_serverless_put(cx, out, "kind",
                          cm_serverless_text(cx, pos, cm_sv_from_cstr(policy->kind)));
        cm_serverless_put(cx, out, "source",
                          cm_serverless_text(cx, pos, cm_sv_from_cstr(policy->source)));
        return out;
}

void cm_serverless_statements(struct cm_serverless *cx, const struct cm_serverless_policy *policy,
                              const struct cm_node *document, struct cm_node *list)
{
        if (document == NULL)
                return;
        const struct cm_node *statements = document;
        if (document->type == CM_NODE_MAP) {
                statements = cm_serverless_get(document, "Statement");
                if (statements == NULL && cm_node_get(document, "Effect") != NULL)
                        statements = document;
        }
        if (statements == NULL) {
                cm_serverless_add(
                        cx, list,
                        cm_serverless_unknown(cx, document->pos, "the policy has no Statement"));
        } else if (statements->type != CM_NODE_LIST) {
                cm_serverless_add(cx, list, cm_serverless_statement(cx, policy, statements));
        } else {
                for (size_t i = 0; i < statements->list.count; i++)
                        cm_serverless_add(
                                cx, list,
                                cm_serverless_statement(cx, policy, statements->list.items[i]));
        }
}
