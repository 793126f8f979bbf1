/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Routes of APIs that are described by an OpenAPI document in the template, see serverless.h. One
 * that is in another file is unknown.
 * Spec: OpenAPI 2.0 and 3.0; Amazon API Gateway developer guide, "OpenAPI extensions".
 */
#include "check/serverless.h"

struct definition {
        const char *type;
        const char *body;
        const char *uri;
        const char *section; /* of Globals, or NULL */
        const char *kind;
};

static const struct definition definitions[] = {
        { "AWS::Serverless::Api", "DefinitionBody", "DefinitionUri", "Api", "rest" },
        { "AWS::Serverless::HttpApi", "DefinitionBody", "DefinitionUri", "HttpApi", "http" },
        { "AWS::ApiGateway::RestApi", "Body", "BodyS3Location", NULL, "rest" },
        { "AWS::ApiGatewayV2::Api", "Body", "BodyS3Location", NULL, "http" },
};

static const char *const methods[] = { "get",     "put",  "post",  "delete",
                                       "options", "head", "patch", "x-amazon-apigateway-any-method",
                                       NULL };

/* Is the scheme of this name a key alone, which only says who pays? */
static bool is_key(const struct cm_node *body, struct cm_sv name)
{
        const struct cm_node *schemes = cm_serverless_get(body, "securityDefinitions");
        if (schemes == NULL)
                schemes = cm_serverless_get2(body, "components", "securitySchemes");
        const struct cm_node *scheme = cm_node_get_sv(schemes, name);
        return cm_sv_eq(cm_node_get_string(scheme, "type"), CM_SV("apiKey")) &&
               cm_node_get(scheme, "x-amazon-apigateway-authorizer") == NULL &&
               cm_node_get(scheme, "x-amazon-apigateway-authtype") == NULL;
}

/* `security` is a list of choices; each names schemes that are asked for together. */
static void take_security(struct cm_serverless *cx, const struct cm_node *body,
                          const struct cm_node *security, struct cm_serverless_endpoint *e)
{
        const struct cm_node *none = cm_serverless_word(cx, security->pos, "NONE");
        const struct cm_node *auth = NULL;
        if (cm_serverless_is_unknown(security)) {
                e->auth = security;
                return;
        }
        for (size_t i = 0; security->type == CM_NODE_LIST && i < security->list.count; i++) {
                const struct cm_node *choice = security->list.items[i];
                const struct cm_node *of_choice = none; /* {}: nothing */
                for (size_t j = 0; cm_node_type(choice) == CM_NODE_MAP && j < choice->map.count;
                     j++) {
                        const struct cm_node_member *m = &choice->map.members[j];
                        if (is_key(body, m->key))
                                e->api_key = cm_serverless_bool(cx, m->key_pos, true);
                        else
                                of_choice = cm_serverless_text(cx, m->key_pos, m->key);
                }
                if (cm_serverless_is_unknown(choice))
                        of_choice = choice;
                if (auth == NULL || of_choice == none)
                        auth = of_choice;
        }
        e->auth = auth != NULL ? auth : none;
}

/* What a method asks for: its own security, that of the document, or that of the API. */
static void add_method(struct cm_serverless *cx, const struct cm_node *body,
                       const struct cm_node_member *method,
                       const struct cm_serverless_endpoint *common, struct cm_node *list)
{
        struct cm_serverless_endpoint e = *common;
        const struct cm_node *security = cm_serverless_get(method->value, "security");
        const struct cm_node *auth =
                cm_serverless_get2(method->value, "x-amazon-apigateway-auth", "type");
        if (security == NULL)
                security = cm_serverless_get(body, "security");
        e.pos = method->key_pos;
        e.method = cm_serverless_text(cx, method->key_pos,
                                      cm_sv_has_prefix(method->key, CM_SV("x-")) ? CM_SV("any")
                                                                                 : method->key);
        if (auth != NULL)
                e.auth = auth;
        else if (security != NULL)
                take_security(cx, body, security, &e);
        cm_serverless_take_headers(
                cx,
                cm_serverless_get2(method->value, "x-amazon-apigateway-integration", "responses"),
                "responseParameters", &e);
        cm_serverless_add_endpoint(cx, list, &e);
}

static void add_body(struct cm_serverless *cx, const struct cm_node *body,
                     struct cm_serverless_endpoint *e, struct cm_node *list)
{
        const struct cm_node *paths = cm_serverless_get(body, "paths");
        if (cm_serverless_is_unknown(paths))
                cm_serverless_add(cx, list, paths);
        for (size_t i = 0; cm_node_type(paths) == CM_NODE_MAP && i < paths->map.count; i++) {
                const struct cm_node_member *path = &paths->map.members[i];
                e->path = cm_serverless_text(cx, path->key_pos, path->key);
                if (cm_serverless_is_unknown(path->value))
                        cm_serverless_add(cx, list, path->value);
                for (size_t j = 0;
                     cm_node_type(path->value) == CM_NODE_MAP && j < path->value->map.count; j++)
                        if (cm_sv_is_any(path->value->map.members[j].key, methods))
                                add_method(cx, body, &path->value->map.members[j], e, list);
        }
}

void cm_serverless_add_definition(struct cm_serverless *cx, const struct cm_node_member *resource,
                                  struct cm_node *list)
{
        struct cm_sv type = cm_node_get_string(resource->value, "Type");
        const struct definition *d = NULL;
        for (size_t i = 0; i < CM_ARRAY_LEN(definitions); i++)
                if (cm_sv_eq(type, cm_sv_from_cstr(definitions[i].type)))
                        d = &definitions[i];
        if (d == NULL)
                return;
        const struct cm_node *p = cm_node_get(resource->value, "Properties");
        if (d->section != NULL)
                p = cm_serverless_with_globals(cx, d->section, p);
        const struct cm_node *body = cm_serverless_get(p, d->body);
        const struct cm_node *uri = cm_serverless_get(p, d->uri);
        if (body == NULL && uri != NULL)
                body = cm_serverless_unknown(cx, uri->pos,
                                             "the API's definition is in another file");
        if (cm_serverless_is_unknown(body)) {
                cm_serverless_add(cx, list, body);
                return;
        }
        struct cm_serverless_endpoint e = {
                .name = cm_serverless_text(cx, resource->key_pos, resource->key),
                .kind = d->kind,
                .auth = cm_serverless_get2(p, "Auth", "DefaultAuthorizer"),
                .api_key = cm_serverless_get2(p, "Auth", "ApiKeyRequired"),
        };
        add_body(cx, body, &e, list);
}
