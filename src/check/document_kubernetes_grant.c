/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is given what (rbac.grant): each binding with the rules of its role, wherever in the
 * documents of a run the two are, such as the answer of `kubectl get
 * clusterroles,roles,clusterrolebindings,rolebindings -A -o json`. A Role is looked for in the
 * namespace of the binding only. The role of the binding's own document comes first: two documents
 * may be of two clusters. Without it those of all others count, each by itself, so that the order of
 * documents does not matter. Aggregated roles have their rules in such answers; what is not filled
 * in is not guessed.
 * Spec: Kubernetes documentation, Using RBAC Authorization.
 */
#include <stdlib.h>

#include "check/document_kubernetes_join.h"

static const char *const grant_variables[] = { "grant", "object", NULL };
const struct cm_check_view cm_view_rbac_grant = {
        .name = "rbac.grant",
        .summary = "a binding with the rules of its role, of one run",
        .variables = grant_variables,
};

struct cm_sv cm_kubernetes_role_key(struct cm_arena *arena, struct cm_sv namespace,
                                    struct cm_sv name)
{
        return cm_sv_printf(arena, "%.*s/%.*s", CM_SV_ARG(namespace), CM_SV_ARG(name));
}

static int role_order(const void *a, const void *b)
{
        const struct cm_kubernetes_kept_role *x = a;
        const struct cm_kubernetes_kept_role *y = b;
        int c = cm_sv_cmp(x->key, y->key);
        if (c != 0)
                return c;
        return x->document == y->document ? 0 : x->document < y->document ? -1 : 1;
}

/* The key of the role that a binding names, or "". */
static struct cm_sv key_of(struct cm_arena *arena, const struct cm_node *binding)
{
        const struct cm_node *ref = cm_node_get(binding, "role");
        struct cm_sv namespace = CM_SV("");
        if (cm_sv_eq_nocase(cm_node_get_string(ref, "kind"), CM_SV("Role"))) {
                namespace = cm_node_get_string(binding, "namespace");
                if (namespace.len == 0)
                        return CM_SV(""); /* a ClusterRoleBinding cannot name a Role */
        }
        return cm_kubernetes_role_key(arena, namespace, cm_node_get_string(ref, "name"));
}

/* The first of the sorted roles that is not before the key. */
static size_t lower_bound(const struct cm_document_join *join, struct cm_sv key)
{
        size_t from = 0;
        size_t to = join->roles.count;
        while (from < to) {
                size_t middle = from + (to - from) / 2;
                if (cm_sv_cmp(join->roles.items[middle].key, key) < 0)
                        from = middle + 1;
                else
                        to = middle;
        }
        return from;
}

/* What is wrong with a role is shown at the reference to it: it may stand in another text. */
static int put_grant(struct cm_arena *arena, const struct cm_subject *s,
                     const struct cm_node *binding, const struct cm_node *role,
                     struct cm_subject_sink *sink, struct cm_err *err)
{
        const struct cm_node *ref = cm_node_get(s->subject, "roleRef");
        struct cm_node_pos at = ref != NULL ? ref->pos : s->subject->pos;
        struct cm_node *grant = cm_node_new_map(arena, s->subject->pos);
        cm_kubernetes_put(arena, grant, "binding", binding);
        cm_kubernetes_put(arena, grant, "role", cm_node_move(arena, role, at));
        struct cm_subject put = *s;
        put.view = &cm_view_rbac_grant;
        put.variables[0] = grant;
        put.variables[1] = s->subject;
        return sink->put(sink, &put, err);
}

static int put_grants_of(struct cm_document_join *join, struct cm_arena *arena,
                         struct cm_kubernetes_kept_binding *kept, struct cm_subject_sink *sink,
                         struct cm_err *err)
{
        struct cm_subject s = cm_kubernetes_subject(&kept->document, kept->document.root);
        const struct cm_node *binding = cm_kubernetes_binding(arena, &s);
        struct cm_sv key = key_of(arena, binding);
        size_t from = lower_bound(join, key);
        size_t to = from;
        bool is_own = false;
        for (; to < join->roles.count && cm_sv_eq(join->roles.items[to].key, key); to++)
                is_own = is_own || join->roles.items[to].document == kept->number;
        if (from == to || key.len == 0)
                return 0;
        kept->document.locator = cm_node_locator_new(arena, kept->document.root);
        int r = 0;
        for (size_t i = from; i < to && r == 0; i++)
                if (!is_own || join->roles.items[i].document == kept->number)
                        r = put_grant(arena, &s, binding, join->roles.items[i].role, sink, err);
        return r;
}

int cm_kubernetes_grants(struct cm_document_join *join, struct cm_arena *arena,
                         struct cm_subject_sink *sink, struct cm_err *err)
{
        int r = 0;
        if (join->roles.count > 0)
                qsort(join->roles.items, join->roles.count, sizeof(*join->roles.items), role_order);
        for (size_t i = 0; i < join->bindings.count && r == 0; i++)
                r = put_grants_of(join, arena, &join->bindings.items[i], sink, err);
        return r;
}
