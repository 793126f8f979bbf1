/* SPDX-License-Identifier: Apache-2.0 */
/* APIs as a whole: logs, tracing, who may read answers in a browser. See serverless.h. */
#include "check/serverless.h"

/* What is said in one of the forms; NULL is not said. */
struct api {
        struct cm_node_pos pos;
        const struct cm_node *name;
        const char *kind;
        const struct cm_node *log;     /* where calls are logged */
        const struct cm_node *tracing; /* NULL: this kind of API cannot */
        const struct cm_node *origins;
        const struct cm_node *credentials;
        const struct cm_node *cache; /* is what it caches encrypted? NULL: nothing is cached */
};

static const struct cm_node *is_there(struct cm_serverless *cx, const struct cm_node *n,
                                      struct cm_node_pos pos)
{
        return cm_serverless_is_unknown(n) ? n : cm_serverless_bool(cx, pos, n != NULL);
}

static void add(struct cm_serverless *cx, struct cm_node *list, const struct api *api)
{
        const struct cm_node *no = cm_serverless_bool(cx, api->pos, false);
        const struct cm_node *null = cm_serverless_null(cx, api->pos);
        struct cm_node *out = cm_serverless_map(cx, api->pos);
        cm_serverless_put(cx, out, "name", api->name);
        cm_serverless_put(cx, out, "kind", cm_serverless_word(cx, api->pos, api->kind));
        cm_serverless_put(cx, out, "access_log", is_there(cx, api->log, api->pos));
        cm_serverless_put(cx, out, "tracing",
                          api->tracing == NULL ? null
                                               : cm_serverless_as_bool(cx, api->tracing, no));
        cm_serverless_put(cx, out, "origins", cm_serverless_origins(cx, api->origins, api->pos));
        cm_serverless_put(cx, out, "credentials", cm_serverless_as_bool(cx, api->credentials, no));
        cm_serverless_put(cx, out, "cache_encrypted",
                          api->cache == NULL ? null : cm_serverless_as_bool(cx, api->cache, no));
        cm_serverless_add(cx, list, out);
}

/* `Cors` and its like: true or a text for all origins, or a mapping. */
static void take_cors(struct cm_serverless *cx, const struct cm_node *cors, const char *origins,
                      const char *credentials, struct api *api)
{
        if (cors == NULL || (cors->type == CM_NODE_BOOL && !cors->boolean))
                return;
        if (cors->type == CM_NODE_BOOL)
                api->origins = cm_serverless_word(cx, cors->pos, "*");
        else if (cors->type != CM_NODE_MAP)
                api->origins = cors;
        else
                api->origins = cm_serverless_get(cors, origins);
        if (cors->type == CM_NODE_MAP)
                api->credentials = cm_serverless_get(cors, credentials);
}

/* MethodSettings: the answer of the first method whose answers are cached. */
static const struct cm_node *cache_of(struct cm_serverless *cx, const struct cm_node *p)
{
        const struct cm_node *settings = cm_serverless_get(p, "MethodSettings");
        if (cm_serverless_is_unknown(settings))
                return settings;
        const struct cm_node *encrypted = NULL;
        for (size_t i = 0; i < cm_node_count(settings); i++) {
                const struct cm_node *s = cm_node_at(settings, i);
                const struct cm_node *cached = cm_serverless_get(s, "CachingEnabled");
                if (cm_serverless_is_unknown(cached))
                        return cached;
                if (!cm_node_bool(cached, false))
                        continue;
                encrypted = cm_serverless_as_bool(cx, cm_serverless_get(s, "CacheDataEncrypted"),
                                                  cm_serverless_bool(cx, s->pos, false));
                if (!cm_node_bool(encrypted, false))
                        return encrypted;
        }
        return encrypted;
}

/* A stage of the first version, or an API of SAM, which says the same of itself. */
static void add_rest(struct cm_serverless *cx, const struct cm_node *name, const struct cm_node *p,
                     struct cm_node_pos pos, struct cm_node *list)
{
        struct api api = {
                .pos = pos,
                .name = name,
                .kind = "rest",
                .log = cm_serverless_get2(p, "AccessLogSetting", "DestinationArn"),
                .tracing = cm_serverless_get(p, "TracingEnabled"),
                .cache = cache_of(cx, p),
        };
        if (api.tracing == NULL)
                api.tracing = cm_serverless_bool(cx, pos, false);
        take_cors(cx, cm_serverless_get(p, "Cors"), "AllowOrigin", "AllowCredentials", &api);
        add(cx, list, &api);
}

static void add_http(struct cm_serverless *cx, const struct cm_node *name, const struct cm_node *p,
                     const struct cm_node *stage, struct cm_node_pos pos, struct cm_node *list)
{
        bool is_socket = cm_sv_eq(cm_node_get_string(p, "ProtocolType"), CM_SV("WEBSOCKET"));
        struct api api = {
                .pos = pos,
                .name = name,
                .kind = is_socket ? "websocket" : "http",
                .log = cm_serverless_get2(stage, "AccessLogSettings", "DestinationArn"),
        };
        const struct cm_node *body = cm_serverless_get(p, "Body");
        if (body == NULL && cm_serverless_get(p, "BodyS3Location") != NULL)
                body = cm_serverless_unknown(cx, pos, "the API's definition is in another file");
        take_cors(cx, cm_serverless_get(body, "x-amazon-apigateway-cors"), "allowOrigins",
                  "allowCredentials", &api);
        take_cors(cx, cm_serverless_get(p, "CorsConfiguration"), "AllowOrigins", "AllowCredentials",
                  &api);
        add(cx, list, &api);
}

static void add_resource(struct cm_serverless *cx, const struct cm_node_member *m,
                         struct cm_node *list)
{
        struct cm_sv type = cm_node_get_string(m->value, "Type");
        const struct cm_node *p = cm_node_get(m->value, "Properties");
        const struct cm_node *name = cm_serverless_text(cx, m->key_pos, m->key);
        struct cm_node_pos pos = m->value->pos;
        if (cm_sv_eq(type, CM_SV("AWS::Serverless::Api"))) {
                add_rest(cx, name, cm_serverless_with_globals(cx, "Api", p), pos, list);
        } else if (cm_sv_eq(type, CM_SV("AWS::ApiGateway::Stage"))) {
                add_rest(cx, name, p, pos, list);
        } else if (cm_sv_eq(type, CM_SV("AWS::Serverless::HttpApi"))) {
                p = cm_serverless_with_globals(cx, "HttpApi", p);
                add_http(cx, name, p, p, pos, list);
        } else if (cm_sv_eq(type, CM_SV("AWS::ApiGatewayV2::Api"))) {
                const struct cm_serverless_named named = { .logical = m->key };
                const struct cm_node *stage =
                        cm_serverless_find_for(cx, "AWS::ApiGatewayV2::Stage", "ApiId", &named);
                if (stage == NULL)
                        stage = cm_serverless_unknown(cx, pos, "the API's stage is not here");
                add_http(cx, name, p, stage, pos, list);
        }
}

/* The event of this type, of any function, that names no API of its own; NULL: there is none. */
static const struct cm_node *first_event(const struct cm_node *functions, const char *type,
                                         const char *id)
{
        for (size_t i = 0; i < cm_node_count(functions); i++) {
                const struct cm_node *events =
                        cm_serverless_get2(functions->map.members[i].value, "properties", "Events");
                for (size_t j = 0; cm_node_type(events) == CM_NODE_MAP && j < events->map.count;
                     j++) {
                        const struct cm_node *e = events->map.members[j].value;
                        if (cm_sv_eq(cm_node_get_string(e, "Type"), cm_sv_from_cstr(type)) &&
                            cm_serverless_get2(e, "Properties", id) == NULL)
                                return e;
                }
        }
        return NULL;
}

/* APIs that SAM makes for events that name none. */
static void add_implied(struct cm_serverless *cx, const struct cm_node *functions,
                        struct cm_node *list)
{
        const struct cm_node *rest = first_event(functions, "Api", "RestApiId");
        const struct cm_node *http = first_event(functions, "HttpApi", "ApiId");
        if (rest != NULL)
                add_rest(cx, cm_serverless_word(cx, rest->pos, "ServerlessRestApi"),
                         cm_serverless_with_globals(cx, "Api", NULL), rest->pos, list);
        if (http != NULL) {
                const struct cm_node *p = cm_serverless_with_globals(cx, "HttpApi", NULL);
                add_http(cx, cm_serverless_word(cx, http->pos, "ServerlessHttpApi"), p, p,
                         http->pos, list);
        }
}

/* provider.logs.restApi: true, or a mapping in which access logs are on unless it says no. */
static const struct cm_node *log_of(struct cm_serverless *cx, const struct cm_node *provider,
                                    const char *which)
{
        const struct cm_node *log = cm_serverless_get2(provider, "logs", which);
        if (cm_serverless_is_unknown(log))
                return log;
        const struct cm_node *access = cm_serverless_get(log, "accessLogging");
        const struct cm_node *on = cm_serverless_as_bool(cx, access != NULL ? access : log, NULL);
        if (access == NULL && cm_node_type(log) == CM_NODE_MAP)
                return log;
        return cm_serverless_is_unknown(on) || cm_node_bool(on, false) ? on : NULL;
}

static void add_framework(struct cm_serverless *cx, const struct cm_node *functions,
                          struct cm_node *list)
{
        static const char *const kinds[][5] = {
                { "Api", "rest", "restApi", "apiGateway", "restApiId" },
                { "HttpApi", "http", "httpApi", "httpApi", "id" },
                { "WebSocket", "websocket", "websocket", "apiGateway", "websocketApiId" }
        };
        const struct cm_node *provider = cm_serverless_get(cx->root, "provider");
        for (size_t i = 0; i < CM_ARRAY_LEN(kinds); i++) {
                const struct cm_node *e = first_event(functions, kinds[i][0], "");
                if (e == NULL)
                        continue;
                struct api api = { .pos = e->pos,
                                   .name = cm_serverless_word(cx, e->pos, kinds[i][2]),
                                   .kind = kinds[i][1],
                                   .log = log_of(cx, provider, kinds[i][2]) };
                const struct cm_node *elsewhere =
                        cm_serverless_get2(provider, kinds[i][3], kinds[i][4]);
                if (i == 0)
                        api.tracing = cm_serverless_get2(provider, "tracing", "apiGateway");
                if (i == 0 && api.tracing == NULL)
                        api.tracing = cm_serverless_bool(cx, e->pos, false);
                if (i == 1)
                        take_cors(cx, cm_serverless_get2(provider, "httpApi", "cors"),
                                  "allowedOrigins", "allowCredentials", &api);
                if (elsewhere != NULL) {
                        api.log = cm_serverless_unknown(cx, elsewhere->pos,
                                                        "the API is described elsewhere");
                        api.tracing = api.tracing == NULL ? NULL : api.log;
                }
                add(cx, list, &api);
        }
}

const struct cm_node *cm_serverless_apis(struct cm_serverless *cx, const struct cm_node *functions)
{
        struct cm_node *list = cm_serverless_list(cx, cx->root->pos);
        for (size_t i = 0; i < cm_node_count(cx->resources); i++)
                add_resource(cx, &cx->resources->map.members[i], list);
        if (cx->form == CM_SERVERLESS_FRAMEWORK)
                add_framework(cx, functions, list);
        else
                add_implied(cx, functions, list);
        return list;
}
