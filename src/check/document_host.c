/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts of a host, as `coaming host facts` writes them: one subject, the host. Nulls stay: they say
 * that something does not exist (docs/formats/host-facts.md).
 */
#include "check/document.h"

static const char *const variables[] = { "host", NULL };
static const struct cm_check_view view_system = { "host.system",
                                                  "a host as a whole, as its facts say",
                                                  variables };
static const struct cm_check_view *const views[] = { &view_system, NULL };

static bool host_is(struct cm_sv name, const struct cm_node *root)
{
        (void)name;
        return cm_sv_has_prefix(cm_node_get_string(root, "schema"), CM_SV("coaming/host-facts/"));
}

static int host_subjects(struct cm_arena *arena, const struct cm_document *document,
                         struct cm_subject_sink *sink, struct cm_err *err)
{
        const struct cm_node *root = document->root;
        const struct cm_subject s = {
                .view = &view_system,
                .document = document,
                .kind = CM_SV("host"),
                .name = cm_node_get_string(root, "root"),
                .subject = root,
                .variables = { root },
                .pos = root->pos,
        };
        (void)arena;
        if (!cm_sv_eq(cm_node_get_string(root, "schema"), CM_SV("coaming/host-facts/v1")))
                return CM_RAISE(err, CM_E_UNSUPPORTED,
                                "these facts were written by another version of the program");
        return sink->put(sink, &s, err);
}

extern const struct cm_document_kind cm_document_host;
const struct cm_document_kind cm_document_host = {
        .name = "host",
        .summary = "facts of a Linux host: coaming host facts",
        .views = views,
        .is = host_is,
        .subjects = host_subjects,
};
