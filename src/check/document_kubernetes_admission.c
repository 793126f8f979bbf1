/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The view k8s.admission: an object together with the request by which it would be made, as the API
 * server shows both to a ValidatingAdmissionPolicy. What only a cluster knows (who asks, the
 * namespace's own object, the answer of the authorizer) is unavailable: an expression that needs it
 * is UNKNOWN.
 * Spec: Kubernetes API reference, admission.k8s.io/v1 AdmissionRequest; ValidatingAdmissionPolicy.
 */
#include "cel/cel.h"
#include "check/document_kubernetes.h"

static const char *const admission_variables[] = { "object",          "oldObject",  "request",
                                                   "namespaceObject", "authorizer", NULL };
const struct cm_check_view cm_view_k8s_admission = {
        .name = "k8s.admission",
        .summary = "an object with the request that would make it, as admission policies see it",
        .variables = admission_variables,
};

bool cm_kubernetes_is_cluster_wide(struct cm_sv kind)
{
        static const char *const kinds[] = {
                "APIService",
                "CSIDriver",
                "CSINode",
                "CertificateSigningRequest",
                "ClusterRole",
                "ClusterRoleBinding",
                "ComponentStatus",
                "CustomResourceDefinition",
                "FlowSchema",
                "IngressClass",
                "MutatingAdmissionPolicy",
                "MutatingAdmissionPolicyBinding",
                "MutatingWebhookConfiguration",
                "Namespace",
                "Node",
                "PersistentVolume",
                "PriorityClass",
                "PriorityLevelConfiguration",
                "RuntimeClass",
                "StorageClass",
                "ValidatingAdmissionPolicy",
                "ValidatingAdmissionPolicyBinding",
                "ValidatingWebhookConfiguration",
                "VolumeAttachment",
                NULL,
        };
        return cm_sv_is_any(kind, kinds);
}

/* As the API machinery guesses it for kinds that it does not know; all of its own fit. */
struct cm_sv cm_kubernetes_resource(struct cm_arena *arena, struct cm_sv kind)
{
        struct cm_sv lower = cm_sv_dup(arena, kind);
        for (size_t i = 0; i < lower.len; i++)
                ((char *)(uintptr_t)lower.ptr)[i] = cm_to_lower(lower.ptr[i]);
        if (cm_sv_eq(lower, CM_SV("endpoints")) || lower.len == 0)
                return lower;
        char last = lower.ptr[lower.len - 1];
        if (last == 's')
                return cm_sv_printf(arena, "%.*ses", CM_SV_ARG(lower));
        if (last == 'y')
                return cm_sv_printf(arena, "%.*sies",
                                    CM_SV_ARG(cm_sv_slice(lower, 0, lower.len - 1)));
        return cm_sv_printf(arena, "%.*ss", CM_SV_ARG(lower));
}

static void put_texts(struct cm_arena *arena, struct cm_node *map, const char *const *keys,
                      const struct cm_sv *values, size_t count)
{
        for (size_t i = 0; i < count; i++)
                cm_kubernetes_put_text(arena, map, keys[i], values[i], (struct cm_node_pos){ 0 });
}

static const struct cm_node *three_texts(struct cm_arena *arena, const char *third,
                                         struct cm_sv group, struct cm_sv version,
                                         struct cm_sv value)
{
        struct cm_node *map = cm_node_new_map(arena, (struct cm_node_pos){ 0 });
        const char *const keys[] = { "group", "version", third };
        const struct cm_sv values[] = { group, version, value };
        put_texts(arena, map, keys, values, CM_ARRAY_LEN(keys));
        return map;
}

static const struct cm_node *make_request(struct cm_arena *arena, const struct cm_subject *s)
{
        struct cm_sv group = CM_SV("");
        struct cm_sv version = cm_node_get_string(s->subject, "apiVersion");
        struct cm_sv before, after;
        if (cm_sv_cut(version, '/', &before, &after)) {
                group = before;
                version = after;
        }
        struct cm_node *request = cm_node_new_map(arena, (struct cm_node_pos){ 0 });
        const struct cm_node *kind = three_texts(arena, "kind", group, version, s->kind);
        const struct cm_node *resource = three_texts(arena, "resource", group, version,
                                                     cm_kubernetes_resource(arena, s->kind));
        struct cm_sv in = s->group.len > 0 ? s->group : CM_SV("default");
        if (cm_sv_eq(s->kind, CM_SV("Namespace")) && group.len == 0)
                in = s->name; /* as if it were in itself */
        else if (cm_kubernetes_is_cluster_wide(s->kind))
                in = CM_SV("");
        cm_kubernetes_put(arena, request, "kind", kind);
        cm_kubernetes_put(arena, request, "resource", resource);
        cm_kubernetes_put(arena, request, "requestKind", kind);
        cm_kubernetes_put(arena, request, "requestResource", resource);
        const char *const keys[] = { "subResource", "requestSubResource", "name",
                                     "namespace",   "operation",          "uid" };
        const struct cm_sv values[] = { CM_SV(""), CM_SV(""),       s->name,
                                        in,        CM_SV("CREATE"), CM_SV("") };
        put_texts(arena, request, keys, values, CM_ARRAY_LEN(keys));
        cm_kubernetes_put(arena, request, "dryRun",
                          cm_node_new_bool(arena, (struct cm_node_pos){ 0 }, false));
        cm_kubernetes_put(arena, request, "userInfo",
                          cm_cel_unavailable_node(arena, (struct cm_node_pos){ 0 },
                                                  CM_SV("a file does not say who sends it")));
        return request;
}

int cm_kubernetes_admission(struct cm_arena *arena, const struct cm_subject *object,
                            struct cm_subject_sink *sink, struct cm_err *err)
{
        const struct cm_node_pos nowhere = { 0 };
        struct cm_subject s = *object;
        if (sink->wants != NULL && !sink->wants(sink, &cm_view_k8s_admission))
                return 0;
        bool is_wide = cm_kubernetes_is_cluster_wide(s.kind);
        s.view = &cm_view_k8s_admission;
        s.variables[0] = s.subject;
        s.variables[1] = NULL; /* it would be made, not changed */
        s.variables[2] = make_request(arena, &s);
        s.variables[3] = is_wide ? NULL
                                 : cm_cel_unavailable_node(
                                           arena, nowhere,
                                           CM_SV("the namespace is known to the cluster only"));
        s.variables[4] = cm_cel_unavailable_node(
                arena, nowhere, CM_SV("who may do what is known to the cluster only"));
        return sink->put(sink, &s, err);
}
