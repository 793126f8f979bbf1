/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cluster as a whole (k8s.cluster) and its namespaces (k8s.namespace): what is not there can be
 * said only when lists are known to be whole. A document of kind ClusterLists says so, for each
 * kind; without one these views are not given out. The objects of a kind whose list is not whole are
 * not there in the views, so that what needs them is unknown.
 */
#include <stdlib.h>

#include "check/document_kubernetes_join.h"

static const char *const cluster_variables[] = { "cluster", NULL };
const struct cm_check_view cm_view_k8s_cluster = {
        .name = "k8s.cluster",
        .summary = "a cluster as a whole: which objects of which kinds it has",
        .variables = cluster_variables,
};
static const char *const namespace_variables[] = { "ns", "cluster", NULL };
const struct cm_check_view cm_view_k8s_namespace = {
        .name = "k8s.namespace",
        .summary = "a namespace of a cluster with what is in it",
        .variables = namespace_variables,
};

static const struct cm_node_pos nowhere;

bool cm_kubernetes_is_cluster_lists(const struct cm_node *object)
{
        return cm_sv_eq(cm_node_get_string(object, "apiVersion"), CM_SV("coaming/v1")) &&
               cm_sv_eq(cm_node_get_string(object, "kind"), CM_SV("ClusterLists"));
}

static int object_order(const void *a, const void *b)
{
        const struct cm_kubernetes_kept_object *x = a;
        const struct cm_kubernetes_kept_object *y = b;
        int c = cm_sv_cmp(x->kind, y->kind);
        c = c != 0 ? c : cm_sv_cmp(x->group, y->group);
        return c != 0 ? c : cm_sv_cmp(x->name, y->name);
}

/* The same object may be in several lists: in the sorted objects they are neighbours. */
static bool is_again(const struct cm_document_join *join, size_t i)
{
        return i > 0 && object_order(&join->objects.items[i - 1], &join->objects.items[i]) == 0;
}

static struct cm_node *new_list_at(struct cm_arena *arena, struct cm_node *map, struct cm_sv key)
{
        struct cm_node *list = cm_node_new_list(arena, nowhere);
        cm_node_put(arena, map, key, nowhere, list);
        return list;
}

/* kind -> {complete, problem}. What two documents say of two clusters is of none. */
static struct cm_node *make_lists(const struct cm_document_join *join, struct cm_arena *arena)
{
        struct cm_node *lists = cm_node_new_map(arena, nowhere);
        const char *why_none = join->is_cut                    ? "there are too many objects"
                               : join->cluster_lists.count > 1 ? "lists of several clusters"
                                                               : NULL;
        const struct cm_node *said = cm_node_get(join->cluster_lists.items[0].root, "lists");
        for (size_t i = 0; i < cm_node_count(said); i++) {
                const struct cm_node *one = cm_node_at(said, i);
                struct cm_sv kind = cm_node_get_string(one, "kind");
                bool is_complete =
                        why_none == NULL && cm_node_bool(cm_node_get(one, "complete"), false);
                const struct cm_node *before = cm_node_get_sv(lists, kind);
                if (before != NULL) /* said twice: both must say so */
                        is_complete =
                                is_complete && cm_node_bool(cm_node_get(before, "complete"), false);
                struct cm_node *list = cm_node_new_map(arena, nowhere);
                cm_kubernetes_put(arena, list, "complete",
                                  cm_node_new_bool(arena, nowhere, is_complete));
                cm_kubernetes_put_text(arena, list, "problem",
                                       why_none != NULL ? cm_sv_from_cstr(why_none)
                                                        : cm_node_get_string(one, "problem"),
                                       nowhere);
                if (kind.len > 0)
                        cm_node_put(arena, lists, kind, nowhere, list);
        }
        return lists;
}

static bool is_complete(const struct cm_node *lists, struct cm_sv kind)
{
        return cm_node_bool(cm_node_get(cm_node_get_sv(lists, kind), "complete"), false);
}

/* kind -> [], for each kind whose list is whole. */
static struct cm_node *make_empty(struct cm_arena *arena, const struct cm_node *lists)
{
        struct cm_node *map = cm_node_new_map(arena, nowhere);
        for (size_t i = 0; i < cm_node_count(lists); i++)
                if (is_complete(lists, lists->map.members[i].key))
                        new_list_at(arena, map, lists->map.members[i].key);
        return map;
}

/* The lists of a map that make_empty() made; nobody else has them. */
static struct cm_node *list_of(const struct cm_node *map, struct cm_sv kind)
{
        return (struct cm_node *)(uintptr_t)cm_node_get_sv(map, kind);
}

static struct cm_node *make_cluster(const struct cm_document_join *join, struct cm_arena *arena,
                                    const struct cm_node *lists)
{
        struct cm_node *cluster = cm_node_new_map(arena, nowhere);
        struct cm_node *objects = make_empty(arena, lists);
        for (size_t i = 0; i < join->objects.count; i++) {
                const struct cm_kubernetes_kept_object *o = &join->objects.items[i];
                struct cm_node *list = list_of(objects, o->kind);
                if (list == NULL || is_again(join, i))
                        continue;
                struct cm_node *object = cm_node_new_map(arena, nowhere);
                cm_kubernetes_put_text(arena, object, "name", o->name, nowhere);
                cm_kubernetes_put_text(arena, object, "namespace", o->group, nowhere);
                if (cm_sv_eq(o->kind, CM_SV("Namespace")))
                        cm_kubernetes_put(arena, object, "labels",
                                          cm_node_type(o->labels) == CM_NODE_MAP
                                                  ? o->labels
                                                  : cm_node_new_map(arena, nowhere));
                cm_node_add(arena, list, object);
        }
        cm_kubernetes_put(arena, cluster, "lists", lists);
        cm_kubernetes_put(arena, cluster, "objects", objects);
        return cluster;
}

/* name of a namespace -> its view; the objects of each are filled in in one pass over all. */
static struct cm_node *make_namespaces(const struct cm_document_join *join, struct cm_arena *arena,
                                       const struct cm_node *lists)
{
        struct cm_node *all = cm_node_new_map(arena, nowhere);
        for (size_t i = 0; i < join->objects.count; i++) {
                const struct cm_kubernetes_kept_object *o = &join->objects.items[i];
                if (!cm_sv_eq(o->kind, CM_SV("Namespace")) || is_again(join, i))
                        continue;
                struct cm_node *one = cm_node_new_map(arena, nowhere);
                cm_kubernetes_put_text(arena, one, "name", o->name, nowhere);
                cm_kubernetes_put(arena, one, "labels",
                                  cm_node_type(o->labels) == CM_NODE_MAP
                                          ? o->labels
                                          : cm_node_new_map(arena, nowhere));
                cm_kubernetes_put(arena, one, "objects", make_empty(arena, lists));
                cm_node_put(arena, all, o->name, nowhere, one);
        }
        for (size_t i = 0; i < join->objects.count; i++) {
                const struct cm_kubernetes_kept_object *o = &join->objects.items[i];
                const struct cm_node *namespace = cm_node_get_sv(all, o->group);
                struct cm_node *list = list_of(cm_node_get(namespace, "objects"), o->kind);
                if (list != NULL && !is_again(join, i))
                        cm_node_add(arena, list, cm_node_new_string(arena, nowhere, o->name));
        }
        return all;
}

/* Views through which checks look at objects of these kinds. */
static const char *const kinds_with_pods[] = { "Pod",        "PodTemplate", "Deployment",
                                               "ReplicaSet", "StatefulSet", "DaemonSet",
                                               "Job",        "CronJob",     "ReplicationController",
                                               NULL };
static const char *const kinds_of_roles[] = { "Role", "ClusterRole", NULL };
static const char *const kinds_of_bindings[] = { "RoleBinding", "ClusterRoleBinding", NULL };
static const struct {
        const struct cm_check_view *view;
        const char *const *kinds; /* NULL: all */
} looked_at_by[] = {
        { &cm_view_k8s_object, NULL },
        { &cm_view_k8s_admission, NULL },
        { &cm_view_k8s_pod, kinds_with_pods },
        { &cm_view_k8s_component, kinds_with_pods },
        { &cm_view_rbac_role, kinds_of_roles },
        { &cm_view_rbac_grant, kinds_of_roles },
        { &cm_view_rbac_binding, kinds_of_bindings },
        { &cm_view_rbac_grant, kinds_of_bindings },
};

/* Objects that nobody could list must not be taken for ones that are not there. */
static int put_unseen(struct cm_document_join *join, struct cm_arena *arena,
                      struct cm_subject_sink *sink, struct cm_err *err)
{
        int r = 0;
        for (size_t i = 0; i < join->cluster_lists.count; i++) {
                const struct cm_document *document = &join->cluster_lists.items[i];
                const struct cm_node *said = cm_node_get(document->root, "lists");
                for (size_t j = 0; j < cm_node_count(said); j++) {
                        const struct cm_node *one = cm_node_at(said, j);
                        struct cm_sv kind = cm_node_get_string(one, "kind");
                        struct cm_sv problem = cm_node_get_string(one, "problem");
                        if (kind.len == 0 || cm_node_bool(cm_node_get(one, "complete"), false))
                                continue;
                        struct cm_subject s = { .document = document, .kind = kind };
                        s.unseen = cm_sv_printf(
                                arena, "not all objects of kind %.*s were listed%s%.*s",
                                CM_SV_ARG(kind), problem.len > 0 ? ": " : "", CM_SV_ARG(problem));
                        for (size_t v = 0; v < CM_ARRAY_LEN(looked_at_by) && r == 0; v++) {
                                s.view = looked_at_by[v].view;
                                if (looked_at_by[v].kinds == NULL ||
                                    cm_sv_is_any(kind, looked_at_by[v].kinds))
                                        r = sink->put(sink, &s, err);
                        }
                }
        }
        return r;
}

int cm_kubernetes_cluster(struct cm_document_join *join, struct cm_arena *arena,
                          struct cm_subject_sink *sink, struct cm_err *err)
{
        if (join->cluster_lists.count == 0)
                return 0;
        int unseen = put_unseen(join, arena, sink, err);
        if (unseen < 0)
                return unseen;
        if (join->objects.count > 0)
                qsort(join->objects.items, join->objects.count, sizeof(*join->objects.items),
                      object_order);
        struct cm_node *lists = make_lists(join, arena);
        struct cm_node *cluster = make_cluster(join, arena, lists);
        struct cm_node *namespaces = make_namespaces(join, arena, lists);
        /* Of namespaces that nobody listed nothing is known, and that must show. */
        if (!is_complete(lists, CM_SV("Namespace")))
                cm_node_put(arena, namespaces, CM_SV(""), nowhere, cm_node_new_map(arena, nowhere));
        /* It is in the file that says what is whole; with several, in none. */
        struct cm_document *document = CM_NEW(arena, struct cm_document);
        if (join->cluster_lists.count == 1)
                *document = join->cluster_lists.items[0];
        document->pointer = CM_SV("");
        document->root = cluster;
        document->has_no_lines = true;
        document->locator = cm_node_locator_new(arena, cluster);
        struct cm_subject s = { .view = &cm_view_k8s_cluster,
                                .document = document,
                                .kind = CM_SV("Cluster"),
                                .subject = cluster,
                                .variables = { cluster } };
        int r = sink->put(sink, &s, err);
        for (size_t i = 0; i < cm_node_count(namespaces) && r == 0; i++) {
                s.view = &cm_view_k8s_namespace;
                s.kind = CM_SV("Namespace");
                s.name = namespaces->map.members[i].key;
                s.subject = namespaces->map.members[i].value;
                s.variables[0] = s.subject;
                s.variables[1] = cluster;
                r = sink->put(sink, &s, err);
        }
        return r;
}
