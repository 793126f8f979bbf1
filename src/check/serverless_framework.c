/* SPDX-License-Identifier: Apache-2.0 */
/* serverless.yml: its functions and their role with the members that SAM has. See serverless.h. */
#include "check/serverless.h"

struct renamed {
        const char *key;
        const char *as;
        bool of_provider; /* `provider` may say it for all functions */
};

static const struct renamed members[] = {
        { "runtime", "Runtime", true },
        { "handler", "Handler", false },
        { "memorySize", "MemorySize", true },
        { "timeout", "Timeout", true },
        { "awsKmsKeyArn", "KmsKeyArn", false }, /* older than the next one */
        { "kmsKeyArn", "KmsKeyArn", true },
        { "layers", "Layers", true },
        { "reservedConcurrency", "ReservedConcurrentExecutions", false },
        { "name", "FunctionName", false },
        { "architecture", "Architectures", true },
        { "logRetentionInDays", "x-log-retention", true },
};

static const struct cm_node *one(struct cm_serverless *cx, struct cm_node_pos pos, const char *key,
                                 const struct cm_node *value)
{
        struct cm_node *map = cm_serverless_map(cx, pos);
        cm_serverless_put(cx, map, key, value);
        return map;
}

static void put_url(struct cm_serverless *cx, struct cm_node *out, const struct cm_node *url)
{
        if (url == NULL || (url->type == CM_NODE_BOOL && !url->boolean))
                return;
        if (cm_serverless_is_unknown(url)) {
                cm_serverless_put(cx, out, "FunctionUrlConfig", url);
                return;
        }
        struct cm_node *made = cm_serverless_map(cx, url->pos);
        const struct cm_node *auth = cm_serverless_get(url, "authorizer");
        const struct cm_node *cors = cm_serverless_get(url, "cors");
        const struct cm_node *authorizer = cm_serverless_as_text(cx, auth, NULL);
        if (cm_sv_eq(cm_node_string(authorizer), CM_SV("aws_iam")))
                authorizer = cm_serverless_word(cx, authorizer->pos, "AWS_IAM");
        cm_serverless_put(cx, made, "AuthType",
                          authorizer != NULL ? authorizer
                                             : cm_serverless_word(cx, url->pos, "NONE"));
        if (cm_node_type(cors) == CM_NODE_BOOL && cors->boolean) {
                cm_serverless_put(
                        cx, made, "Cors",
                        one(cx, cors->pos, "AllowOrigins", cm_serverless_word(cx, cors->pos, "*")));
        } else if (cm_node_type(cors) == CM_NODE_MAP) {
                struct cm_node *c = cm_serverless_map(cx, cors->pos);
                const struct cm_node *origins = cm_serverless_get(cors, "allowedOrigins");
                cm_serverless_put(cx, c, "AllowOrigins",
                                  origins != NULL ? origins
                                                  : cm_serverless_word(cx, cors->pos, "*"));
                cm_serverless_put(cx, c, "AllowCredentials",
                                  cm_serverless_get(cors, "allowCredentials"));
                cm_serverless_put(cx, made, "Cors", c);
        }
        cm_serverless_put(cx, out, "FunctionUrlConfig", made);
}

/* Names of events as SAM has them; what is not here keeps its own, which nothing knows. */
static struct cm_sv event_type(struct cm_sv key)
{
        static const char *const types[][2] = { { "http", "Api" },
                                                { "httpApi", "HttpApi" },
                                                { "websocket", "WebSocket" },
                                                { "s3", "S3" },
                                                { "sns", "SNS" },
                                                { "sqs", "SQS" },
                                                { "stream", "Stream" },
                                                { "schedule", "Schedule" },
                                                { "eventBridge", "EventBridgeRule" },
                                                { "cloudwatchEvent", "CloudWatchEvent" },
                                                { "cloudwatchLog", "CloudWatchLogs" },
                                                { "iot", "IoTRule" },
                                                { "alb", "Alb" },
                                                { "cloudFront", "CloudFront" },
                                                { "cognitoUserPool", "Cognito" },
                                                { "alexaSkill", "AlexaSkill" },
                                                { "msk", "MSK" },
                                                { "kafka", "SelfManagedKafka" },
                                                { "activemq", "MQ" },
                                                { "rabbitmq", "MQ" } };
        for (size_t i = 0; i < CM_ARRAY_LEN(types); i++)
                if (cm_sv_eq(key, cm_sv_from_cstr(types[i][0])))
                        return cm_sv_from_cstr(types[i][1]);
        return key;
}

/* `events` is a list of {type: what}, or of types alone. */
static const struct cm_node *make_events(struct cm_serverless *cx, const struct cm_node *events)
{
        if (events == NULL || cm_serverless_is_unknown(events))
                return events;
        struct cm_node *out = cm_serverless_map(cx, events->pos);
        for (size_t i = 0; events->type == CM_NODE_LIST && i < events->list.count; i++) {
                const struct cm_node *e = events->list.items[i];
                if (cm_serverless_is_unknown(e))
                        return e;
                bool is_alone = cm_node_type(e) == CM_NODE_STRING;
                size_t count = is_alone ? 1 : cm_node_type(e) == CM_NODE_MAP ? e->map.count : 0;
                for (size_t j = 0; j < count; j++) {
                        const struct cm_node_member *m = is_alone ? NULL : &e->map.members[j];
                        struct cm_node *made = cm_serverless_map(cx, e->pos);
                        struct cm_sv type = event_type(is_alone ? e->text : m->key);
                        cm_serverless_put(cx, made, "Type", cm_serverless_text(cx, e->pos, type));
                        cm_serverless_put(cx, made, "Properties", is_alone ? NULL : m->value);
                        cm_node_put(cx->arena, out, cm_sv_printf(cx->arena, "%zu.%zu", i, j),
                                    e->pos, made);
                }
        }
        return out;
}

static const struct cm_node *make_tracing(struct cm_serverless *cx, const struct cm_node *n)
{
        if (cm_node_type(n) == CM_NODE_BOOL)
                return cm_serverless_word(cx, n->pos, n->boolean ? "Active" : "");
        return n;
}

/* An ARN that `provider` names, or the role that the framework makes for all functions. */
static const struct cm_node *shared_role(struct cm_serverless *cx, const struct cm_node *provider,
                                         struct cm_node_pos pos)
{
        const struct cm_node *role = cm_serverless_get2(provider, "iam", "role");
        if (role == NULL)
                role = cm_serverless_get(provider, "role");
        if (cm_node_type(role) == CM_NODE_STRING || cm_serverless_is_unknown(role))
                return role;
        return cm_serverless_word(cx, pos, "IamRoleLambdaExecution");
}

/* Statements of a role of the function's own (the plugin serverless-iam-roles-per-function). */
static const struct cm_node *own_statements(struct cm_serverless *cx,
                                            const struct cm_node *provider, const struct cm_node *f)
{
        const struct cm_node *own = cm_serverless_get(f, "iamRoleStatements");
        const struct cm_node *inherits = cm_serverless_get(f, "iamRoleStatementsInherit");
        const struct cm_node *all =
                cm_serverless_get(cm_serverless_get2(provider, "iam", "role"), "statements");
        if (inherits == NULL)
                inherits = cm_serverless_get(
                        cm_serverless_get2(cx->root, "custom", "serverless-iam-roles-per-function"),
                        "defaultInherit");
        if (all == NULL)
                all = cm_serverless_get(provider, "iamRoleStatements");
        if (own == NULL || cm_serverless_is_unknown(inherits))
                return own == NULL ? NULL : inherits;
        return cm_node_bool(inherits, false) ? cm_serverless_merge(cx, all, own) : own;
}

/* "service-stage-function". */
static const struct cm_node *full_name(struct cm_serverless *cx, struct cm_sv key,
                                       struct cm_node_pos pos)
{
        const struct cm_node *service = cm_serverless_get(cx->root, "service");
        const struct cm_node *stage = cm_serverless_get2(cx->root, "provider", "stage");
        if (cm_node_type(service) == CM_NODE_MAP)
                service = cm_serverless_get(service, "name");
        if (stage == NULL)
                stage = cm_serverless_word(cx, pos, "dev");
        if (cm_node_type(service) != CM_NODE_STRING || cm_node_type(stage) != CM_NODE_STRING)
                return cm_serverless_unknown(cx, pos, "the name of the function is not known");
        return cm_serverless_text(cx, pos,
                                  cm_sv_printf(cx->arena, "%.*s-%.*s-%.*s",
                                               CM_SV_ARG(service->text), CM_SV_ARG(stage->text),
                                               CM_SV_ARG(key)));
}

/* What the framework takes when nothing is said. */
static void put_defaults(struct cm_serverless *cx, struct cm_node *out, struct cm_sv key,
                         struct cm_node_pos pos)
{
        if (cm_node_get(out, "FunctionName") == NULL)
                cm_serverless_put(cx, out, "FunctionName", full_name(cx, key, pos));
        if (cm_node_get(out, "MemorySize") == NULL)
                cm_serverless_put(cx, out, "MemorySize", cm_serverless_int(cx, pos, 1024));
        if (cm_node_get(out, "Timeout") == NULL)
                cm_serverless_put(cx, out, "Timeout", cm_serverless_int(cx, pos, 6));
        if (cm_node_get(out, "Runtime") == NULL && cm_node_get(out, "ImageUri") == NULL)
                cm_serverless_put(
                        cx, out, "Runtime",
                        cm_serverless_unknown(cx, pos, "the framework chooses the runtime"));
        if (cm_node_get(out, "KmsKeyArn") == NULL)
                cm_serverless_put(cx, out, "KmsKeyArn",
                                  cm_serverless_get2(cx->root, "service", "awsKmsKeyArn"));
}

/* A URI, or the name of an image that the framework builds. */
static void put_image(struct cm_serverless *cx, struct cm_node *out, const struct cm_node *image)
{
        if (image == NULL)
                return;
        const struct cm_node *uri = cm_serverless_get(image, "uri");
        if (image->type == CM_NODE_MAP)
                image = uri != NULL ? uri : cm_serverless_get(image, "name");
        cm_serverless_put(cx, out, "ImageUri", image);
}

/* Where failed events go. */
static void put_failures(struct cm_serverless *cx, struct cm_node *out, const struct cm_node *f)
{
        const struct cm_node *queue = cm_serverless_get(f, "onError");
        const struct cm_node *failure = cm_serverless_get2(f, "destinations", "onFailure");
        if (queue != NULL)
                cm_serverless_put(cx, out, "DeadLetterQueue",
                                  one(cx, queue->pos, "TargetArn", queue));
        if (failure == NULL)
                return;
        const struct cm_node *arn =
                failure->type == CM_NODE_MAP ? cm_serverless_get(failure, "arn") : failure;
        cm_serverless_put(
                cx, out, "EventInvokeConfig",
                one(cx, failure->pos, "DestinationConfig",
                    one(cx, failure->pos, "OnFailure", one(cx, failure->pos, "Destination", arn))));
}

/* What stands in another place, or has another form, than in SAM. */
static void put_others(struct cm_serverless *cx, struct cm_node *out, const struct cm_node *f,
                       const struct cm_node *provider)
{
        const struct cm_node *tracing = cm_serverless_get(f, "tracing");
        const struct cm_node *subnets = cm_serverless_get2(f, "vpc", "subnetIds");
        const struct cm_node *storage = cm_serverless_get(f, "ephemeralStorageSize");
        const struct cm_node *variables =
                cm_serverless_merge(cx, cm_serverless_get(provider, "environment"),
                                    cm_serverless_get(f, "environment"));
        const struct cm_node *role = cm_serverless_get(f, "role");
        if (variables != NULL)
                cm_serverless_put(cx, out, "Environment",
                                  one(cx, variables->pos, "Variables", variables));
        if (storage != NULL)
                cm_serverless_put(cx, out, "EphemeralStorage",
                                  one(cx, storage->pos, "Size", storage));
        if (tracing == NULL)
                tracing = cm_serverless_get2(provider, "tracing", "lambda");
        cm_serverless_put(cx, out, "Tracing", make_tracing(cx, tracing));
        if (role == NULL && cm_serverless_get(f, "iamRoleStatements") == NULL)
                role = shared_role(cx, provider, f->pos);
        cm_serverless_put(cx, out, "Role", role);
        cm_serverless_put(cx, out, "Policies", own_statements(cx, provider, f));
        if (subnets == NULL)
                subnets = cm_serverless_get2(provider, "vpc", "subnetIds");
        cm_serverless_put(cx, out, "VpcConfig", one(cx, f->pos, "SubnetIds", subnets));
        cm_serverless_put(cx, out, "Events", make_events(cx, cm_serverless_get(f, "events")));
}

static const struct cm_node *make_function(struct cm_serverless *cx, struct cm_sv key,
                                           const struct cm_node *f)
{
        const struct cm_node *provider = cm_serverless_get(cx->root, "provider");
        if (cm_serverless_is_unknown(f) || cm_node_type(f) != CM_NODE_MAP)
                return cm_serverless_is_unknown(f)
                               ? f
                               : cm_serverless_unknown(cx, f->pos, "a function must be a mapping");
        struct cm_node *out = cm_serverless_map(cx, f->pos);
        for (size_t i = 0; i < CM_ARRAY_LEN(members); i++) {
                const struct cm_node *own = cm_serverless_get(f, members[i].key);
                const struct cm_node *all = cm_serverless_get(provider, members[i].key);
                cm_serverless_put(cx, out, members[i].as,
                                  own == NULL && members[i].of_provider ? all : own);
        }
        put_image(cx, out, cm_serverless_get(f, "image"));
        put_defaults(cx, out, key, f->pos);
        put_failures(cx, out, f);
        put_url(cx, out, cm_serverless_get(f, "url"));
        put_others(cx, out, f, provider);
        return out;
}

static void add_functions(struct cm_serverless *cx, const struct cm_node *functions,
                          struct cm_node *out)
{
        for (size_t i = 0; cm_node_type(functions) == CM_NODE_MAP && i < functions->map.count;
             i++) {
                const struct cm_node_member *m = &functions->map.members[i];
                cm_node_put(cx->arena, out, m->key, m->key_pos,
                            make_function(cx, m->key, m->value));
        }
        if (cm_serverless_is_unknown(functions))
                cm_node_put(cx->arena, out, CM_SV("functions"), functions->pos, functions);
}

/* A mapping, or a list of them. */
const struct cm_node *cm_serverless_framework_functions(struct cm_serverless *cx)
{
        const struct cm_node *functions = cm_serverless_get(cx->root, "functions");
        struct cm_node *out = cm_serverless_map(cx, cx->root->pos);
        if (cm_node_type(functions) == CM_NODE_LIST)
                for (size_t i = 0; i < functions->list.count; i++)
                        add_functions(cx, functions->list.items[i], out);
        else
                add_functions(cx, functions, out);
        return out;
}

const struct cm_node *cm_serverless_framework_role(struct cm_serverless *cx)
{
        const struct cm_node *provider = cm_node_get(cx->root, "provider");
        const struct cm_node *role = cm_serverless_get2(provider, "iam", "role");
        const struct cm_node *statements = cm_serverless_get(role, "statements");
        const struct cm_node *managed = cm_serverless_get(role, "managedPolicies");
        if (cm_serverless_is_unknown(role))
                return role;
        if (statements == NULL)
                statements = cm_serverless_get(provider, "iamRoleStatements");
        if (managed == NULL)
                managed = cm_serverless_get(provider, "iamManagedPolicies");
        struct cm_node *out = cm_serverless_map(
                cx, role != NULL ? role->pos : (provider != NULL ? provider : cx->root)->pos);
        cm_serverless_put(cx, out, "Policies", statements);
        cm_serverless_put(cx, out, "ManagedPolicyArns", managed);
        cm_serverless_put(cx, out, "PermissionsBoundary",
                          cm_serverless_get(role, "permissionsBoundary"));
        return out;
}
