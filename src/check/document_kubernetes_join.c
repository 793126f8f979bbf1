/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Kubernetes documents of a run are together: keeps roles, bindings, and of every object its
 * kind, namespace and name, as copies; the views are in document_kubernetes_grant.c and
 * document_kubernetes_cluster.c.
 */
#include "check/document_kubernetes_join.h"

#include "base/limits.h"

static struct cm_document_join *join_start(struct cm_arena *arena)
{
        struct cm_document_join *join = CM_NEW(arena, struct cm_document_join);
        join->arena = arena;
        return join;
}

static struct cm_sv pointer_of(struct cm_arena *arena, const struct cm_kubernetes_path *path)
{
        struct cm_sv pointer = CM_SV("");
        for (size_t i = 0; i < path->depth; i++)
                pointer = cm_sv_printf(arena, "%.*s/items/%zu", CM_SV_ARG(pointer), path->items[i]);
        return pointer;
}

static void keep_role(struct cm_document_join *join, const struct cm_subject *s,
                      const struct cm_node *role)
{
        bool is_cluster = cm_node_bool(cm_node_get(role, "cluster"), false);
        *CM_VEC_PUSH(join->arena, &join->roles) = (struct cm_kubernetes_kept_role){
                .key = cm_kubernetes_role_key(join->arena, is_cluster ? CM_SV("") : s->group,
                                              s->name),
                .role = cm_node_dup(join->arena, role),
                .document = join->documents,
        };
}

/* One object of a document as a document. */
static struct cm_document copy_of(struct cm_document_join *join, const struct cm_document *document,
                                  const struct cm_node *object,
                                  const struct cm_kubernetes_path *path)
{
        return (struct cm_document){
                .name = cm_sv_dup(join->arena, document->name),
                .number = document->number,
                .order = document->order,
                .root = cm_node_dup(join->arena, object),
                .pointer = pointer_of(join->arena, path),
                .has_no_lines = document->has_no_lines,
        };
}

static void keep_binding(struct cm_document_join *join, const struct cm_document *document,
                         const struct cm_node *object, const struct cm_kubernetes_path *path)
{
        struct cm_kubernetes_kept_binding *kept = CM_VEC_PUSH(join->arena, &join->bindings);
        kept->number = join->documents;
        kept->document = copy_of(join, document, object, path);
}

static void keep_object(struct cm_document_join *join, const struct cm_subject *s)
{
        if (!cm_sv_eq(join->last_kind, s->kind))
                join->last_kind = cm_sv_dup(join->arena, s->kind);
        const struct cm_node *labels = NULL;
        if (cm_sv_eq(s->kind, CM_SV("Namespace")))
                labels = cm_node_dup(join->arena,
                                     cm_node_path(s->subject, "metadata", "labels", NULL));
        *CM_VEC_PUSH(join->arena, &join->objects) = (struct cm_kubernetes_kept_object){
                .kind = join->last_kind,
                .group = cm_sv_dup(join->arena, s->group),
                .name = cm_sv_dup(join->arena, s->name),
                .labels = labels,
        };
}

struct gathering {
        struct cm_kubernetes_walker walker; /* first */
        struct cm_document_join *join;
        struct cm_arena *scratch; /* of views that are not kept */
        const struct cm_document *document;
};

static int gather_object(struct cm_kubernetes_walker *walker, const struct cm_node *object,
                         const struct cm_kubernetes_path *path, struct cm_err *err)
{
        struct gathering *g = (struct gathering *)(void *)walker;
        struct cm_document_join *join = g->join;
        if (join->is_cut || cm_arena_used(join->arena) > CM_CHECK_JOIN_BYTES_MAX) {
                join->is_cut = true;
                return CM_RAISE(err, CM_E_LIMIT,
                                "what is kept of objects to join them takes more than "
                                "check_join_bytes_max (%zu): check fewer files at once",
                                CM_CHECK_JOIN_BYTES_MAX);
        }
        if (cm_kubernetes_is_cluster_lists(object)) {
                *CM_VEC_PUSH(join->arena, &join->cluster_lists) =
                        copy_of(join, g->document, object, path);
                return 0;
        }
        struct cm_subject s = cm_kubernetes_subject(g->document, object);
        const struct cm_node *role = cm_kubernetes_role(g->scratch, &s);
        if (role != NULL)
                keep_role(join, &s, role);
        else if (cm_kubernetes_binding(g->scratch, &s) != NULL)
                keep_binding(join, g->document, object, path);
        keep_object(join, &s);
        cm_arena_reset(g->scratch);
        return 0;
}

static int join_gather(struct cm_document_join *join, const struct cm_document *document,
                       struct cm_err *err)
{
        struct cm_arena *scratch CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_CHECK_JOIN_BYTES_MAX);
        struct gathering g = { { gather_object }, join, scratch, document };
        join->documents++;
        return cm_kubernetes_walk(document->root, (struct cm_kubernetes_path){ 0 }, &g.walker, err);
}

static int join_subjects(struct cm_document_join *join, struct cm_arena *arena,
                         struct cm_subject_sink *sink, struct cm_err *err)
{
        int r = cm_kubernetes_grants(join, arena, sink, err);
        return r < 0 ? r : cm_kubernetes_cluster(join, arena, sink, err);
}

const struct cm_document_join_kind cm_kubernetes_join = {
        .start = join_start,
        .gather = join_gather,
        .subjects = join_subjects,
};
