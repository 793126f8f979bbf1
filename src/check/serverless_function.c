/* SPDX-License-Identifier: Apache-2.0 */
/* Functions in one form: those of SAM, of CloudFormation and of serverless.yml. See serverless.h. */
#include "base/buf.h"
#include "base/limits.h"
#include "check/serverless.h"

const struct cm_node *cm_serverless_with_globals(struct cm_serverless *cx, const char *section,
                                                 const struct cm_node *properties)
{
        return cm_serverless_merge(cx, cm_serverless_get(cx->globals, section), properties);
}

static const struct cm_node *make_environment(struct cm_serverless *cx, const struct cm_node *p)
{
        const struct cm_node *variables = cm_serverless_get2(p, "Environment", "Variables");
        if (cm_serverless_is_unknown(variables))
                return variables;
        struct cm_node *list = cm_serverless_list(cx, variables != NULL ? variables->pos : p->pos);
        for (size_t i = 0; cm_node_type(variables) == CM_NODE_MAP && i < variables->map.count;
             i++) {
                const struct cm_node_member *m = &variables->map.members[i];
                const struct cm_node *value =
                        cm_serverless_as_text(cx, m->value, cm_serverless_word(cx, m->key_pos, ""));
                struct cm_sv text = cm_node_string(value);
                const struct cm_node *source = cm_serverless_word(cx, value->pos, "literal");
                if (cm_serverless_is_unknown(value))
                        source = cm_serverless_is_given(value)
                                         ? cm_serverless_word(cx, value->pos, "given")
                                         : value;
                else if (cm_sv_has_prefix(text, CM_SV("{{resolve:")) ||
                         cm_serverless_symbol(text).ptr != text.ptr)
                        source = cm_serverless_word(cx, value->pos, "reference");
                struct cm_node *item = cm_serverless_map(cx, value->pos);
                cm_serverless_put(cx, item, "name", cm_serverless_text(cx, value->pos, m->key));
                cm_serverless_put(cx, item, "value", value);
                cm_serverless_put(cx, item, "source", source);
                cm_serverless_add(cx, list, item);
        }
        return list;
}

/* Is this log group the one that the function writes to? */
static enum cm_serverless_refers is_log_of(struct cm_serverless *cx,
                                           const struct cm_node *own_group,
                                           const struct cm_node_member *group,
                                           const struct cm_serverless_named *function)
{
        struct cm_serverless_named named = cm_serverless_named_of(group);
        if (own_group != NULL)
                return cm_serverless_refers(cx, own_group, &named);
        if (cm_serverless_is_unknown(named.physical))
                return CM_SERVERLESS_MAYBE;
        struct cm_sv name = cm_node_string(named.physical);
        if (!cm_sv_has_prefix(name, CM_SV("/aws/lambda/")))
                return CM_SERVERLESS_OTHER;
        const struct cm_node *of = cm_serverless_text(cx, group->key_pos, cm_sv_skip(name, 12));
        return cm_serverless_refers(cx, of, function);
}

/* Days that the function's log group keeps its lines: 0 when nothing sets it (they then stay). */
static const struct cm_node *make_retention(struct cm_serverless *cx, const struct cm_node *p,
                                            const struct cm_serverless_named *named)
{
        const struct cm_node *days = cm_serverless_get(p, "x-log-retention");
        const struct cm_node *own = cm_serverless_get2(p, "LoggingConfig", "LogGroup");
        const struct cm_node *for_ever = cm_serverless_int(cx, p->pos, 0);
        const struct cm_node *maybe = NULL;
        if (days != NULL)
                return cm_serverless_as_int(cx, days, for_ever);
        for (size_t i = 0; i < cm_node_count(cx->resources); i++) {
                const struct cm_node_member *m = &cx->resources->map.members[i];
                const struct cm_node *props = cm_node_get(m->value, "Properties");
                if (!cm_sv_eq(cm_node_get_string(m->value, "Type"), CM_SV("AWS::Logs::LogGroup")))
                        continue;
                enum cm_serverless_refers r = is_log_of(cx, own, m, named);
                if (r == CM_SERVERLESS_SAME)
                        return cm_serverless_as_int(cx, cm_serverless_get(props, "RetentionInDays"),
                                                    for_ever);
                if (r == CM_SERVERLESS_MAYBE)
                        maybe = m->value;
        }
        if (own != NULL || maybe != NULL)
                return cm_serverless_unknown(cx, p->pos,
                                             "which log group the function writes to, or how long "
                                             "that keeps lines, is not known");
        const struct cm_node *outside = cm_serverless_outside(cx, p->pos);
        return outside != NULL ? outside : for_ever;
}

static void put_reliability(struct cm_serverless *cx, struct cm_node *f, const struct cm_node *p,
                            const struct cm_serverless_named *named)
{
        const struct cm_node *none = cm_serverless_word(cx, p->pos, "");
        const struct cm_node *queue = cm_serverless_get2(p, "DeadLetterConfig", "TargetArn");
        const struct cm_node *invoke = cm_serverless_get(p, "EventInvokeConfig");
        const struct cm_node *tracing = cm_serverless_get(p, "Tracing");
        if (queue == NULL)
                queue = cm_serverless_get2(p, "DeadLetterQueue", "TargetArn");
        if (tracing == NULL)
                tracing = cm_serverless_get2(p, "TracingConfig", "Mode");
        if (invoke == NULL)
                invoke = cm_serverless_find_for(cx, "AWS::Lambda::EventInvokeConfig",
                                                "FunctionName", named);
        const struct cm_node *failure = cm_serverless_get2(
                cm_serverless_get(invoke, "DestinationConfig"), "OnFailure", "Destination");
        if (failure == NULL) /* SAM makes the queue or topic when only its type is said */
                failure = cm_serverless_get2(cm_serverless_get(invoke, "DestinationConfig"),
                                             "OnFailure", "Type");
        cm_serverless_put(cx, f, "tracing", cm_serverless_as_text(cx, tracing, none));
        cm_serverless_put(cx, f, "dead_letter", cm_serverless_as_text(cx, queue, none));
        cm_serverless_put(cx, f, "on_failure", cm_serverless_as_text(cx, failure, none));
        cm_serverless_put(cx, f, "triggers", cm_serverless_triggers(cx, p, named));
        cm_serverless_put(cx, f, "async", cm_serverless_async(cx, p, named));
        cm_serverless_put(cx, f, "log_retention", make_retention(cx, p, named));
        cm_serverless_put(cx, f, "reserved_concurrency",
                          cm_serverless_as_int(cx,
                                               cm_serverless_get(p, "ReservedConcurrentExecutions"),
                                               cm_serverless_null(cx, p->pos)));
}

static const struct cm_node *make_cors(struct cm_serverless *cx, const struct cm_node *cors,
                                       struct cm_node_pos pos)
{
        if (cors == NULL || cm_serverless_is_unknown(cors))
                return cors == NULL ? cm_serverless_null(cx, pos) : cors;
        struct cm_node *out = cm_serverless_map(cx, cors->pos);
        cm_serverless_put(
                cx, out, "origins",
                cm_serverless_as_texts(cx, cm_serverless_get(cors, "AllowOrigins"), cors->pos));
        cm_serverless_put(cx, out, "credentials",
                          cm_serverless_as_bool(cx, cm_serverless_get(cors, "AllowCredentials"),
                                                cm_serverless_bool(cx, cors->pos, false)));
        return out;
}

static void put_url(struct cm_serverless *cx, struct cm_node *f, const struct cm_node *p,
                    const struct cm_serverless_named *named)
{
        const struct cm_node *url = cm_serverless_get(p, "FunctionUrlConfig");
        if (url == NULL)
                url = cm_serverless_find_for(cx, "AWS::Lambda::Url", "TargetFunctionArn", named);
        if (url == NULL || cm_serverless_is_unknown(url)) {
                cm_serverless_put(cx, f, "url", url == NULL ? cm_serverless_null(cx, p->pos) : url);
                return;
        }
        struct cm_node *out = cm_serverless_map(cx, url->pos);
        cm_serverless_put(cx, out, "auth",
                          cm_serverless_as_text(cx, cm_serverless_get(url, "AuthType"),
                                                cm_serverless_word(cx, url->pos, "NONE")));
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
        if (cm_serverless_is_unknown(role))
                return role;
        for (size_t i = 0; i < cm_node_count(cx->resources); i++) {
                const struct cm_node_member *m = &cx->resources->map.members[i];
                const struct cm_serverless_named named = cm_serverless_named_of(m);
                if (cm_sv_eq(cm_node_get_string(m->value, "Type"), CM_SV("AWS::IAM::Role")) &&
                    cm_serverless_refers(cx, role, &named) == CM_SERVERLESS_SAME)
                        return cm_serverless_text(cx, role->pos, m->key);
        }
        return cm_serverless_text(cx, role->pos, cm_serverless_symbol(role->text));
}

static void put_runtime(struct cm_serverless *cx, struct cm_node *f, const struct cm_node *p)
{
        const struct cm_node *none = cm_serverless_word(cx, p->pos, "");
        const struct cm_node *image = cm_serverless_get2(p, "Code", "ImageUri");
        const struct cm_node *storage = cm_serverless_get2(p, "EphemeralStorage", "Size");
        if (image == NULL)
                image = cm_serverless_get(p, "ImageUri");
        cm_serverless_put(cx, f, "runtime",
                          cm_serverless_as_text(cx, cm_serverless_get(p, "Runtime"), none));
        cm_serverless_put(cx, f, "package_type",
                          cm_serverless_as_text(
                                  cx, cm_serverless_get(p, "PackageType"),
                                  cm_serverless_word(cx, p->pos, image != NULL ? "Image" : "Zip")));
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
        cm_serverless_put(
                cx, f, "architectures",
                cm_serverless_as_texts(cx, cm_serverless_get(p, "Architectures"), p->pos));
        cm_serverless_put(cx, f, "layers",
                          cm_serverless_as_texts(cx, cm_serverless_get(p, "Layers"), p->pos));
}

static const struct cm_node *make_function(struct cm_serverless *cx,
                                           const struct cm_serverless_named *named,
                                           const struct cm_node *p, const char *form)
{
        if (cm_serverless_is_unknown(p))
                return p;
        const struct cm_node *none = cm_serverless_word(cx, p->pos, "");
        const struct cm_node *vpc = cm_serverless_get2(p, "VpcConfig", "SubnetIds");
        struct cm_node *f = cm_serverless_map(cx, p->pos);
        cm_serverless_put(cx, f, "name", cm_serverless_text(cx, p->pos, named->logical));
        cm_serverless_put(cx, f, "form", cm_serverless_word(cx, p->pos, form));
        put_runtime(cx, f, p);
        cm_serverless_put(cx, f, "environment", make_environment(cx, p));
        cm_serverless_put(cx, f, "kms_key",
                          cm_serverless_as_text(cx, cm_serverless_get(p, "KmsKeyArn"), none));
        cm_serverless_put(
                cx, f, "code_signing",
                cm_serverless_as_text(cx, cm_serverless_get(p, "CodeSigningConfigArn"), none));
        cm_serverless_put(cx, f, "subnets", cm_serverless_as_texts(cx, vpc, p->pos));
        cm_serverless_put(cx, f, "role", make_role_name(cx, p, named->logical));
        put_reliability(cx, f, p, named);
        put_url(cx, f, p, named);
        cm_serverless_put(cx, f, "properties", p);
        return f;
}

/* "my-fn" is the resource MyDashfnLambdaFunction that serverless.yml makes. */
static struct cm_sv made_name(struct cm_serverless *cx, struct cm_sv key)
{
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, CM_KIB(64));
        for (size_t i = 0; i < key.len && i < 256; i++) {
                char c = key.ptr[i];
                if (c == '-')
                        cm_buf_put_str(&out, "Dash");
                else if (c == '_')
                        cm_buf_put_str(&out, "Underscore");
                else
                        cm_buf_put_char(&out, i == 0 && c >= 'a' && c <= 'z' ? (char)(c - 32) : c);
        }
        cm_buf_put_str(&out, "LambdaFunction");
        return cm_sv_dup(cx->arena, cm_buf_sv(&out));
}

const struct cm_node *cm_serverless_functions(struct cm_serverless *cx)
{
        struct cm_node *out = cm_serverless_map(cx, cx->root->pos);
        const struct cm_node *own =
                cx->form == CM_SERVERLESS_FRAMEWORK ? cm_serverless_framework_functions(cx) : NULL;
        for (size_t i = 0; i < cm_node_count(own); i++) {
                const struct cm_node_member *m = &own->map.members[i];
                struct cm_serverless_named named = { .logical = m->key,
                                                     .made = made_name(cx, m->key),
                                                     .physical = cm_serverless_get(
                                                             m->value, "FunctionName") };
                cm_node_put(cx->arena, out, m->key, m->key_pos,
                            make_function(cx, &named, m->value, "serverless"));
        }
        for (size_t i = 0; i < cm_node_count(cx->resources); i++) {
                const struct cm_node_member *m = &cx->resources->map.members[i];
                struct cm_sv type = cm_node_get_string(m->value, "Type");
                const struct cm_node *p = cm_node_get(m->value, "Properties");
                bool is_sam = cm_sv_eq(type, CM_SV("AWS::Serverless::Function"));
                if (!is_sam && !cm_sv_eq(type, CM_SV("AWS::Lambda::Function")))
                        continue;
                p = is_sam ? cm_serverless_with_globals(cx, "Function", p) : p;
                struct cm_serverless_named named = cm_serverless_named_of(m);
                named.physical = cm_serverless_get(p, "FunctionName");
                cm_node_put(cx->arena, out, m->key, m->key_pos,
                            make_function(cx, &named, p, is_sam ? "sam" : "cloudformation"));
        }
        return out;
}
