/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the files about what Kubernetes documents of a run are together: what is kept of them.
 * Everything is a copy in the arena of the join.
 */
#pragma once

#include "base/vec.h"
#include "check/document_kubernetes.h"

struct cm_kubernetes_kept_role {
        struct cm_sv key;           /* "NAMESPACE/NAME"; the namespace of a ClusterRole is empty */
        const struct cm_node *role; /* as the view rbac.role shows it */
        size_t document;            /* by the order of gathering, from 1 */
};

struct cm_kubernetes_kept_binding {
        struct cm_document document; /* the object alone, placed in its text by `pointer` */
        size_t number;               /* of the document, as above */
};

/* Any object. */
struct cm_kubernetes_kept_object {
        struct cm_sv kind;
        struct cm_sv group; /* namespace */
        struct cm_sv name;
        const struct cm_node *labels; /* of a Namespace; else NULL */
};

struct cm_document_join {
        struct cm_arena *arena;
        size_t documents;
        bool is_cut; /* the limit was met: nothing is whole */
        CM_VEC(struct cm_kubernetes_kept_role) roles;
        CM_VEC(struct cm_kubernetes_kept_binding) bindings;
        CM_VEC(struct cm_kubernetes_kept_object) objects;
        CM_VEC(struct cm_document) cluster_lists; /* the object alone, with the name of its file */
        struct cm_sv last_kind; /* objects of a kind come together: its name is kept once */
};

/* "NAMESPACE/NAME". */
struct cm_sv cm_kubernetes_role_key(struct cm_arena *arena, struct cm_sv namespace,
                                    struct cm_sv name);
/* Gives out each binding with each role that it may mean. */
CM_MUST_CHECK int cm_kubernetes_grants(struct cm_document_join *join, struct cm_arena *arena,
                                       struct cm_subject_sink *sink, struct cm_err *err);
/* Gives out the cluster and its namespaces, when a document says which lists are whole. */
CM_MUST_CHECK int cm_kubernetes_cluster(struct cm_document_join *join, struct cm_arena *arena,
                                        struct cm_subject_sink *sink, struct cm_err *err);
