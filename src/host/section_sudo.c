/* SPDX-License-Identifier: Apache-2.0 */
/* `sudo`: settings and who may what without a password: {defaults, rules}; null: no sudoers. */
#include "host/host_text.h"

struct reader {
        struct cm_host_includer includer; /* first */
        struct cm_host *h;
        struct cm_host_sudo sudo;
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
        if (t.state == CM_HOST_UNREADABLE)
                r->problem = cm_sv_printf(r->h->arena, "%.*s: %.*s", CM_SV_ARG(path),
                                          CM_SV_ARG(t.reason));
        cm_host_text_sudo(&r->sudo, path, t.text);
}

/* Of a directory all files but those with a dot or a "~" at the end. Spec: sudoers(5). */
static void include(struct cm_host_includer *includer, struct cm_sv pattern, bool is_directory)
{
        struct reader *r = (struct reader *)(void *)includer;
        struct cm_sv path = cm_sv_printf(r->h->arena, "%s%.*s",
                                         cm_sv_has_prefix(pattern, CM_SV("/")) ? "" : "/etc/",
                                         CM_SV_ARG(pattern));
        if (r->depth >= CM_HOST_INCLUDES_MAX)
                r->problem = CM_SV("files include each other deeper than limit host_includes_max");
        if (r->problem.len > 0)
                return;
        r->depth++;
        if (is_directory) {
                const char *const directories[] = { path.ptr + 1, NULL };
                struct cm_host_files files = cm_host_drop_ins(r->h, directories, "");
                if (files.state == CM_HOST_UNREADABLE)
                        r->problem = files.reason;
                for (size_t i = 0; i < files.count; i++)
                        read_file(r, cm_host_absolute(r->h->arena, files.items[i].ptr));
        } else {
                read_file(r, path);
        }
        r->depth--;
}

static void collect(struct cm_host *h, struct cm_node *facts)
{
        struct reader r = { .includer = { include }, .h = h };
        r.sudo = (struct cm_host_sudo){ h->arena, cm_host_new_list(h->arena),
                                        cm_host_new_list(h->arena), &r.includer };
        if (cm_host_read(h, "etc/sudoers").state == CM_HOST_ABSENT) {
                cm_host_put_null(h->arena, facts, "sudo");
                return;
        }
        read_file(&r, CM_SV("/etc/sudoers"));
        struct cm_node *n =
                r.problem.len > 0 ? cm_host_error(h->arena, r.problem) : cm_host_map(h->arena);
        if (r.problem.len == 0) {
                cm_host_put(h->arena, n, "defaults", r.sudo.defaults);
                cm_host_put(h->arena, n, "rules", r.sudo.rules);
        }
        cm_host_put(h->arena, facts, "sudo", n);
}

extern const struct cm_host_section cm_host_section_sudo;
const struct cm_host_section cm_host_section_sudo = { collect };
