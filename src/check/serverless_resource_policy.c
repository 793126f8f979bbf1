/* SPDX-License-Identifier: Apache-2.0 */
/* Policies that no role of the template has: of buckets, queues, users ... See serverless.h. */
#include <string.h>

#include "check/serverless.h"

/* What a permission to call a function says, as a statement of the function's own policy. */
static const struct cm_node *from_permission(struct cm_serverless *cx, const struct cm_node *p)
{
        static const char *const keys[][2] = { { "SourceArn", "aws:SourceArn" },
                                               { "SourceAccount", "aws:SourceAccount" },
                                               { "PrincipalOrgID", "aws:PrincipalOrgID" },
                                               { "EventSourceToken", "lambda:EventSourceToken" } };
        struct cm_node *s = cm_serverless_map(cx, p->pos);
        struct cm_node *conditions = cm_serverless_map(cx, p->pos);
        struct cm_node *equal = cm_serverless_map(cx, p->pos);
        for (size_t i = 0; i < CM_ARRAY_LEN(keys); i++)
                cm_serverless_put(cx, equal, keys[i][1], cm_serverless_get(p, keys[i][0]));
        cm_serverless_put(cx, conditions, "StringEquals", equal);
        cm_serverless_put(cx, s, "Effect", cm_serverless_word(cx, p->pos, "Allow"));
        cm_serverless_put(cx, s, "Action", cm_serverless_get(p, "Action"));
        cm_serverless_put(cx, s, "Resource", cm_serverless_get(p, "FunctionName"));
        cm_serverless_put(cx, s, "Principal", cm_serverless_get(p, "Principal"));
        cm_serverless_put(cx, s, "Condition", cm_node_count(equal) > 0 ? conditions : NULL);
        return s;
}

struct policy_row {
        const char *type;
        const char *document; /* NULL: a permission */
        const char *of;       /* member that says whose it is, or NULL: the resource itself */
        const char *kind;
        const char *source;
};

static const struct policy_row rows[] = {
        { "AWS::S3::BucketPolicy", "PolicyDocument", "Bucket", "bucket", "resource" },
        { "AWS::S3::AccessPoint", "Policy", "Bucket", "bucket", "resource" },
        { "AWS::SQS::QueuePolicy", "PolicyDocument", "Queues", "queue", "resource" },
        { "AWS::SQS::QueueInlinePolicy", "PolicyDocument", "Queue", "queue", "resource" },
        { "AWS::SNS::TopicPolicy", "PolicyDocument", "Topics", "topic", "resource" },
        { "AWS::SNS::TopicInlinePolicy", "PolicyDocument", "TopicArn", "topic", "resource" },
        { "AWS::KMS::Key", "KeyPolicy", NULL, "key", "resource" },
        { "AWS::SecretsManager::ResourcePolicy", "ResourcePolicy", "SecretId", "secret",
          "resource" },
        { "AWS::DynamoDB::Table", "ResourcePolicy", NULL, "table", "resource" },
        { "AWS::Kinesis::ResourcePolicy", "ResourcePolicy", "ResourceArn", "stream", "resource" },
        { "AWS::ECR::Repository", "RepositoryPolicyText", NULL, "repository", "resource" },
        { "AWS::EFS::FileSystem", "FileSystemPolicy", NULL, "file system", "resource" },
        { "AWS::Events::EventBusPolicy", "Statement", "EventBusName", "event bus", "resource" },
        { "AWS::OpenSearchService::Domain", "AccessPolicies", NULL, "search domain", "resource" },
        { "AWS::Elasticsearch::Domain", "AccessPolicies", NULL, "search domain", "resource" },
        { "AWS::ApiGateway::RestApi", "Policy", NULL, "api", "resource" },
        { "AWS::IAM::ManagedPolicy", "PolicyDocument", NULL, "managed policy", "identity" },
        { "AWS::IAM::Policy", "PolicyDocument", NULL, "policy", "identity" },
        { "AWS::IAM::RolePolicy", "PolicyDocument", NULL, "policy", "identity" },
        { "AWS::IAM::UserPolicy", "PolicyDocument", "UserName", "user", "identity" },
        { "AWS::IAM::GroupPolicy", "PolicyDocument", "GroupName", "group", "identity" },
        { "AWS::IAM::User", "Policies", NULL, "user", "identity" },
        { "AWS::IAM::Group", "Policies", NULL, "group", "identity" },
        { "AWS::Lambda::Permission", NULL, "FunctionName", "function", "resource" },
        { "AWS::Lambda::LayerVersionPermission", NULL, "LayerVersionArn", "layer", "resource" },
};

static void add_document(struct cm_serverless *cx, const struct cm_serverless_policy *policy,
                         const struct cm_node *document, struct cm_node *list)
{
        if (cm_node_type(document) != CM_NODE_LIST) {
                const struct cm_node *inner = cm_node_get(document, "PolicyDocument");
                cm_serverless_statements(cx, policy, inner != NULL ? inner : document, list);
                return;
        }
        for (size_t i = 0; i < document->list.count; i++)
                cm_serverless_statements(
                        cx, policy, cm_serverless_get(document->list.items[i], "PolicyDocument"),
                        list);
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
        if (cm_serverless_is_unknown(p))
                cm_serverless_add(cx, list, p);
        else if (row->document == NULL)
                cm_serverless_add(cx, list,
                                  cm_serverless_statement(cx, &policy, from_permission(cx, p)));
        else
                add_document(cx, &policy, cm_serverless_get(p, row->document), list);
}

/* Who may call an API, where it is not a document of its own. */
static void add_api_policies(struct cm_serverless *cx, struct cm_node *list)
{
        const struct cm_serverless_policy own = { CM_SV("restApi"), CM_SV("resourcePolicy"), "api",
                                                  "resource" };
        const struct cm_node *provider = cm_serverless_get(cx->root, "provider");
        cm_serverless_statements(
                cx, &own, cm_serverless_get2(provider, "apiGateway", "resourcePolicy"), list);
        for (size_t i = 0; i < cm_node_count(cx->resources); i++) {
                const struct cm_node_member *m = &cx->resources->map.members[i];
                const struct cm_serverless_policy policy = { m->key, m->key, "api", "resource" };
                if (!cm_sv_eq(cm_node_get_string(m->value, "Type"), CM_SV("AWS::Serverless::Api")))
                        continue;
                const struct cm_node *p =
                        cm_serverless_with_globals(cx, "Api", cm_node_get(m->value, "Properties"));
                cm_serverless_statements(
                        cx, &policy,
                        cm_serverless_get(cm_serverless_get2(p, "Auth", "ResourcePolicy"),
                                          "CustomStatements"),
                        list);
        }
}

const struct cm_node *cm_serverless_other_statements(struct cm_serverless *cx)
{
        struct cm_node *list = cm_serverless_list(cx, cx->root->pos);
        add_api_policies(cx, list);
        for (size_t i = 0; i < cm_node_count(cx->resources); i++) {
                const struct cm_node_member *m = &cx->resources->map.members[i];
                for (size_t j = 0; j < CM_ARRAY_LEN(rows); j++)
                        if (cm_sv_eq(cm_node_get_string(m->value, "Type"),
                                     cm_sv_from_cstr(rows[j].type)) &&
                            cm_node_get_sv(cx->attached, m->key) == NULL)
                                add_row(cx, &rows[j], m, list);
        }
        cm_serverless_add(cx, list, cm_serverless_outside(cx, cx->root->pos));
        return list;
}

/* Statements of policies of this resource; unknown where a policy may be its own. */
const struct cm_node *cm_serverless_policies_of(struct cm_serverless *cx,
                                                const struct cm_node_member *resource)
{
        struct cm_node *list = cm_serverless_list(cx, resource->value->pos);
        const struct cm_serverless_named named = cm_serverless_named_of(resource);
        for (size_t i = 0; i < cm_node_count(cx->resources); i++) {
                const struct cm_node_member *m = &cx->resources->map.members[i];
                for (size_t j = 0; j < CM_ARRAY_LEN(rows); j++) {
                        const struct policy_row *row = &rows[j];
                        if (strcmp(row->source, "resource") != 0 || row->of == NULL ||
                            row->document == NULL ||
                            !cm_sv_eq(cm_node_get_string(m->value, "Type"),
                                      cm_sv_from_cstr(row->type)))
                                continue;
                        const struct cm_node *p = cm_node_get(m->value, "Properties");
                        enum cm_serverless_refers r =
                                cm_serverless_any_refers(cx, cm_serverless_get(p, row->of), &named);
                        if (r == CM_SERVERLESS_MAYBE ||
                            (r == CM_SERVERLESS_SAME && cm_node_get(m->value, "Condition") != NULL))
                                cm_serverless_add(
                                        cx, list,
                                        cm_serverless_unknown(cx, m->value->pos,
                                                              "whether this policy counts is not "
                                                              "known"));
                        else if (r == CM_SERVERLESS_SAME)
                                add_row(cx, row, m, list);
                }
        }
        cm_serverless_add(cx, list, cm_serverless_outside(cx, resource->value->pos));
        return list;
}
