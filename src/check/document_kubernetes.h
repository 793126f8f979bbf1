/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the files of the document kind "kubernetes": views that are about parts of an object, and
 * small makers of nodes. `object` is the subject of the view k8s.object, filled in.
 */
#pragma once

#include "check/document.h"

extern const struct cm_check_view cm_view_k8s_object;
extern const struct cm_check_view cm_view_k8s_pod;
extern const struct cm_check_view cm_view_rbac_role;
extern const struct cm_check_view cm_view_rbac_binding;
extern const struct cm_check_view cm_view_rbac_grant;
extern const struct cm_check_view cm_view_k8s_component;
extern const struct cm_check_view cm_view_k8s_admission;
extern const struct cm_check_view cm_view_k8s_cluster;
extern const struct cm_check_view cm_view_k8s_namespace;
extern const struct cm_document_join_kind cm_kubernetes_join;

enum {
        CM_KUBERNETES_LIST_DEPTH_MAX = 4 /* a List within a List is legal, deeper ones an attack */
};

/* Which items of lists lead to an object. */
struct cm_kubernetes_path {
        size_t items[CM_KUBERNETES_LIST_DEPTH_MAX];
        size_t depth;
};

/* Called for each object of a document, also of lists and lists in them. */
struct cm_kubernetes_walker {
        int (*object)(struct cm_kubernetes_walker *walker, const struct cm_node *object,
                      const struct cm_kubernetes_path *path, struct cm_err *err);
};
/* Errors: CM_E_MALFORMED (lists too deep), those of the walker. */
CM_MUST_CHECK int cm_kubernetes_walk(const struct cm_node *root, struct cm_kubernetes_path path,
                                     struct cm_kubernetes_walker *walker, struct cm_err *err);

/* The subject of k8s.object: kind, name and namespace of the object. */
struct cm_subject cm_kubernetes_subject(const struct cm_document *document,
                                        const struct cm_node *object);

/* What the views rbac.role and rbac.binding show; NULL for objects of other kinds. */
const struct cm_node *cm_kubernetes_role(struct cm_arena *arena, const struct cm_subject *object);
const struct cm_node *cm_kubernetes_binding(struct cm_arena *arena,
                                            const struct cm_subject *object);

/* Gives out the role or binding that the object is; nothing for other kinds. */
CM_MUST_CHECK int cm_kubernetes_rbac(struct cm_arena *arena, const struct cm_subject *object,
                                     struct cm_subject_sink *sink, struct cm_err *err);

/* Gives out each container of the pod that runs a part of Kubernetes, with its flags. */
CM_MUST_CHECK int cm_kubernetes_components(struct cm_arena *arena, const struct cm_subject *object,
                                           const struct cm_node *pod_spec,
                                           struct cm_subject_sink *sink, struct cm_err *err);

/* Gives out the request by which the object would be made, as the API server shows it to policies. */
CM_MUST_CHECK int cm_kubernetes_admission(struct cm_arena *arena, const struct cm_subject *object,
                                          struct cm_subject_sink *sink, struct cm_err *err);
/* The plural that the API has for a kind: "NetworkPolicy" -> "networkpolicies". */
struct cm_sv cm_kubernetes_resource(struct cm_arena *arena, struct cm_sv kind);
/* Kinds of the API itself that are in no namespace; those of others are taken to be in one. */
bool cm_kubernetes_is_cluster_wide(struct cm_sv kind);

/* A document of this program that says which lists of a cluster are whole (check-file.md). */
bool cm_kubernetes_is_cluster_lists(const struct cm_node *object);

/* Members that a view adds; `put_text` places the text where `at` stands. */
void cm_kubernetes_put(struct cm_arena *arena, struct cm_node *map, const char *key,
                       const struct cm_node *value);
void cm_kubernetes_put_text(struct cm_arena *arena, struct cm_node *map, const char *key,
                            struct cm_sv value, struct cm_node_pos at);
/* A text member with its place; "" at the place of the parent when it is not there. */
void cm_kubernetes_copy_text(struct cm_arena *arena, struct cm_node *to, const char *key,
                             const struct cm_node *from);
