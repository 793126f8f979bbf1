/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is given what (rbac.grant): each binding with the rules of its role, where both are in one
 * list, such as the answer of `kubectl get clusterroles,roles,clusterrolebindings,rolebindings -A
 * -o json`. A Role is looked for in the namespace of the binding only. Aggregated roles have their
 * rules in such answers; what is not filled in is not guessed.
 * Spec: Kubernetes documentation, Using RBAC Authorization.
 */
#include "check/document_kubernetes.h"

static const char *const grant_variables[] = { "grant", "object", NULL };
const struct cm_check_view cm_view_rbac_grant = {
        .name = "rbac.grant",
        .summary = "a binding with the rules of its role, of one list",
        .variables = grant_variables,
};

static struct cm_sv key_of(struct cm_arena *arena, struct cm_sv namespace, struct cm_sv name)
{
        return cm_sv_printf(arena, "%.*s/%.*s", CM_SV_ARG(namespace), CM_SV_ARG(name));
}

/* All roles of the list, by "NAMESPACE/NAME"; the namespace of a ClusterRole is empty. */
static const struct cm_node *roles_of(struct cm_arena *arena, const struct cm_document *document,
                                      const struct cm_node *items)
{
        const struct cm_node_pos nowhere = { 0 };
        struct cm_node *roles = cm_node_new_map(arena, nowhere);
        for (size_t i = 0; i < cm_node_count(items); i++) {
                const struct cm_node *item = cm_node_at(items, i);
                if (cm_node_type(item) != CM_NODE_MAP)
                        continue;
                struct cm_subject s = cm_kubernetes_subject(document, item);
                const struct cm_node *role = cm_kubernetes_role(arena, &s);
                if (role == NULL)
                        continue;
                bool is_cluster = cm_node_bool(cm_node_get(role, "cluster"), false);
                cm_node_put(arena, roles, key_of(arena, is_cluster ? CM_SV("") : s.group, s.name),
                            nowhere, role);
        }
        return roles;
}

/* The role that a binding names, or NULL. */
static const struct cm_node *role_of(struct cm_arena *arena, const struct cm_node *roles,
                                     const struct cm_node *binding)
{
        const struct cm_node *ref = cm_node_get(binding, "role");
        struct cm_sv namespace = CM_SV("");
        if (cm_sv_eq_nocase(cm_node_get_string(ref, "kind"), CM_SV("Role"))) {
                namespace = cm_node_get_string(binding, "namespace");
                if (namespace.len == 0)
                        return NULL; /* a ClusterRoleBinding cannot name a Role */
        }
        return cm_node_get_sv(roles, key_of(arena, namespace, cm_node_get_string(ref, "name")));
}

int cm_kubernetes_grants(struct cm_arena *arena, const struct cm_document *document,
                         const struct cm_node *items, struct cm_subject_sink *sink,
                         struct cm_err *err)
{
        const struct cm_node *roles = roles_of(arena, document, items);
        for (size_t i = 0; i < cm_node_count(items) && cm_node_count(roles) > 0; i++) {
                const struct cm_node *item = cm_node_at(items, i);
                if (cm_node_type(item) != CM_NODE_MAP)
                        continue;
                struct cm_subject s = cm_kubernetes_subject(document, item);
                const struct cm_node *binding = cm_kubernetes_binding(arena, &s);
                const struct cm_node *role =
                        binding == NULL ? NULL : role_of(arena, roles, binding);
                if (role == NULL)
                        continue;
                struct cm_node *grant = cm_node_new_map(arena, item->pos);
                cm_kubernetes_put(arena, grant, "binding", binding);
                cm_kubernetes_put(arena, grant, "role", role);
                s.view = &cm_view_rbac_grant;
                s.variables[0] = grant;
                s.variables[1] = item;
                int r = sink->put(sink, &s, err);
                if (r < 0)
                        return r;
        }
        return 0;
}
