/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may do what: a view of roles (rbac.role: what is granted, in lists that are always there) and
 * one of bindings (rbac.binding: to whom). Wildcards stay as they are written: "*" stands for every
 * verb, resource or group, and a star before a slash for that
 * subresource of everything, as the authorizer reads them.
 * The API server takes kinds as spelled; here the case of letters does not matter, since a person
 * is told more by a finding than by silence.
 * Spec: Kubernetes API reference, rbac/v1; pkg/apis/rbac/v1/evaluation_helpers.go of Kubernetes.
 */
#include "check/document_kubernetes.h"

static const char *const role_variables[] = { "role", "object", NULL };
const struct cm_check_view cm_view_rbac_role = {
        .name = "rbac.role",
        .summary = "a Role or ClusterRole with its rules",
        .variables = role_variables,
};
static const char *const binding_variables[] = { "binding", "object", NULL };
const struct cm_check_view cm_view_rbac_binding = {
        .name = "rbac.binding",
        .summary = "a RoleBinding or ClusterRoleBinding with its subjects",
        .variables = binding_variables,
};

/* A list with its texts only; an empty list at the place of the parent when there is none. */
static const struct cm_node *texts_of(struct cm_arena *arena, const struct cm_node *parent,
                                      const char *key)
{
        const struct cm_node *list = cm_node_get(parent, key);
        bool is_list = cm_node_type(list) == CM_NODE_LIST;
        struct cm_node *copy = cm_node_new_list(arena, is_list ? list->pos : parent->pos);
        for (size_t i = 0; is_list && i < cm_node_count(list); i++)
                if (cm_node_type(cm_node_at(list, i)) == CM_NODE_STRING)
                        cm_node_add(arena, copy, cm_node_at(list, i));
        return copy;
}

static const struct cm_node *make_rule(struct cm_arena *arena, const struct cm_node *rule)
{
        struct cm_node *view = cm_node_new_map(arena, rule->pos);
        cm_kubernetes_put(arena, view, "groups", texts_of(arena, rule, "apiGroups"));
        cm_kubernetes_put(arena, view, "resources", texts_of(arena, rule, "resources"));
        cm_kubernetes_put(arena, view, "verbs", texts_of(arena, rule, "verbs"));
        cm_kubernetes_put(arena, view, "names", texts_of(arena, rule, "resourceNames"));
        cm_kubernetes_put(arena, view, "urls", texts_of(arena, rule, "nonResourceURLs"));
        return view;
}

/*
 * Made by the API server itself, with every cluster. The name alone says nothing: anybody who may
 * write roles may begin a name with "system:".
 */
static bool is_built_in(const struct cm_subject *s)
{
        static const char *const names[] = { "cluster-admin", "admin", "edit", "view", NULL };
        const struct cm_node *labels = cm_node_path(s->subject, "metadata", "labels", NULL);
        if (!cm_sv_eq(cm_node_get_string(labels, "kubernetes.io/bootstrapping"),
                      CM_SV("rbac-defaults")))
                return false;
        return cm_sv_is_any(s->name, names) || cm_sv_has_prefix(s->name, CM_SV("system:"));
}

/* What roles and bindings have in common. */
static struct cm_node *make_head(struct cm_arena *arena, const struct cm_subject *s)
{
        const struct cm_node *object = s->subject;
        struct cm_node *view = cm_node_new_map(arena, object->pos);
        bool is_cluster =
                s->kind.len > 7 && cm_sv_eq_nocase(cm_sv_slice(s->kind, 0, 7), CM_SV("Cluster"));
        cm_kubernetes_put_text(arena, view, "kind", s->kind, object->pos);
        cm_kubernetes_put_text(arena, view, "name", s->name, object->pos);
        cm_kubernetes_put_text(arena, view, "namespace", s->group, object->pos);
        cm_kubernetes_put(arena, view, "cluster", cm_node_new_bool(arena, object->pos, is_cluster));
        cm_kubernetes_put(arena, view, "system",
                          cm_node_new_bool(arena, object->pos, is_built_in(s)));
        return view;
}

static const struct cm_node *make_role(struct cm_arena *arena, const struct cm_subject *s)
{
        const struct cm_node *rules = cm_node_get(s->subject, "rules");
        struct cm_node *view = make_head(arena, s);
        struct cm_node *list = cm_node_new_list(arena, rules != NULL ? rules->pos : view->pos);
        for (size_t i = 0; i < cm_node_count(rules); i++)
                if (cm_node_type(cm_node_at(rules, i)) == CM_NODE_MAP)
                        cm_node_add(arena, list, make_rule(arena, cm_node_at(rules, i)));
        cm_kubernetes_put(arena, view, "rules", list);
        return view;
}

static const struct cm_node *make_named(struct cm_arena *arena, const struct cm_node *from)
{
        struct cm_node *view = cm_node_new_map(arena, from->pos);
        cm_kubernetes_copy_text(arena, view, "kind", from);
        cm_kubernetes_copy_text(arena, view, "name", from);
        cm_kubernetes_copy_text(arena, view, "namespace", from);
        return view;
}

static const struct cm_node *make_binding(struct cm_arena *arena, const struct cm_subject *s)
{
        const struct cm_node *subjects = cm_node_get(s->subject, "subjects");
        const struct cm_node *role = cm_node_get(s->subject, "roleRef");
        struct cm_node *view = make_head(arena, s);
        struct cm_node *list =
                cm_node_new_list(arena, subjects != NULL ? subjects->pos : view->pos);
        bool is_list = cm_node_type(subjects) == CM_NODE_LIST;
        for (size_t i = 0; is_list && i < cm_node_count(subjects); i++)
                if (cm_node_type(cm_node_at(subjects, i)) == CM_NODE_MAP)
                        cm_node_add(arena, list, make_named(arena, cm_node_at(subjects, i)));
        if (cm_node_type(role) != CM_NODE_MAP)
                role = cm_node_new_map(arena, view->pos);
        cm_kubernetes_put(arena, view, "role", make_named(arena, role));
        cm_kubernetes_put(arena, view, "subjects", list);
        return view;
}

static bool is_kind(const struct cm_subject *object, const char *one, const char *other)
{
        return cm_sv_eq_nocase(object->kind, cm_sv_from_cstr(one)) ||
               cm_sv_eq_nocase(object->kind, cm_sv_from_cstr(other));
}

const struct cm_node *cm_kubernetes_role(struct cm_arena *arena, const struct cm_subject *object)
{
        return is_kind(object, "Role", "ClusterRole") ? make_role(arena, object) : NULL;
}

const struct cm_node *cm_kubernetes_binding(struct cm_arena *arena, const struct cm_subject *object)
{
        return is_kind(object, "RoleBinding", "ClusterRoleBinding") ? make_binding(arena, object)
                                                                    : NULL;
}

int cm_kubernetes_rbac(struct cm_arena *arena, const struct cm_subject *object,
                       struct cm_subject_sink *sink, struct cm_err *err)
{
        struct cm_subject s = *object;
        s.view = &cm_view_rbac_role;
        s.variables[0] = cm_kubernetes_role(arena, object);
        if (s.variables[0] == NULL) {
                s.view = &cm_view_rbac_binding;
                s.variables[0] = cm_kubernetes_binding(arena, object);
        }
        s.variables[1] = object->subject;
        return s.variables[0] == NULL ? 0 : sink->put(sink, &s, err);
}
