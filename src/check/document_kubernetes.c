/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kubernetes objects. Views: every object as it stands (k8s.object; a rule says "k8s.Service"
 * for one kind of it), and what runs (k8s.pod): the pod of a Pod, Deployment, CronJob, ... with all
 * containers in one list (also init and ephemeral ones, which checks tend to forget) and the
 * security context that each one gets after the pod's own is inherited. Views of roles and of parts
 * of Kubernetes are in files of their own.
 * Spec: Kubernetes API reference, core/v1 PodSpec, PodSecurityContext, SecurityContext.
 */
#include "check/document_kubernetes.h"

static const char *const object_variables[] = { "object", NULL };
const struct cm_check_view cm_view_k8s_object = {
        .name = "k8s.object",
        .summary = "an object as it stands; \"k8s.Service\" for one kind",
        .variables = object_variables,
};
static const char *const pod_variables[] = { "pod", "object", NULL };
const struct cm_check_view cm_view_k8s_pod = {
        .name = "k8s.pod",
        .summary = "the pod of a workload, with all its containers",
        .variables = pod_variables,
};
static const struct cm_check_view *const views[] = { &cm_view_k8s_object,    &cm_view_k8s_pod,
                                                     &cm_view_rbac_role,     &cm_view_rbac_binding,
                                                     &cm_view_k8s_component, &cm_view_rbac_grant,
                                                     &cm_view_k8s_admission, &cm_view_k8s_cluster,
                                                     &cm_view_k8s_namespace, NULL };

static bool kubernetes_is(struct cm_sv name, const struct cm_node *root)
{
        (void)name;
        return cm_node_get_string(root, "apiVersion").len > 0 &&
               cm_node_get_string(root, "kind").len > 0;
}

static bool kubernetes_is_source(struct cm_sv name)
{
        (void)name;
        return true;
}

/* What a container inherits from its pod when it does not say otherwise. */
static const char *const inherited[] = { "runAsUser",      "runAsGroup",     "runAsNonRoot",
                                         "seLinuxOptions", "seccompProfile", "appArmorProfile",
                                         "windowsOptions" };

static const struct cm_node *effective(struct cm_arena *arena, const struct cm_node *pod,
                                       const struct cm_node *container)
{
        const struct cm_node *own = cm_node_get(container, "securityContext");
        struct cm_node *sc = cm_node_new_map(arena, own != NULL ? own->pos : container->pos);
        for (size_t i = 0; i < CM_ARRAY_LEN(inherited); i++) {
                const struct cm_node_member *m = cm_node_member(pod, cm_sv_from_cstr(inherited[i]));
                if (m != NULL && cm_node_type(m->value) != CM_NODE_NULL)
                        cm_node_put(arena, sc, m->key, m->key_pos, m->value);
        }
        for (size_t i = 0; i < cm_node_count(own); i++) {
                const struct cm_node_member *m = &own->map.members[i];
                if (cm_node_type(m->value) != CM_NODE_NULL) /* null is "not said" */
                        cm_node_put(arena, sc, m->key, m->key_pos, m->value);
        }
        return sc;
}

void cm_kubernetes_put(struct cm_arena *arena, struct cm_node *map, const char *key,
                       const struct cm_node *value)
{
        cm_node_put(arena, map, cm_sv_from_cstr(key), (struct cm_node_pos){ 0 }, value);
}

void cm_kubernetes_put_text(struct cm_arena *arena, struct cm_node *map, const char *key,
                            struct cm_sv value, struct cm_node_pos at)
{
        cm_kubernetes_put(arena, map, key, cm_node_new_string(arena, at, value));
}

void cm_kubernetes_copy_text(struct cm_arena *arena, struct cm_node *to, const char *key,
                             const struct cm_node *from)
{
        const struct cm_node *n = cm_node_get(from, key);
        bool is_text = cm_node_type(n) == CM_NODE_STRING;
        cm_kubernetes_put(arena, to, key,
                          is_text ? n : cm_node_new_string(arena, from->pos, CM_SV("")));
}

/* A member that is there as a mapping, or an empty mapping at the place of its parent. */
static const struct cm_node *map_or_empty(struct cm_arena *arena, const struct cm_node *parent,
                                          const char *key)
{
        const struct cm_node *n = cm_node_get(parent, key);
        if (cm_node_type(n) == CM_NODE_MAP)
                return n;
        return cm_node_new_map(arena, parent != NULL ? parent->pos : (struct cm_node_pos){ 0 });
}

static void add_containers(struct cm_arena *arena, struct cm_node *list, const struct cm_node *spec,
                           const char *member, const char *kind)
{
        const struct cm_node *containers = cm_node_get(spec, member);
        const struct cm_node *pod_context = cm_node_get(spec, "securityContext");
        for (size_t i = 0; i < cm_node_count(containers); i++) {
                const struct cm_node *c = cm_node_at(containers, i);
                if (cm_node_type(c) != CM_NODE_MAP)
                        continue;
                struct cm_node *view = cm_node_new_map(arena, c->pos);
                cm_kubernetes_copy_text(arena, view, "name", c);
                cm_kubernetes_put_text(arena, view, "kind", cm_sv_from_cstr(kind),
                                       (struct cm_node_pos){ 0 });
                cm_kubernetes_copy_text(arena, view, "image", c);
                cm_kubernetes_put(arena, view, "spec", c);
                cm_kubernetes_put(arena, view, "own", map_or_empty(arena, c, "securityContext"));
                cm_kubernetes_put(arena, view, "sc", effective(arena, pod_context, c));
                cm_node_add(arena, list, view);
        }
}

/* Where the pod template of an object is; NULL when it runs nothing. */
static const struct cm_node *template_of(const struct cm_node *object)
{
        struct cm_sv kind = cm_node_get_string(object, "kind");
        if (cm_sv_eq(kind, CM_SV("Pod")))
                return object;
        if (cm_sv_eq(kind, CM_SV("PodTemplate")))
                return cm_node_get(object, "template");
        if (cm_sv_eq(kind, CM_SV("CronJob")))
                return cm_node_path(object, "spec", "jobTemplate", "spec", "template", NULL);
        /* Deployment, ReplicaSet, StatefulSet, DaemonSet, Job, ReplicationController, and kinds of
         * others that hold a pod in the same place (Argo's Rollout, OpenKruise, Knative's Service). */
        const struct cm_node *template = cm_node_path(object, "spec", "template", NULL);
        return cm_node_type(cm_node_path(template, "spec", "containers", NULL)) == CM_NODE_LIST
                       ? template
                       : NULL;
}

static const struct cm_node *make_pod(struct cm_arena *arena, const struct cm_node *object,
                                      const struct cm_node *template)
{
        const struct cm_node *spec = cm_node_get(template, "spec");
        const struct cm_node *metadata = cm_node_get(template, "metadata");
        struct cm_node *pod = cm_node_new_map(arena, template->pos);
        cm_kubernetes_put_text(arena, pod, "kind", cm_node_get_string(object, "kind"),
                               (struct cm_node_pos){ 0 });
        cm_kubernetes_put(arena, pod, "spec", map_or_empty(arena, template, "spec"));
        cm_kubernetes_put(arena, pod, "sc", map_or_empty(arena, spec, "securityContext"));
        cm_kubernetes_put(arena, pod, "labels", map_or_empty(arena, metadata, "labels"));
        cm_kubernetes_put(arena, pod, "annotations", map_or_empty(arena, metadata, "annotations"));
        cm_kubernetes_put_text(arena, pod, "os",
                               cm_node_string(cm_node_path(spec, "os", "name", NULL)),
                               (struct cm_node_pos){ 0 });
        struct cm_node *containers = cm_node_new_list(arena, pod->pos);
        add_containers(arena, containers, spec, "initContainers", "init container");
        add_containers(arena, containers, spec, "containers", "container");
        add_containers(arena, containers, spec, "ephemeralContainers", "ephemeral container");
        cm_kubernetes_put(arena, pod, "containers", containers);
        return pod;
}

struct cm_subject cm_kubernetes_subject(const struct cm_document *document,
                                        const struct cm_node *object)
{
        const struct cm_node *metadata = cm_node_get(object, "metadata");
        struct cm_subject s = {
                .view = &cm_view_k8s_object,
                .document = document,
                .kind = cm_node_get_string(object, "kind"),
                .name = cm_node_get_string(metadata, "name"),
                .group = cm_node_get_string(metadata, "namespace"),
                .subject = object,
                .variables = { object },
                .pos = object->pos,
        };
        if (s.name.len == 0)
                s.name = cm_node_get_string(metadata, "generateName");
        return s;
}

static int one_object(struct cm_arena *arena, const struct cm_document *document,
                      const struct cm_node *object, struct cm_subject_sink *sink,
                      struct cm_err *err)
{
        struct cm_subject s = cm_kubernetes_subject(document, object);
        int r = sink->put(sink, &s, err);
        if (r == 0)
                r = cm_kubernetes_admission(arena, &s, sink, err);
        if (r == 0)
                r = cm_kubernetes_rbac(arena, &s, sink, err);
        const struct cm_node *template = r == 0 ? template_of(object) : NULL;
        if (r < 0 || cm_node_type(template) != CM_NODE_MAP)
                return r;
        r = cm_kubernetes_components(arena, &s, cm_node_get(template, "spec"), sink, err);
        if (r < 0)
                return r;
        s.view = &cm_view_k8s_pod;
        s.variables[0] = make_pod(arena, object, template);
        s.variables[1] = object;
        return sink->put(sink, &s, err);
}

int cm_kubernetes_walk(const struct cm_node *root, struct cm_kubernetes_path path,
                       struct cm_kubernetes_walker *walker, struct cm_err *err)
{
        const struct cm_node *items = cm_node_get(root, "items");
        bool is_list = cm_sv_has_suffix(cm_node_get_string(root, "kind"), CM_SV("List")) &&
                       cm_node_type(items) == CM_NODE_LIST;
        if (!is_list)
                return walker->object(walker, root, &path, err);
        if (path.depth == CM_KUBERNETES_LIST_DEPTH_MAX)
                return CM_RAISE(err, CM_E_MALFORMED, "lists of objects are nested too deeply");
        path.depth++;
        for (size_t i = 0; i < cm_node_count(items); i++) {
                path.items[path.depth - 1] = i;
                const struct cm_node *item = cm_node_at(items, i);
                int r = cm_node_type(item) == CM_NODE_MAP
                                ? cm_kubernetes_walk(item, path, walker, err)
                                : 0;
                if (r < 0)
                        return r;
        }
        return 0;
}

struct subject_walker {
        struct cm_kubernetes_walker walker; /* first */
        struct cm_arena *arena;
        const struct cm_document *document;
        struct cm_subject_sink *sink;
};

static int walk_object(struct cm_kubernetes_walker *walker, const struct cm_node *object,
                       const struct cm_kubernetes_path *path, struct cm_err *err)
{
        struct subject_walker *w = (struct subject_walker *)(void *)walker;
        (void)path;
        if (cm_kubernetes_is_cluster_lists(object))
                return 0; /* is no object of a cluster, but says what lists of it are whole */
        return one_object(w->arena, w->document, object, w->sink, err);
}

static int kubernetes_subjects(struct cm_arena *arena, const struct cm_document *document,
                               struct cm_subject_sink *sink, struct cm_err *err)
{
        struct subject_walker w = { { walk_object }, arena, document, sink };
        return cm_kubernetes_walk(document->root, (struct cm_kubernetes_path){ 0 }, &w.walker, err);
}

extern const struct cm_document_kind cm_document_kubernetes;
const struct cm_document_kind cm_document_kubernetes = {
        .name = "kubernetes",
        .summary = "Kubernetes objects, also several in one file and lists",
        .views = views,
        .is_source = kubernetes_is_source,
        .is = kubernetes_is,
        .normalise = cm_document_without_nulls,
        .subjects = kubernetes_subjects,
        .join = &cm_kubernetes_join,
};
