/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts of a host, as `coaming host facts` writes them: the host, and the parts of Kubernetes that run
 * on it. Nulls stay: they say that something does not exist (docs/formats/host-facts.md).
 */
#include "check/document_kubernetes.h"

static const char *const variables[] = { "host", NULL };
static const struct cm_check_view view_system = { "host.system",
                                                  "a host as a whole, as its facts say",
                                                  variables };
static const struct cm_check_view *const views[] = { &view_system, &cm_view_k8s_component, NULL };

static bool host_is(struct cm_sv name, const struct cm_node *root)
{
        (void)name;
        return cm_sv_has_prefix(cm_node_get_string(root, "schema"), CM_SV("coaming/host-facts/"));
}

static int host_subjects(struct cm_arena *arena, const struct cm_document *document,
                         struct cm_subject_sink *sink, struct cm_err *err)
{
        const struct cm_node *root = document->root;
        const struct cm_node *processes = cm_node_path(root, "kubernetes", "processes", NULL);
        const struct cm_subject s = {
                .view = &view_system,
                .document = document,
                .kind = CM_SV("host"),
                .name = cm_node_get_string(root, "root"),
                .subject = root,
                .variables = { root },
                .pos = root->pos,
        };
        if (!cm_sv_eq(cm_node_get_string(root, "schema"), CM_SV("coaming/host-facts/v1")))
                return CM_RAISE(err, CM_E_UNSUPPORTED,
                                "these facts were written by another version of the program");
        int r = sink->put(sink, &s, err);
        if (r < 0 || cm_node_type(processes) != CM_NODE_LIST)
                return r;
        /* A process with its command line says what a container with its command says. */
        struct cm_node *as_pod = cm_node_new_map(arena, processes->pos);
        cm_kubernetes_put(arena, as_pod, "containers", processes);
        return cm_kubernetes_components(arena, &s, as_pod, sink, err);
}

extern const struct cm_document_kind cm_document_host;
const struct cm_document_kind cm_document_host = {
        .name = "host",
        .summary = "facts of a Linux host: coaming host facts",
        .views = views,
        .is = host_is,
        .subjects = host_subjects,
};
