/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `kubernetes`: {processes: [{name, command}]} of the parts of Kubernetes that run on this host, also
 * those of pods; null in a root that has no processes. Their flags are how most of them are
 * configured; passwords are in files that flags name. A kubelet has `files` besides.
 */
#include <stdlib.h>

#include "host/host_text.h"
#include "model/kubernetes_parts.h"

enum {
        NAME_BYTES_MAX = 15
};

static bool is_number(struct cm_sv s)
{
        for (size_t i = 0; i < s.len; i++)
                if (!cm_is_digit(s.ptr[i]))
                        return false;
        return s.len > 0;
}

/* The kernel keeps only so much of a name: command lines of others are not read at all. */
static bool may_be_part(struct cm_host *h, struct cm_sv directory)
{
        struct cm_sv name = cm_sv_trim(cm_host_read_at(h, directory, CM_SV("comm")).text);
        for (size_t i = 0; cm_kubernetes_parts[i] != NULL && name.len > 0; i++)
                if (cm_sv_eq(name, cm_sv_slice(cm_sv_from_cstr(cm_kubernetes_parts[i]), 0,
                                               NAME_BYTES_MAX)))
                        return true;
        return false;
}

/*
 * The files that flags of a kubelet name, by flag: it is in no container, so that paths are those of
 * the host. One with a blank in its path is not found.
 */
static const struct cm_node *files_of(struct cm_host *h, struct cm_sv command)
{
        static const char *const flags[] = { "config", "kubeconfig", "client-ca-file" };
        struct cm_node *files = cm_host_map(h->arena);
        char *line = cm_arena_alloc(h->arena, command.len + 1, 1);
        for (size_t i = 0; i < command.len; i++)
                line[i] = (char)(command.ptr[i] == '\0' ? ' ' : command.ptr[i]);
        for (size_t i = 0; i < CM_ARRAY_LEN(flags); i++) {
                struct cm_sv path = cm_host_flag(h->arena, cm_sv_make(line, command.len), flags[i]);
                path = cm_sv_printf(h->arena, "%.*s", CM_SV_ARG(path));
                if (cm_sv_has_prefix(path, CM_SV("/")))
                        cm_host_put(h->arena, files, flags[i], cm_host_stat_at(h, path));
        }
        return files;
}

/* Words of /proc/PID/cmdline, each with a NUL behind it. */
static void add_process(struct cm_host *h, struct cm_sv text, struct cm_node *list)
{
        struct cm_node *command = cm_host_new_list(h->arena);
        struct cm_node *process = cm_host_map(h->arena);
        struct cm_sv first, rest, word, whole = text;
        cm_sv_cut(text, '\0', &first, &rest);
        struct cm_sv name = cm_sv_base_name(first);
        if (!cm_sv_is_any(name, cm_kubernetes_parts))
                return;
        while (cm_sv_next_field(&text, '\0', &word))
                cm_host_add_text(h->arena, command, word);
        if (cm_sv_eq(name, CM_SV("kubelet")))
                cm_host_put(h->arena, process, "files", files_of(h, whole));
        cm_host_put_text(h->arena, process, "name", name);
        cm_host_put(h->arena, process, "command", command);
        cm_node_add(h->arena, list, process);
}

static int by_number(const void *a, const void *b)
{
        const struct cm_sv *x = a;
        const struct cm_sv *y = b;
        return x->len != y->len ? (x->len < y->len ? -1 : 1) : cm_sv_cmp(*x, *y);
}

static void collect(struct cm_host *h, struct cm_node *facts)
{
        struct cm_host_names names = cm_host_list(h, "proc");
        struct cm_node *kubernetes = cm_host_map(h->arena);
        struct cm_node *list = cm_host_new_list(h->arena);
        size_t count = 0;
        if (names.state == CM_HOST_UNREADABLE) {
                cm_host_put(h->arena, facts, "kubernetes", cm_host_error(h->arena, names.reason));
                return;
        }
        for (size_t i = 0; i < names.count; i++)
                if (is_number(names.items[i]))
                        names.items[count++] = names.items[i];
        if (count > 0)
                qsort(names.items, count, sizeof(*names.items), by_number);
        for (size_t i = 0; i < count; i++) {
                struct cm_sv directory =
                        cm_sv_printf(h->arena, "proc/%.*s", CM_SV_ARG(names.items[i]));
                if (!may_be_part(h, directory))
                        continue;
                struct cm_host_text t = cm_host_read_at(h, directory, CM_SV("cmdline"));
                if (t.state == CM_HOST_READ) /* else it has ended */
                        add_process(h, t.text, list);
        }
        if (count > 0)
                cm_host_put(h->arena, kubernetes, "processes", list);
        else
                cm_host_put_null(h->arena, kubernetes, "processes");
        cm_host_put(h->arena, facts, "kubernetes", kubernetes);
}

extern const struct cm_host_section cm_host_section_kubernetes;
const struct cm_host_section cm_host_section_kubernetes = { collect };
