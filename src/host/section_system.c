/* SPDX-License-Identifier: Apache-2.0 */
/* The release, banners, the boot loader's password, swap: `os`, `banners`, `boot`, `swap`, `cgroup`. */
#include "host/host_text.h"

static void collect_os(struct cm_host *h, struct cm_node *facts)
{
        struct cm_host_text t = cm_host_read(h, "etc/os-release");
        if (t.state == CM_HOST_ABSENT)
                t = cm_host_read(h, "usr/lib/os-release");
        if (t.state != CM_HOST_READ) {
                cm_host_put(h->arena, facts, "os", cm_host_error(h->arena, t.reason));
                return;
        }
        struct cm_node *os = cm_host_map(h->arena);
        struct cm_node *values = cm_host_map(h->arena);
        cm_host_text_settings(h->arena, CM_HOST_SYNTAX_SHELL, CM_SV("/etc/os-release"), t.text,
                              values);
        static const char *const names[][2] = { { "id", "ID" },
                                                { "id_like", "ID_LIKE" },
                                                { "version_id", "VERSION_ID" },
                                                { "codename", "VERSION_CODENAME" },
                                                { "name", "PRETTY_NAME" } };
        for (size_t i = 0; i < CM_ARRAY_LEN(names); i++)
                cm_host_put_text(h->arena, os, names[i][0],
                                 cm_node_get_string(cm_node_get(values, names[i][1]), "value"));
        cm_host_put(h->arena, facts, "os", os);
}

/* Whether a name and a password are asked for before a boot entry is changed; not the password. */
static void collect_boot(struct cm_host *h, struct cm_node *facts)
{
        struct cm_host_text t = cm_host_read(h, "boot/grub/grub.cfg");
        if (t.state == CM_HOST_ABSENT)
                t = cm_host_read(h, "boot/grub2/grub.cfg");
        if (t.state == CM_HOST_ABSENT) {
                cm_host_put_null(h->arena, facts, "boot");
                return;
        }
        struct cm_node *boot =
                t.state == CM_HOST_READ ? cm_host_map(h->arena) : cm_host_error(h->arena, t.reason);
        if (t.state == CM_HOST_READ)
                cm_host_put_bool(h->arena, boot, "password",
                                 cm_sv_find(t.text, CM_SV("set superusers")) >= 0 &&
                                         cm_sv_find(t.text, CM_SV("\npassword")) >= 0);
        cm_host_put(h->arena, facts, "boot", boot);
}

static void collect_swap(struct cm_host *h, struct cm_node *facts)
{
        struct cm_host_text t = cm_host_read(h, "proc/swaps");
        if (t.state != CM_HOST_READ) {
                cm_host_put(h->arena, facts, "swap", cm_host_error(h->arena, t.reason));
                return;
        }
        struct cm_node *swap = cm_host_map(h->arena);
        struct cm_node *devices = cm_host_new_list(h->arena);
        struct cm_sv line;
        struct cm_sv word;
        CM_IGNORE(!cm_sv_next_line(&t.text, &line)); /* the head */
        while (cm_sv_next_line(&t.text, &line))
                if (cm_host_next_word(&line, &word))
                        cm_host_add_text(h->arena, devices, word);
        cm_host_put(h->arena, swap, "devices", devices);
        cm_host_put(h->arena, facts, "swap", swap);
}

static void collect_cgroup(struct cm_host *h, struct cm_node *facts)
{
        struct cm_node *n = cm_host_map(h->arena);
        struct cm_host_text t = cm_host_read(h, "sys/fs/cgroup/cgroup.controllers");
        struct cm_host_names v1 = cm_host_list(h, "sys/fs/cgroup");
        if (t.state == CM_HOST_READ) {
                struct cm_node *controllers = cm_host_new_list(h->arena);
                struct cm_sv word;
                while (cm_host_next_word(&t.text, &word))
                        cm_host_add_text(h->arena, controllers, word);
                cm_host_put_int(h->arena, n, "version", 2);
                cm_host_put(h->arena, n, "controllers", controllers);
        } else if (t.state == CM_HOST_ABSENT && v1.count > 0) {
                cm_host_put_int(h->arena, n, "version", 1);
        } else {
                cm_host_put_text(h->arena, n, "error",
                                 v1.state == CM_HOST_READ ? CM_SV("/sys/fs/cgroup is empty")
                                                          : t.reason);
        }
        cm_host_put(h->arena, facts, "cgroup", n);
}

static void collect(struct cm_host *h, struct cm_node *facts)
{
        struct cm_node *banners = cm_host_map(h->arena);
        collect_os(h, facts);
        cm_host_put_file(h, banners, "motd", "etc/motd");
        cm_host_put_file(h, banners, "issue", "etc/issue");
        cm_host_put_file(h, banners, "issue_net", "etc/issue.net");
        cm_host_put(h->arena, facts, "banners", banners);
        collect_boot(h, facts);
        collect_swap(h, facts);
        collect_cgroup(h, facts);
}

extern const struct cm_host_section cm_host_section_system;
const struct cm_host_section cm_host_section_system = { collect };
