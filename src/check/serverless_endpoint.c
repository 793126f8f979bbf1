/* SPDX-License-Identifier: Apache-2.0 */
/* What can be called by HTTP: routes of APIs and URLs of functions, see serverless.h. */
#include "check/serverless.h"

static const struct cm_node *text_at(struct cm_serverless *cx, struct cm_node_pos pos,
                                     const char *text)
{
        return cm_serverless_text(cx, pos, cm_sv_from_cstr(text));
}

static void add(struct cm_serverless *cx, struct cm_node *list, struct cm_node_pos pos,
                const struct cm_node *name, const char *kind, const struct cm_node *route[4])
{
        struct cm_node *out = cm_serverless_map(cx, pos);
        cm_serverless_put(cx, out, "name", name);
        cm_serverless_put(cx, out, "kind", text_at(cx, pos, kind));
        const struct cm_node *method = route[0]; /* some write "GET", some "get" */
        if (cm_node_type(method) == CM_NODE_STRING)
                method = cm_serverless_text(cx, method->pos, cm_sv_lower(cx->arena, method->text));
        cm_serverless_put(cx, out, "method", method);
        cm_serverless_put(cx, out, "path", route[1]);
        cm_serverless_put(cx, out, "auth", route[2]);
        cm_serverless_put(cx, out, "api_key", route[3]);
        cm_serverless_add(cx, list, out);
}

/* What the API of a SAM event asks for when the event says nothing. */
static const struct cm_node *default_auth(struct cm_serverless *cx, const struct cm_node *event,
                                          bool is_http)
{
        const char *section = is_http ? "HttpApi" : "Api";
        const struct cm_node *id = cm_serverless_get(event, is_http ? "ApiId" : "RestApiId");
        const struct cm_node *none = text_at(cx, event->pos, "NONE");
        const struct cm_node *api = NULL;
        if (cm_serverless_is_unknown(id))
                return id;
        if (id != NULL)
                api = cm_node_get_sv(cx->resources, cm_serverless_symbol(cm_node_string(id)));
        if (id != NULL && api == NULL)
                return cm_serverless_unknown(cx, id->pos, "the API is described elsewhere");
        const struct cm_node *p = cm_serverless_with_globals(cx, section,
                                                             cm_node_get(api, "Properties"));
        const struct cm_node *auth =
                cm_serverless_get2(p, "Auth", "DefaultAuthorizer");
        if (auth == NULL && (cm_serverless_get(p, "DefinitionBody") != NULL ||
                             cm_serverless_get(p, "DefinitionUri") != NULL))
                return cm_serverless_unknown(cx, event->pos, "the API's definition decides");
        return cm_serverless_as_text(cx, auth, none);
}

static void add_sam(struct cm_serverless *cx, const struct cm_node *f, const struct cm_node *event,
                    bool is_http, struct cm_node *list)
{
        const struct cm_node *p = cm_serverless_get(event, "Properties");
        p = p != NULL ? p : event;
        const struct cm_node *own = cm_serverless_get2(p, "Auth", "Authorizer");
        const struct cm_node *any = text_at(cx, p->pos, "any");
        const struct cm_node *route[4] = {
                cm_serverless_as_text(cx, cm_serverless_get(p, "Method"), any),
                cm_serverless_as_text(cx, cm_serverless_get(p, "Path"), text_at(cx, p->pos, "/")),
                own != NULL ? cm_serverless_as_text(cx, own, NULL) : default_auth(cx, p, is_http),
                cm_serverless_as_bool(cx, cm_serverless_get2(p, "Auth", "ApiKeyRequired"),
                                      cm_serverless_bool(cx, p->pos, false)),
        };
        add(cx, list, p->pos, cm_node_get(f, "name"), is_http ? "http" : "rest", route);
}

/* "aws_iam" is AWS_IAM everywhere else. */
static const struct cm_node *framework_auth(struct cm_serverless *cx, const struct cm_node *n,
                                            struct cm_node_pos pos)
{
        if (cm_node_type(n) == CM_NODE_MAP) {
                const struct cm_node *type = cm_serverless_get(n, "type");
                const struct cm_node *name = cm_serverless_get(n, "name");
                if (type == NULL)
                        return name != NULL ? name : text_at(cx, n->pos, "CUSTOM");
                n = type;
        }
        if (cm_sv_eq_nocase(cm_node_string(n), CM_SV("aws_iam")))
                return text_at(cx, n->pos, "AWS_IAM");
        return cm_serverless_as_text(cx, n, text_at(cx, pos, "NONE"));
}

/* "GET /path", or {method, path, authorizer, private}. */
static void add_framework(struct cm_serverless *cx, const struct cm_node *f,
                          const struct cm_node *event, bool is_http, struct cm_node *list)
{
        const struct cm_node *p = cm_serverless_get(event, "Properties");
        p = p != NULL ? p : event;
        struct cm_sv method = CM_SV("ANY");
        struct cm_sv path = CM_SV("/");
        const struct cm_node *authorizer = cm_serverless_get(p, "authorizer");
        if (cm_node_type(p) == CM_NODE_STRING)
                CM_IGNORE(cm_sv_cut(p->text, ' ', &method, &path));
        const struct cm_node *m = cm_serverless_as_text(cx, cm_serverless_get(p, "method"),
                                                        cm_serverless_text(cx, p->pos, method));
        const struct cm_node *route[4] = {
                m,
                cm_serverless_as_text(cx, cm_serverless_get(p, "path"),
                                      cm_serverless_text(cx, p->pos, path)),
                framework_auth(cx, authorizer, p->pos),
                cm_serverless_as_bool(cx, cm_serverless_get(p, "private"),
                                      cm_serverless_bool(cx, p->pos, false)),
        };
        add(cx, list, p->pos, cm_node_get(f, "name"), is_http ? "http" : "rest", route);
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
                if (cm_serverless_is_unknown(e))
                        cm_serverless_add(cx, list, e);
                else if (!is_http && !cm_sv_eq(type, CM_SV("Api")))
                        continue;
                else if (is_framework)
                        add_framework(cx, f, e, is_http, list);
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
        const struct cm_node *route[4] = {
                text_at(cx, url->pos, "any"),
                text_at(cx, url->pos, "/"),
                cm_serverless_get(url, "auth"),
                cm_serverless_bool(cx, url->pos, false),
        };
        add(cx, list, url->pos, cm_node_get(f, "name"), "url", route);
}

/* AWS::ApiGateway::Method, AWS::ApiGatewayV2::Route. */
static void add_resource(struct cm_serverless *cx, const struct cm_node_member *m,
                         struct cm_node *list)
{
        struct cm_sv type = cm_node_get_string(m->value, "Type");
        const struct cm_node *p = cm_node_get(m->value, "Properties");
        bool is_http = cm_sv_eq(type, CM_SV("AWS::ApiGatewayV2::Route"));
        if (!is_http && !cm_sv_eq(type, CM_SV("AWS::ApiGateway::Method")))
                return;
        if (cm_serverless_is_unknown(p)) {
                cm_serverless_add(cx, list, p);
                return;
        }
        struct cm_sv method = CM_SV("ANY");
        struct cm_sv path = CM_SV("/");
        CM_IGNORE(cm_sv_cut(cm_node_get_string(p, "RouteKey"), ' ', &method, &path));
        const struct cm_node *route[4] = {
                cm_serverless_as_text(cx, cm_serverless_get(p, "HttpMethod"),
                                      cm_serverless_text(cx, p->pos, method)),
                cm_serverless_text(cx, p->pos, path),
                cm_serverless_as_text(cx, cm_serverless_get(p, "AuthorizationType"),
                                      text_at(cx, p->pos, "NONE")),
                cm_serverless_as_bool(cx, cm_serverless_get(p, "ApiKeyRequired"),
                                      cm_serverless_bool(cx, p->pos, false)),
        };
        add(cx, list, p->pos, cm_serverless_text(cx, m->key_pos, m->key),
            is_http ? "http" : "rest", route);
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
        for (size_t i = 0; i < cm_node_count(cx->resources); i++)
                add_resource(cx, &cx->resources->map.members[i], list);
        return list;
}
