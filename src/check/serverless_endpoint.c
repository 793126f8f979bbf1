/* SPDX-License-Identifier: Apache-2.0 */
/* What can be called by HTTP: routes of APIs and URLs of functions, see serverless.h. */
#include "check/serverless.h"

const struct cm_node *cm_serverless_origins(struct cm_serverless *cx, const struct cm_node *n,
                                            struct cm_node_pos pos)
{
        const struct cm_node *texts = cm_serverless_as_texts(cx, n, pos);
        if (cm_serverless_is_unknown(texts))
                return texts;
        struct cm_node *plain = cm_serverless_list(cx, texts->pos);
        for (size_t i = 0; i < cm_node_count(texts); i++) {
                const struct cm_node *o = cm_node_at(texts, i);
                struct cm_sv text = cm_node_string(o);
                bool is_quoted = text.len > 1 && text.ptr[0] == '\'';
                cm_serverless_add(cx, plain,
                                  is_quoted ? cm_serverless_text(cx, o->pos,
                                                                 cm_sv_slice(text, 1, text.len - 1))
                                            : o);
        }
        return plain;
}

void cm_serverless_take_headers(struct cm_serverless *cx, const struct cm_node *responses,
                                const char *key, struct cm_serverless_endpoint *e)
{
        static const char header[] = "method.response.header.Access-Control-Allow-";
        if (cm_serverless_is_unknown(responses))
                e->origins = responses;
        for (size_t i = 0; i < cm_node_count(responses); i++) {
                const struct cm_node *response = cm_node_type(responses) == CM_NODE_MAP
                                                         ? responses->map.members[i].value
                                                         : cm_node_at(responses, i);
                const struct cm_node *set = cm_serverless_get(response, key);
                const char *origin = cm_sv_printf(cx->arena, "%sOrigin", header).ptr;
                const char *credentials = cm_sv_printf(cx->arena, "%sCredentials", header).ptr;
                if (cm_serverless_get(set, origin) == NULL)
                        continue;
                e->origins = cm_serverless_get(set, origin);
                const struct cm_node *may = cm_serverless_get(set, credentials);
                if (may != NULL)
                        e->credentials = cm_serverless_bool(
                                cx, may->pos, cm_sv_eq(cm_node_string(may), CM_SV("'true'")));
        }
}

void cm_serverless_add_endpoint(struct cm_serverless *cx, struct cm_node *list,
                                const struct cm_serverless_endpoint *e)
{
        struct cm_node *out = cm_serverless_map(cx, e->pos);
        cm_serverless_put(cx, out, "name", e->name);
        cm_serverless_put(cx, out, "kind", cm_serverless_word(cx, e->pos, e->kind));
        const struct cm_node *method =
                cm_serverless_as_text(cx, e->method, cm_serverless_word(cx, e->pos, "any"));
        if (cm_node_type(method) == CM_NODE_STRING) { /* some write "GET", some "get" */
                bool is_any = cm_sv_eq(method->text, CM_SV("*"));
                method = cm_serverless_text(cx, method->pos,
                                            is_any ? CM_SV("any")
                                                   : cm_sv_lower(cx->arena, method->text));
        }
        cm_serverless_put(cx, out, "method", method);
        cm_serverless_put(cx, out, "path",
                          cm_serverless_as_text(cx, e->path, cm_serverless_word(cx, e->pos, "/")));
        const struct cm_node *auth =
                cm_serverless_as_text(cx, e->auth, cm_serverless_word(cx, e->pos, "NONE"));
        if (cm_sv_eq_nocase(cm_node_string(auth), CM_SV("NONE")) ||
            cm_sv_eq_nocase(cm_node_string(auth), CM_SV("AWS_IAM")))
                auth = cm_serverless_word(cx, auth->pos, auth->text.len == 4 ? "NONE" : "AWS_IAM");
        cm_serverless_put(cx, out, "auth", auth);
        cm_serverless_put(
                cx, out, "api_key",
                cm_serverless_as_bool(cx, e->api_key, cm_serverless_bool(cx, e->pos, false)));
        cm_serverless_put(cx, out, "origins", cm_serverless_origins(cx, e->origins, e->pos));
        cm_serverless_put(
                cx, out, "credentials",
                cm_serverless_as_bool(cx, e->credentials, cm_serverless_bool(cx, e->pos, false)));
        cm_serverless_add(cx, list, out);
}

/* The API of a SAM event, with what Globals say; NULL: the one that SAM makes. */
static const struct cm_node *api_of(struct cm_serverless *cx, const struct cm_node *event,
                                    bool is_http)
{
        const struct cm_node *id = cm_serverless_get(event, is_http ? "ApiId" : "RestApiId");
        const struct cm_node *api = NULL;
        if (cm_serverless_is_unknown(id))
                return id;
        if (id != NULL)
                api = cm_node_get_sv(cx->resources, cm_serverless_symbol(cm_node_string(id)));
        if (id != NULL && api == NULL)
                return cm_serverless_unknown(cx, id->pos, "the API is described elsewhere");
        return cm_serverless_with_globals(cx, is_http ? "HttpApi" : "Api",
                                          cm_serverless_get(api, "Properties"));
}

static void add_sam(struct cm_serverless *cx, const struct cm_node *f, const struct cm_node *event,
                    bool is_http, struct cm_node *list)
{
        const struct cm_node *p = cm_serverless_get(event, "Properties");
        p = p != NULL ? p : event;
        const struct cm_node *api = api_of(cx, p, is_http);
        if (cm_serverless_get(api, "DefinitionBody") != NULL && !cm_serverless_is_unknown(api))
                return; /* the definition has the routes: serverless_openapi.c */
        const struct cm_node *own = cm_serverless_get2(p, "Auth", "Authorizer");
        const struct cm_node *api_key = cm_serverless_get2(p, "Auth", "ApiKeyRequired");
        if (own == NULL && !cm_serverless_is_unknown(api) &&
            cm_serverless_get(api, "DefinitionUri") != NULL)
                own = cm_serverless_unknown(cx, p->pos, "the API's definition decides");
        const struct cm_serverless_endpoint e = {
                .pos = p->pos,
                .name = cm_node_get(f, "name"),
                .kind = is_http ? "http" : "rest",
                .method = cm_serverless_get(p, "Method"),
                .path = cm_serverless_get(p, "Path"),
                .auth = own != NULL ? own : cm_serverless_get2(api, "Auth", "DefaultAuthorizer"),
                .api_key = api_key != NULL ? api_key
                                           : cm_serverless_get2(api, "Auth", "ApiKeyRequired"),
        };
        cm_serverless_add_endpoint(cx, list, &e);
}

/* {type, name, arn}, or a text that is one of them. */
static const struct cm_node *framework_auth(struct cm_serverless *cx, const struct cm_node *n)
{
        if (cm_node_type(n) != CM_NODE_MAP)
                return n;
        static const char *const keys[] = { "type", "name", "arn", "id", "authorizerId" };
        for (size_t i = 0; i < CM_ARRAY_LEN(keys); i++)
                if (cm_serverless_get(n, keys[i]) != NULL)
                        return cm_serverless_get(n, keys[i]);
        return cm_serverless_word(cx, n->pos, "CUSTOM");
}

/* `cors` of a route: true, or {origin, origins, allowCredentials}. */
static void take_cors(struct cm_serverless *cx, const struct cm_node *cors,
                      struct cm_serverless_endpoint *e)
{
        bool is_map = cm_node_type(cors) == CM_NODE_MAP;
        if (cors == NULL || (cm_node_type(cors) == CM_NODE_BOOL && !cors->boolean))
                return;
        e->origins = cm_serverless_is_unknown(cors) ? cors : cm_serverless_get(cors, "origins");
        if (e->origins == NULL && is_map)
                e->origins = cm_serverless_get(cors, "origin");
        if (e->origins == NULL)
                e->origins = cm_serverless_word(cx, cors->pos, "*");
        e->credentials = is_map ? cm_serverless_get(cors, "allowCredentials") : NULL;
}

/* "GET /path", or {method, path, authorizer, private, cors}; of a websocket {route, authorizer}. */
static void add_framework(struct cm_serverless *cx, const struct cm_node *f,
                          const struct cm_node *event, const char *kind, struct cm_node *list)
{
        const struct cm_node *p = cm_serverless_get(event, "Properties");
        p = p != NULL ? p : event;
        struct cm_serverless_endpoint e = { .pos = p->pos,
                                            .name = cm_node_get(f, "name"),
                                            .kind = kind };
        struct cm_sv method, path;
        bool is_socket = kind[0] == 'w';
        if (cm_serverless_is_unknown(p)) {
                cm_serverless_add(cx, list, p);
                return;
        }
        if (cm_node_type(p) == CM_NODE_STRING) {
                bool has_path = cm_sv_cut(p->text, ' ', &method, &path);
                e.method = has_path ? cm_serverless_text(cx, p->pos, method) : NULL;
                e.path = cm_serverless_text(cx, p->pos, has_path ? path : p->text);
        } else {
                e.method = cm_serverless_get(p, "method");
                e.path = cm_serverless_get(p, is_socket ? "route" : "path");
        }
        if (is_socket && !cm_sv_eq(cm_node_string(e.path), CM_SV("$connect")))
                return; /* who is let in is decided when he connects */
        e.auth = framework_auth(
                cx, cm_node_type(p) == CM_NODE_MAP ? cm_serverless_get(p, "authorizer") : NULL);
        e.api_key = cm_serverless_get(p, "private");
        take_cors(cx, cm_serverless_get(p, "cors"), &e);
        cm_serverless_add_endpoint(cx, list, &e);
}

static void add_events(struct cm_serverless *cx, const struct cm_node *f, struct cm_node *list)
{
        const struct cm_node *events = cm_serverless_get2(f, "properties", "Events");
        bool is_framework = cm_sv_eq(cm_node_get_string(f, "form"), CM_SV("serverless"));
        if (cm_serverless_is_unknown(events))
                cm_serverless_add(cx, list, events);
        for (size_t i = 0; cm_node_type(events) == CM_NODE_MAP && i < events->map.count; i++) {
                const struct cm_node *e = events->map.members[i].value;
                struct cm_sv type = cm_node_get_string(e, "Type");
                bool is_http = cm_sv_eq(type, CM_SV("HttpApi"));
                bool is_socket = cm_sv_eq(type, CM_SV("WebSocket"));
                if (cm_serverless_is_unknown(e))
                        cm_serverless_add(cx, list, e);
                else if (!is_http && !is_socket && !cm_sv_eq(type, CM_SV("Api")))
                        continue;
                else if (is_framework)
                        add_framework(cx, f, e,
                                      is_http     ? "http"
                                      : is_socket ? "websocket"
                                                  : "rest",
                                      list);
                else
                        add_sam(cx, f, e, is_http, list);
        }
}

static void add_url(struct cm_serverless *cx, const struct cm_node *f, struct cm_node *list)
{
        const struct cm_node *url = cm_serverless_get(f, "url");
        if (url == NULL)
                return;
        if (cm_serverless_is_unknown(url)) {
                cm_serverless_add(cx, list, url);
                return;
        }
        const struct cm_node *cors = cm_serverless_get(url, "cors");
        const struct cm_serverless_endpoint e = {
                .pos = url->pos,
                .name = cm_node_get(f, "name"),
                .kind = "url",
                .auth = cm_serverless_get(url, "auth"),
                .origins = cm_serverless_get(cors, "origins"),
                .credentials = cm_serverless_get(cors, "credentials"),
        };
        cm_serverless_add_endpoint(cx, list, &e);
}

/* Of an API of the second version: is it one of web sockets? Unknown when it is not here. */
static const struct cm_node *protocol_of(struct cm_serverless *cx, const struct cm_node *route)
{
        const struct cm_node *id = cm_serverless_get(route, "ApiId");
        const struct cm_node *api =
                cm_node_get_sv(cx->resources, cm_serverless_symbol(cm_node_string(id)));
        if (api == NULL)
                return cm_serverless_unknown(cx, route->pos, "the API is described elsewhere");
        return cm_serverless_get2(api, "Properties", "ProtocolType");
}

/* AWS::ApiGateway::Method, AWS::ApiGatewayV2::Route. */
static void add_resource(struct cm_serverless *cx, const struct cm_node_member *m,
                         struct cm_node *list)
{
        struct cm_sv type = cm_node_get_string(m->value, "Type");
        const struct cm_node *p = cm_node_get(m->value, "Properties");
        bool is_route = cm_sv_eq(type, CM_SV("AWS::ApiGatewayV2::Route"));
        if (!is_route && !cm_sv_eq(type, CM_SV("AWS::ApiGateway::Method")))
                return;
        if (cm_serverless_is_unknown(p)) {
                cm_serverless_add(cx, list, p);
                return;
        }
        struct cm_serverless_endpoint e = { .pos = p->pos,
                                            .name = cm_serverless_text(cx, m->key_pos, m->key),
                                            .kind = is_route ? "http" : "rest",
                                            .method = cm_serverless_get(p, "HttpMethod"),
                                            .auth = cm_serverless_get(p, "AuthorizationType"),
                                            .api_key = cm_serverless_get(p, "ApiKeyRequired") };
        cm_serverless_take_headers(cx, cm_serverless_get2(p, "Integration", "IntegrationResponses"),
                                   "ResponseParameters", &e);
        struct cm_sv key = cm_node_get_string(p, "RouteKey");
        struct cm_sv method, path;
        if (cm_sv_cut(key, ' ', &method, &path)) {
                e.method = cm_serverless_text(cx, p->pos, method);
                e.path = cm_serverless_text(cx, p->pos, path);
        } else if (is_route) {
                const struct cm_node *protocol = protocol_of(cx, p);
                bool is_connect = cm_sv_eq(key, CM_SV("$connect"));
                e.path = cm_serverless_text(cx, p->pos, key);
                e.kind = cm_sv_eq(key, CM_SV("$default")) ? "http" : "websocket";
                if (!is_connect &&
                    (e.kind[0] == 'w' || cm_sv_eq(cm_node_string(protocol), CM_SV("WEBSOCKET"))))
                        return; /* who is let in is decided when he connects */
                if (!is_connect && cm_serverless_is_unknown(protocol))
                        e.auth = e.auth == NULL ? protocol : e.auth;
        }
        cm_serverless_add_endpoint(cx, list, &e);
}

/* APIs that are one endpoint: GraphQL, and the route that an HTTP API with a target makes by itself. */
static void add_whole(struct cm_serverless *cx, const struct cm_node_member *m,
                      struct cm_node *list)
{
        struct cm_sv type = cm_node_get_string(m->value, "Type");
        const struct cm_node *p = cm_node_get(m->value, "Properties");
        bool is_sam = cm_sv_eq(type, CM_SV("AWS::Serverless::GraphQLApi"));
        struct cm_serverless_endpoint e = { .pos = m->value->pos,
                                            .name = cm_serverless_text(cx, m->key_pos, m->key),
                                            .kind = "graphql" };
        if (is_sam || cm_sv_eq(type, CM_SV("AWS::AppSync::GraphQLApi"))) {
                e.method = cm_serverless_word(cx, e.pos, "post");
                e.path = cm_serverless_word(cx, e.pos, "/graphql");
                e.auth = is_sam ? cm_serverless_get2(p, "Auth", "Type")
                                : cm_serverless_get(p, "AuthenticationType");
                if (cm_sv_eq(cm_node_string(e.auth), CM_SV("API_KEY"))) {
                        e.api_key = cm_serverless_bool(cx, e.auth->pos, true);
                        e.auth = cm_serverless_word(cx, e.auth->pos, "NONE");
                }
        } else if (cm_sv_eq(type, CM_SV("AWS::ApiGatewayV2::Api")) &&
                   cm_serverless_get(p, "Target") != NULL) {
                e.kind = "http";
                e.path = cm_serverless_get(p, "RouteKey");
        } else {
                return;
        }
        cm_serverless_add_endpoint(cx, list, &e);
}

const struct cm_node *cm_serverless_endpoints(struct cm_serverless *cx,
                                              const struct cm_node *functions)
{
        struct cm_node *list = cm_serverless_list(cx, cx->root->pos);
        for (size_t i = 0; i < cm_node_count(functions); i++) {
                const struct cm_node *f = functions->map.members[i].value;
                if (cm_serverless_is_unknown(f)) {
                        cm_serverless_add(cx, list, f);
                        continue;
                }
                add_events(cx, f, list);
                add_url(cx, f, list);
        }
        for (size_t i = 0; i < cm_node_count(cx->resources); i++) {
                add_resource(cx, &cx->resources->map.members[i], list);
                add_whole(cx, &cx->resources->map.members[i], list);
                cm_serverless_add_definition(cx, &cx->resources->map.members[i], list);
        }
        return list;
}
