/* SPDX-License-Identifier: Apache-2.0 */
/* Functions in one form: those of SAM, of CloudFormation and of serverless.yml. See serverless.h. */
#include "check/serverless.h"

static const struct cm_node *text_at(struct cm_serverless *cx, struct cm_node_pos pos,
                                     const char *text)
{
        return cm_serverless_text(cx, pos, cm_sv_from_cstr(text));
}

/* Maps of Globals and of the function are merged, lists joined, anything else is the function's. */
static const struct cm_node *merge(struct cm_serverless *cx, const struct cm_node *global,
                                   const struct cm_node *own)
{
        if (global == NULL || own == NULL)
                return own != NULL ? own : global;
        if (global->type == CM_NODE_LIST && own->type == CM_NODE_LIST) {
                struct cm_node *list = cm_serverless_list(cx, own->pos);
                for (size_t i = 0; i < global->list.count; i++)
                        cm_serverless_add(cx, list, global->list.items[i]);
                for (size_t i = 0; i < own->list.count; i++)
                        cm_serverless_add(cx, list, own->list.items[i]);
                return list;
        }
        if (global->type != CM_NODE_MAP || own->type != CM_NODE_MAP)
                return own;
        struct cm_node *map = cm_serverless_map(cx, own->pos);
        for (size_t i = 0; i < global->map.count && cm_serverless_spend(cx, 1); i++)
                cm_node_put(cx->arena, map, global->map.members[i].key,
                            global->map.members[i].key_pos, global->map.members[i].value);
        for (size_t i = 0; i < own->map.count && cm_serverless_spend(cx, 1); i++) {
                const struct cm_node_member *m = &own->map.members[i];
                cm_node_put(cx->arena, map, m->key, m->key_pos,
                            merge(cx, cm_node_get_sv(global, m->key), m->value));
        }
        return map;
}

const struct cm_node *cm_serverless_with_globals(struct cm_serverless *cx, const char *section,
                                                 const struct cm_node *properties)
{
        return merge(cx, cm_node_get(cx->globals, section), properties);
}

static const struct cm_node *make_environment(struct cm_serverless *cx, const struct cm_node *p)
{
        const struct cm_node *variables = cm_serverless_get2(p, "Environment", "Variables");
        if (cm_serverless_is_unknown(variables))
                return variables;
        struct cm_node *list =
                cm_serverless_list(cx, variables != NULL ? variables->pos : p->pos);
        for (size_t i = 0; cm_node_type(variables) == CM_NODE_MAP && i < variables->map.count; i++) {
                const struct cm_node_member *m = &variables->map.members[i];
                const struct cm_node *value =
                        cm_serverless_as_text(cx, m->value, text_at(cx, m->key_pos, ""));
                struct cm_sv text = cm_node_string(value);
                const char *source = "literal";
                if (cm_serverless_is_unknown(value))
                        source = "unknown";
                else if (cm_sv_has_prefix(text, CM_SV("{{resolve:")) ||
                         cm_serverless_symbol(text).ptr != text.ptr)
                        source = "reference";
                struct cm_node *item = cm_serverless_map(cx, value->pos);
                cm_serverless_put(cx, item, "name", cm_serverless_text(cx, value->pos, m->key));
                cm_serverless_put(cx, item, "value", value);
                cm_serverless_put(cx, item, "source", text_at(cx, value->pos, source));
                cm_serverless_add(cx, list, item);
        }
        return list;
}

/* The resource of a type whose member is this function: an EventInvokeConfig, a Url, a Permission. */
static const struct cm_node *resource_for(struct cm_serverless *cx, const char *type,
                                          const char *key, struct cm_sv name)
{
        for (size_t i = 0; i < cm_node_count(cx->resources); i++) {
                const struct cm_node *r = cx->resources->map.members[i].value;
                const struct cm_node *p = cm_node_get(r, "Properties");
                if (cm_sv_eq(cm_node_get_string(r, "Type"), cm_sv_from_cstr(type)) &&
                    cm_serverless_names(cm_node_get(p, key), name))
                        return p;
        }
        return NULL;
}

/* Days that the function's log group keeps its lines: 0 when nothing sets it (they then stay). */
static const struct cm_node *make_retention(struct cm_serverless *cx, const struct cm_node *p,
                                            struct cm_sv name)
{
        const struct cm_node *days = cm_serverless_get(p, "x-log-retention");
        const struct cm_node *group = cm_serverless_get2(p, "LoggingConfig", "LogGroup");
        struct cm_sv wanted = cm_serverless_symbol(cm_node_string(group));
        struct cm_sv own = cm_sv_printf(cx->arena, "/aws/lambda/${%.*s}", CM_SV_ARG(name));
        struct cm_sv named = cm_sv_join(
                cx->arena, CM_SV("/aws/lambda/"),
                cm_node_string(cm_serverless_as_text(cx, cm_serverless_get(p, "FunctionName"), NULL)));
        if (cm_serverless_is_unknown(group))
                return group;
        for (size_t i = 0; days == NULL && i < cm_node_count(cx->resources); i++) {
                const struct cm_node_member *m = &cx->resources->map.members[i];
                const struct cm_node *props = cm_node_get(m->value, "Properties");
                struct cm_sv log = cm_node_get_string(props, "LogGroupName");
                if (!cm_sv_eq(cm_node_get_string(m->value, "Type"), CM_SV("AWS::Logs::LogGroup")))
                        continue;
                if (group != NULL ? cm_sv_eq(wanted, m->key) || cm_sv_eq(wanted, log)
                                  : cm_sv_eq(log, own) ||
                                            (named.len > 12 && cm_sv_eq(log, named)))
                        days = cm_serverless_as_int(cx, cm_serverless_get(props, "RetentionInDays"),
                                                    cm_serverless_int(cx, m->value->pos, 0));
        }
        if (days == NULL && cx->is_partial)
                return cm_serverless_unknown(cx, p->pos, "resources are in other files");
        return cm_serverless_as_int(cx, days, cm_serverless_int(cx, p->pos, 0));
}

/* Whether something calls the function without waiting: the service then retries and gives up. */
static const struct cm_node *make_async(struct cm_serverless *cx, const struct cm_node *p,
                                        struct cm_sv name)
{
        static const char *const types[] = { "S3",          "SNS",
                                             "Schedule",    "ScheduleV2",
                                             "CloudWatchEvent", "EventBridgeRule",
                                             "CloudWatchLogs",  "IoTRule",
                                             NULL };
        static const char *const services[] = { "s3.amazonaws.com", "sns.amazonaws.com",
                                                "events.amazonaws.com", "logs.amazonaws.com",
                                                "iot.amazonaws.com", NULL };
        const struct cm_node *events = cm_serverless_get(p, "Events");
        if (cm_serverless_is_unknown(events))
                return events;
        for (size_t i = 0; cm_node_type(events) == CM_NODE_MAP && i < events->map.count; i++)
                if (cm_sv_is_any(cm_node_get_string(events->map.members[i].value, "Type"), types))
                        return cm_serverless_bool(cx, events->map.members[i].value->pos, true);
        for (size_t i = 0; i < cm_node_count(cx->resources); i++) {
                const struct cm_node *r = cx->resources->map.members[i].value;
                const struct cm_node *props = cm_node_get(r, "Properties");
                if (cm_sv_eq(cm_node_get_string(r, "Type"), CM_SV("AWS::Lambda::Permission")) &&
                    cm_serverless_names(cm_node_get(props, "FunctionName"), name) &&
                    cm_sv_is_any(cm_node_get_string(props, "Principal"), services))
                        return cm_serverless_bool(cx, props->pos, true);
        }
        return cm_serverless_bool(cx, p->pos, false);
}

static void put_reliability(struct cm_serverless *cx, struct cm_node *f, const struct cm_node *p,
                            struct cm_sv name)
{
        const struct cm_node *none = text_at(cx, p->pos, "");
        const struct cm_node *queue = cm_serverless_get2(p, "DeadLetterConfig", "TargetArn");
        const struct cm_node *invoke = cm_serverless_get(p, "EventInvokeConfig");
        const struct cm_node *tracing = cm_serverless_get(p, "Tracing");
        if (queue == NULL)
                queue = cm_serverless_get2(p, "DeadLetterQueue", "TargetArn");
        if (tracing == NULL)
                tracing = cm_serverless_get2(p, "TracingConfig", "Mode");
        if (invoke == NULL)
                invoke = resource_for(cx, "AWS::Lambda::EventInvokeConfig", "FunctionName", name);
        const struct cm_node *failure =
                cm_serverless_get2(cm_serverless_get(invoke, "DestinationConfig"), "OnFailure",
                                   "Destination");
        cm_serverless_put(cx, f, "tracing", cm_serverless_as_text(cx, tracing, none));
        cm_serverless_put(cx, f, "dead_letter", cm_serverless_as_text(cx, queue, none));
        cm_serverless_put(cx, f, "on_failure", cm_serverless_as_text(cx, failure, none));
        cm_serverless_put(cx, f, "async", make_async(cx, p, name));
        cm_serverless_put(cx, f, "log_retention", make_retention(cx, p, name));
        cm_serverless_put(
                cx, f, "reserved_concurrency",
                cm_serverless_as_int(cx, cm_serverless_get(p, "ReservedConcurrentExecutions"),
                                     cm_serverless_null(cx, p->pos)));
}

static const struct cm_node *make_cors(struct cm_serverless *cx, const struct cm_node *cors,
                                       struct cm_node_pos pos)
{
        if (cors == NULL || cm_serverless_is_unknown(cors))
                return cors == NULL ? cm_serverless_null(cx, pos) : cors;
        struct cm_node *out = cm_serverless_map(cx, cors->pos);
        cm_serverless_put(cx, out, "origins",
                          cm_serverless_as_texts(cx, cm_serverless_get(cors, "AllowOrigins"),
                                                 cors->pos));
        cm_serverless_put(cx, out, "credentials",
                          cm_serverless_as_bool(cx, cm_serverless_get(cors, "AllowCredentials"),
                                                cm_serverless_bool(cx, cors->pos, false)));
        return out;
}

static void put_url(struct cm_serverless *cx, struct cm_node *f, const struct cm_node *p,
                    struct cm_sv name)
{
        const struct cm_node *url = cm_serverless_get(p, "FunctionUrlConfig");
        if (url == NULL)
                url = resource_for(cx, "AWS::Lambda::Url", "TargetFunctionArn", name);
        if (url == NULL || cm_serverless_is_unknown(url)) {
                cm_serverless_put(cx, f, "url", url == NULL ? cm_serverless_null(cx, p->pos) : url);
                return;
        }
        struct cm_node *out = cm_serverless_map(cx, url->pos);
        cm_serverless_put(cx, out, "auth",
                          cm_serverless_as_text(cx, cm_serverless_get(url, "AuthType"),
                                                text_at(cx, url->pos, "NONE")));
        cm_serverless_put(cx, out, "cors", make_cors(cx, cm_serverless_get(url, "Cors"), url->pos));
        cm_serverless_put(cx, f, "url", out);
}

/* The role's logical name, an ARN, or the name of the one that SAM makes. */
static const struct cm_node *make_role_name(struct cm_serverless *cx, const struct cm_node *p,
                                            struct cm_sv name)
{
        const struct cm_node *role = cm_serverless_get(p, "Role");
        if (role == NULL)
                return cm_serverless_text(cx, p->pos, cm_sv_join(cx->arena, name, CM_SV("Role")));
        role = cm_serverless_as_text(cx, role, NULL);
        return cm_serverless_is_unknown(role)
                       ? role
                       : cm_serverless_text(cx, role->pos, cm_serverless_symbol(role->text));
}

static void put_runtime(struct cm_serverless *cx, struct cm_node *f, const struct cm_node *p)
{
        const struct cm_node *none = text_at(cx, p->pos, "");
        const struct cm_node *image = cm_serverless_get2(p, "Code", "ImageUri");
        const struct cm_node *storage = cm_serverless_get2(p, "EphemeralStorage", "Size");
        if (image == NULL)
                image = cm_serverless_get(p, "ImageUri");
        cm_serverless_put(cx, f, "runtime",
                          cm_serverless_as_text(cx, cm_serverless_get(p, "Runtime"), none));
        cm_serverless_put(cx, f, "package_type",
                          cm_serverless_as_text(cx, cm_serverless_get(p, "PackageType"),
                                                text_at(cx, p->pos,
                                                        image != NULL ? "Image" : "Zip")));
        cm_serverless_put(cx, f, "image", cm_serverless_as_text(cx, image, none));
        cm_serverless_put(cx, f, "handler",
                          cm_serverless_as_text(cx, cm_serverless_get(p, "Handler"), none));
        cm_serverless_put(cx, f, "memory",
                          cm_serverless_as_int(cx, cm_serverless_get(p, "MemorySize"),
                                               cm_serverless_int(cx, p->pos, 128)));
        cm_serverless_put(cx, f, "timeout",
                          cm_serverless_as_int(cx, cm_serverless_get(p, "Timeout"),
                                               cm_serverless_int(cx, p->pos, 3)));
        cm_serverless_put(cx, f, "ephemeral_storage",
                          cm_serverless_as_int(cx, storage, cm_serverless_int(cx, p->pos, 512)));
        cm_serverless_put(cx, f, "architectures",
                          cm_serverless_as_texts(cx, cm_serverless_get(p, "Architectures"), p->pos));
        cm_serverless_put(cx, f, "layers",
                          cm_serverless_as_texts(cx, cm_serverless_get(p, "Layers"), p->pos));
}

static const struct cm_node *make_function(struct cm_serverless *cx, struct cm_sv name,
                                           const struct cm_node *p, const char *form)
{
        if (cm_serverless_is_unknown(p))
                return p;
        const struct cm_node *none = text_at(cx, p->pos, "");
        const struct cm_node *vpc = cm_serverless_get2(p, "VpcConfig", "SubnetIds");
        struct cm_node *f = cm_serverless_map(cx, p->pos);
        cm_serverless_put(cx, f, "name", cm_serverless_text(cx, p->pos, name));
        cm_serverless_put(cx, f, "form", text_at(cx, p->pos, form));
        put_runtime(cx, f, p);
        cm_serverless_put(cx, f, "environment", make_environment(cx, p));
        cm_serverless_put(cx, f, "kms_key",
                          cm_serverless_as_text(cx, cm_serverless_get(p, "KmsKeyArn"), none));
        cm_serverless_put(
                cx, f, "code_signing",
                cm_serverless_as_text(cx, cm_serverless_get(p, "CodeSigningConfigArn"), none));
        cm_serverless_put(cx, f, "subnets", cm_serverless_as_texts(cx, vpc, p->pos));
        cm_serverless_put(cx, f, "role", make_role_name(cx, p, name));
        put_reliability(cx, f, p, name);
        put_url(cx, f, p, name);
        cm_serverless_put(cx, f, "properties", p);
        return f;
}

const struct cm_node *cm_serverless_functions(struct cm_serverless *cx)
{
        struct cm_node *out = cm_serverless_map(cx, cx->root->pos);
        const struct cm_node *own = cx->form == CM_SERVERLESS_FRAMEWORK
                                            ? cm_serverless_framework_functions(cx)
                                            : NULL;
        if (cm_serverless_is_unknown(own))
                cm_node_put(cx->arena, out, CM_SV("functions"), own->pos, own);
        for (size_t i = 0; i < cm_node_count(own); i++) {
                const struct cm_node_member *m = &own->map.members[i];
                cm_node_put(cx->arena, out, m->key, m->key_pos,
                            make_function(cx, m->key, m->value, "serverless"));
        }
        for (size_t i = 0; i < cm_node_count(cx->resources); i++) {
                const struct cm_node_member *m = &cx->resources->map.members[i];
                struct cm_sv type = cm_node_get_string(m->value, "Type");
                const struct cm_node *p = cm_node_get(m->value, "Properties");
                bool is_sam = cm_sv_eq(type, CM_SV("AWS::Serverless::Function"));
                if (!is_sam && !cm_sv_eq(type, CM_SV("AWS::Lambda::Function")))
                        continue;
                p = is_sam ? cm_serverless_with_globals(cx, "Function", p) : p;
                cm_node_put(cx->arena, out, m->key, m->key_pos,
                            make_function(cx, m->key, p, is_sam ? "sam" : "cloudformation"));
        }
        return out;
}
