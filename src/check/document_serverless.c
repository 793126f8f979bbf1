/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Serverless applications: AWS SAM and CloudFormation templates (YAML, with short tags or not, and
 * JSON) and serverless.yml, in one form: functions, what calls them by HTTP, roles and statements of
 * policies, and every resource with what the template decides put in (docs/formats/serverless-view.md).
 */
#include "base/limits.h"
#include "check/serverless.h"

static const char *const function_variables[] = { "fn", NULL }; /* CEL reserves "function" */
static const char *const endpoint_variables[] = { "endpoint", NULL };
static const char *const api_variables[] = { "api", NULL };
static const char *const parameter_variables[] = { "parameter", NULL };
static const char *const role_variables[] = { "role", NULL };
static const char *const statement_variables[] = { "statement", NULL };
static const char *const resource_variables[] = { "resource", NULL };
static const struct cm_check_view view_function = {
        .name = "serverless.function",
        .summary = "one function, in one form",
        .variables = function_variables,
};
static const struct cm_check_view view_endpoint = {
        .name = "serverless.endpoint",
        .summary = "one route of an API, or the URL of a function",
        .variables = endpoint_variables,
};
static const struct cm_check_view view_api = {
        .name = "serverless.api",
        .summary = "one API as a whole",
        .variables = api_variables,
};
static const struct cm_check_view view_parameter = {
        .name = "serverless.parameter",
        .summary = "one parameter of the template",
        .variables = parameter_variables,
};
static const struct cm_check_view view_resource = {
        .name = "serverless.resource",
        .summary = "one resource of the template, with its properties",
        .variables = resource_variables,
};
static const struct cm_check_view view_role = {
        .name = "iam.role",
        .summary = "one role with all its policies and the functions that use it",
        .variables = role_variables,
};
static const struct cm_check_view view_statement = {
        .name = "iam.statement",
        .summary = "one statement of a policy",
        .variables = statement_variables,
};
static const struct cm_check_view *const views[] = { &view_function,  &view_endpoint,
                                                     &view_api,       &view_resource,
                                                     &view_parameter, &view_role,
                                                     &view_statement, NULL };

static bool is_framework(struct cm_sv name, const struct cm_node *root)
{
        struct cm_sv base = cm_sv_base_name(name);
        const struct cm_node *provider = cm_node_get(root, "provider");
        struct cm_sv cloud = cm_node_type(provider) == CM_NODE_STRING
                                     ? provider->text
                                     : cm_node_get_string(provider, "name");
        bool is_named = cm_sv_has_prefix(base, CM_SV("serverless.")) ||
                        cm_sv_has_prefix(base, CM_SV("serverless-"));
        return cm_node_get(root, "service") != NULL && provider != NULL &&
               (cm_sv_eq(cloud, CM_SV("aws")) || (is_named && cloud.len == 0) ||
                (is_named && cm_sv_find(cloud, CM_SV("${")) >= 0));
}

/* Templates may leave their version out; then the types of their resources tell. */
static bool is_template(const struct cm_node *root)
{
        const struct cm_node *resources = cm_node_get(root, "Resources");
        if (cm_node_type(resources) != CM_NODE_MAP)
                return false;
        if (cm_node_get(root, "AWSTemplateFormatVersion") != NULL)
                return true;
        for (size_t i = 0; i < resources->map.count; i++)
                if (cm_sv_has_prefix(cm_node_get_string(resources->map.members[i].value, "Type"),
                                     CM_SV("AWS::")))
                        return true;
        return false;
}

static bool serverless_is(struct cm_sv name, const struct cm_node *root)
{
        return is_template(root) || is_framework(name, root);
}

static int malformed(const struct cm_node *n, const char *what, struct cm_err *err)
{
        return CM_RAISE(err, CM_E_MALFORMED, "%u:%u: %s", n->pos.line, n->pos.column, what);
}

/* Each is compared with each. */
static int check_count(const struct cm_node *where, size_t count, struct cm_err *err)
{
        if (count <= CM_SERVERLESS_RESOURCES_MAX)
                return 0;
        return CM_RAISE(err, CM_E_LIMIT,
                        "%u:%u: template is over limit serverless_resources_max (%zu)",
                        where->pos.line, where->pos.column, CM_SERVERLESS_RESOURCES_MAX);
}

/* Every resource with its Properties resolved; what it may not have is not there. */
static int take_resources(struct cm_serverless *cx, const struct cm_node *resources,
                          struct cm_node *out, struct cm_err *err)
{
        for (size_t i = 0; i < cm_node_count(resources); i++) {
                const struct cm_node_member *m = &resources->map.members[i];
                if (cm_sv_has_prefix(m->key, CM_SV("Fn::")))
                        return CM_RAISE(err, CM_E_UNSUPPORTED,
                                        "%u:%u: resources that a loop or transform makes are not "
                                        "known; check the template that it makes",
                                        m->key_pos.line, m->key_pos.column);
                const struct cm_node *type = cm_serverless_get(m->value, "Type");
                if (cm_serverless_is_unknown(type)) {
                        cx->is_partial = true;
                        continue;
                }
                if (type == NULL && cx->form == CM_SERVERLESS_FRAMEWORK)
                        continue; /* adds to a resource that the framework makes */
                if (cm_node_type(type) != CM_NODE_STRING)
                        return malformed(m->value, "a resource has no Type", err);
                struct cm_node *r = cm_serverless_map(cx, m->value->pos);
                const struct cm_node *p =
                        cm_serverless_resolve(cx, cm_node_get(m->value, "Properties"));
                if (!cm_serverless_is_unknown(p) && cm_node_type(p) != CM_NODE_MAP)
                        p = cm_serverless_map(cx, m->value->pos);
                cm_serverless_put(cx, r, "name", cm_serverless_text(cx, m->value->pos, m->key));
                cm_serverless_put(cx, r, "Type", type);
                cm_serverless_put(cx, r, "Properties", p);
                cm_serverless_put(cx, r, "Condition", cm_node_get(m->value, "Condition"));
                cm_serverless_put(cx, r, "Connectors", cm_node_get(m->value, "Connectors"));
                cm_node_put(cx->arena, out, m->key, m->key_pos, r);
        }
        return 0;
}

/* A macro may add and change anything; those of SAM and of the language itself are known. */
static bool has_macro(const struct cm_node *transform)
{
        static const char *const known[] = { "AWS::Serverless-2016-10-31",
                                             "AWS::LanguageExtensions", NULL };
        if (cm_node_type(transform) != CM_NODE_LIST)
                return transform != NULL && !cm_sv_is_any(cm_node_string(transform), known);
        for (size_t i = 0; i < transform->list.count; i++)
                if (!cm_sv_is_any(cm_node_string(transform->list.items[i]), known))
                        return true;
        return false;
}

static int take_template(struct cm_serverless *cx, const struct cm_node *template,
                         struct cm_node *resources, struct cm_err *err)
{
        const struct cm_node *own = cm_node_get(template, "Resources");
        if (cm_serverless_is_unknown(template) || cm_serverless_is_unknown(own)) {
                cx->is_partial = true;
                return 0;
        }
        cx->is_partial = cx->is_partial || has_macro(cm_node_get(template, "Transform"));
        if (own != NULL && own->type != CM_NODE_MAP)
                return malformed(own, "'Resources' must be a mapping", err);
        int r = check_count(template, cm_node_count(own) + cm_node_count(resources), err);
        if (r < 0)
                return r;
        cx->parameters =
                cm_serverless_merge(cx, cx->parameters, cm_serverless_get(template, "Parameters"));
        cx->mappings =
                cm_serverless_merge(cx, cx->mappings, cm_serverless_get(template, "Mappings"));
        cx->globals = cm_serverless_resolve(cx, cm_node_get(template, "Globals"));
        return take_resources(cx, own, resources, err);
}

/* `resources` of serverless.yml is a template, or a list of them. */
static int take_framework(struct cm_serverless *cx, struct cm_node *resources, struct cm_err *err)
{
        cx->form = CM_SERVERLESS_FRAMEWORK;
        const struct cm_node *expanded = cm_serverless_expand(cx, cx->root);
        const struct cm_node *template = cm_node_get(expanded, "resources");
        bool is_list = cm_node_type(template) == CM_NODE_LIST;
        int r = 0;
        for (size_t i = 0; r == 0 && i < (is_list ? template->list.count : 1); i++) {
                const struct cm_node *t = is_list ? template->list.items[i] : template;
                r = t == NULL ? 0 : take_template(cx, t, resources, err);
        }
        cx->root = cm_serverless_resolve(cx, expanded);
        return r;
}

/* What a rule sees of a resource: the names of the template in lower case, and its policies. */
static const struct cm_node *make_resources(struct cm_serverless *cx)
{
        static const char *const with_policies[] = { "AWS::S3::Bucket", "AWS::SQS::Queue",
                                                     "AWS::SNS::Topic", NULL };
        struct cm_node *out = cm_serverless_map(cx, cx->root->pos);
        for (size_t i = 0; i < cm_node_count(cx->resources); i++) {
                const struct cm_node_member *m = &cx->resources->map.members[i];
                struct cm_node *r = cm_serverless_map(cx, m->value->pos);
                cm_serverless_put(cx, r, "name", cm_serverless_text(cx, m->value->pos, m->key));
                cm_serverless_put(cx, r, "type", cm_node_get(m->value, "Type"));
                cm_serverless_put(cx, r, "properties", cm_node_get(m->value, "Properties"));
                if (cm_sv_is_any(cm_node_get_string(m->value, "Type"), with_policies))
                        cm_serverless_put(cx, r, "statements", cm_serverless_policies_of(cx, m));
                cm_node_put(cx->arena, out, m->key, m->key_pos, r);
        }
        const struct cm_node *others = cm_serverless_outside(cx, cx->root->pos);
        if (others != NULL)
                cm_node_put(cx->arena, out, CM_SV("others"), others->pos, others);
        return out;
}

static const struct cm_node *make_parameters(struct cm_serverless *cx)
{
        struct cm_node *out = cm_serverless_map(cx, cx->root->pos);
        for (size_t i = 0; i < cm_node_count(cx->parameters); i++) {
                const struct cm_node_member *m = &cx->parameters->map.members[i];
                const struct cm_node *no = cm_serverless_bool(cx, m->value->pos, false);
                const struct cm_node *value = cm_serverless_get(m->value, "Default");
                struct cm_node *p = cm_serverless_map(cx, m->value->pos);
                cm_serverless_put(cx, p, "name", cm_serverless_text(cx, m->key_pos, m->key));
                cm_serverless_put(cx, p, "type",
                                  cm_serverless_as_text(cx, cm_serverless_get(m->value, "Type"),
                                                        cm_serverless_word(cx, m->value->pos, "")));
                cm_serverless_put(
                        cx, p, "no_echo",
                        cm_serverless_as_bool(cx, cm_serverless_get(m->value, "NoEcho"), no));
                cm_serverless_put(cx, p, "default",
                                  value != NULL ? value : cm_serverless_null(cx, m->value->pos));
                cm_node_put(cx->arena, out, m->key, m->key_pos, p);
        }
        return out;
}

struct giving {
        const struct cm_document *document;
        struct cm_subject_sink *sink;
        const struct cm_node *otherwise; /* where a subject stands that stands nowhere */
};

static int give(const struct giving *g, const struct cm_check_view *view, const char *kind,
                struct cm_sv name, const struct cm_node *n, struct cm_err *err)
{
        const struct cm_subject s = {
                .view = view,
                .document = g->document,
                .kind = cm_sv_from_cstr(kind),
                .name = name,
                .subject = n,
                .variables = { n },
                .pos = n->pos.line > 0 ? n->pos : g->otherwise->pos,
        };
        return g->sink->put(g->sink, &s, err);
}

static int give_members(const struct giving *g, const struct cm_check_view *view, const char *kind,
                        const struct cm_node *map, struct cm_err *err)
{
        int r = 0;
        for (size_t i = 0; i < cm_node_count(map) && r == 0; i++)
                r = give(g, view, kind, map->map.members[i].key, map->map.members[i].value, err);
        return r;
}

/* Named by whose they are: "Role", "GET /path of Function". */
static int give_items(const struct giving *g, const struct cm_check_view *view, const char *kind,
                      const struct cm_node *list, const char *name, struct cm_err *err)
{
        int r = 0;
        for (size_t i = 0; i < cm_node_count(list) && r == 0; i++) {
                const struct cm_node *n = cm_node_at(list, i);
                r = give(g, view, kind, cm_node_get_string(n, name), n, err);
        }
        return r;
}

static int give_statements(const struct giving *g, const struct cm_node *roles, struct cm_err *err)
{
        static const char *const lists[] = { "statements", "trust" };
        int r = 0;
        for (size_t i = 0; i < cm_node_count(roles) && r == 0; i++)
                for (size_t j = 0; j < CM_ARRAY_LEN(lists) && r == 0; j++)
                        r = give_items(g, &view_statement, "statement",
                                       cm_node_get(roles->map.members[i].value, lists[j]), "owner",
                                       err);
        return r;
}

static int serverless_subjects(struct cm_arena *arena, const struct cm_document *document,
                               struct cm_subject_sink *sink, struct cm_err *err)
{
        struct cm_serverless cx = { .arena = arena,
                                    .root = document->root,
                                    .left = CM_SERVERLESS_MADE_MAX };
        const struct giving g = { document, sink, document->root };
        struct cm_node *resources = cm_serverless_map(&cx, document->root->pos);
        const char *base = cm_node_get(document->root, "Resources") != NULL ? "Resources" : "";
        if (cm_node_get(document->root, "Transform") != NULL)
                cx.form = CM_SERVERLESS_SAM;
        cx.resources = resources;
        cx.attached = cm_serverless_map(&cx, document->root->pos);
        int r = *base != '\0' ? take_template(&cx, document->root, resources, err)
                              : take_framework(&cx, resources, err);
        if (r < 0)
                return r;
        const struct cm_node *functions = cm_serverless_functions(&cx);
        r = check_count(document->root, cm_node_count(functions), err);
        if (r < 0)
                return r;
        const struct cm_node *endpoints = cm_serverless_endpoints(&cx, functions);
        const struct cm_node *apis = cm_serverless_apis(&cx, functions);
        const struct cm_node *roles = cm_serverless_roles(&cx, functions);
        const struct cm_node *others = cm_serverless_other_statements(&cx);
        const struct cm_node *all = make_resources(&cx);
        const struct cm_node *parameters = make_parameters(&cx);
        r = cm_serverless_check(&cx, err); /* before anything is judged on a part */
        r = r < 0 ? r : give_members(&g, &view_function, "function", functions, err);
        r = r < 0 ? r : give_items(&g, &view_endpoint, "endpoint", endpoints, "name", err);
        r = r < 0 ? r : give_items(&g, &view_api, "api", apis, "name", err);
        r = r < 0 ? r : give_members(&g, &view_resource, "resource", all, err);
        r = r < 0 ? r : give_members(&g, &view_parameter, "parameter", parameters, err);
        r = r < 0 ? r : give_members(&g, &view_role, "role", roles, err);
        r = r < 0 ? r : give_statements(&g, roles, err);
        return r < 0 ? r : give_items(&g, &view_statement, "statement", others, "owner", err);
}

extern const struct cm_document_kind cm_document_serverless;
const struct cm_document_kind cm_document_serverless = {
        .name = "serverless",
        .summary = "AWS SAM and CloudFormation templates, serverless.yml",
        .views = views,
        .schema = CM_NODE_YAML_GO3, /* "!Ref N" names N */
        .has_short_tags = true,
        .is = serverless_is,
        .subjects = serverless_subjects,
};
