/* SPDX-License-Identifier: Apache-2.0 */
/* `sshd`: the server's configuration with all that it includes: {values, matches}; null: no server. */
#include "host/host_text.h"

struct reader {
        struct cm_host_includer includer; /* first */
        struct cm_host *h;
        struct cm_host_sshd sshd;
        size_t depth;
        size_t files;
        struct cm_sv problem;
};

static void read_file(struct reader *r, struct cm_sv path)
{
        if (++r->files > CM_HOST_INCLUDED_MAX)
                r->problem = CM_SV("more included files than limit host_included_max");
        if (r->problem.len > 0)
                return;
        struct cm_host_text t = cm_host_read(r->h, path.ptr + 1);
        if (t.state != CM_HOST_READ)
                r->problem = cm_sv_printf(r->h->arena, "%.*s: %.*s", CM_SV_ARG(path),
                                          CM_SV_ARG(t.reason));
        cm_host_text_sshd(&r->sshd, path, t.text);
}

/* A pattern without a leading slash is below /etc/ssh. */
static void include(struct cm_host_includer *includer, struct cm_sv pattern, bool is_directory)
{
        struct reader *r = (struct reader *)(void *)includer;
        (void)is_directory;
        if (r->depth >= CM_HOST_INCLUDES_MAX)
                r->problem = CM_SV("files include each other deeper than limit host_includes_max");
        if (r->problem.len > 0)
                return;
        struct cm_sv path = cm_sv_printf(r->h->arena, "%s%.*s",
                                         cm_sv_has_prefix(pattern, CM_SV("/")) ? "" : "/etc/ssh/",
                                         CM_SV_ARG(pattern));
        struct cm_host_files files = cm_host_glob(r->h, path.ptr);
        if (files.state == CM_HOST_UNREADABLE)
                r->problem = files.reason;
        r->depth++;
        for (size_t i = 0; i < files.count && r->problem.len == 0; i++) {
                /* A plain name that does not exist is passed over, as sshd does. */
                if (cm_host_read(r->h, files.items[i].ptr + 1).state != CM_HOST_ABSENT)
                        read_file(r, files.items[i]);
        }
        r->depth--;
}

static void collect(struct cm_host *h, struct cm_node *facts)
{
        struct reader r = { .includer = { include }, .h = h };
        r.sshd = (struct cm_host_sshd){ h->arena, cm_host_map(h->arena), cm_host_new_list(h->arena),
                                        NULL, &r.includer };
        if (cm_host_read(h, "etc/ssh/sshd_config").state == CM_HOST_ABSENT) {
                cm_host_put_null(h->arena, facts, "sshd");
                return;
        }
        read_file(&r, CM_SV("/etc/ssh/sshd_config"));
        struct cm_node *n =
                r.problem.len > 0 ? cm_host_error(h->arena, r.problem) : cm_host_map(h->arena);
        if (r.problem.len == 0) {
                cm_host_put(h->arena, n, "values", r.sshd.values);
                cm_host_put(h->arena, n, "matches", r.sshd.matches);
        }
        cm_host_put(h->arena, facts, "sshd", n);
}

extern const struct cm_host_section cm_host_section_sshd;
const struct cm_host_section cm_host_section_sshd = { collect };
