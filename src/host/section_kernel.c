/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The running kernel: `kernel` (release, command line, security modules, lockdown, secure boot,
 * features) and `apparmor`. Of a root without /proc and /sys these are not known.
 */
#include "host/host_text.h"

/* "none [integrity] confidentiality": the one in brackets. */
static struct cm_sv chosen(struct cm_sv text)
{
        ptrdiff_t from = cm_sv_find_char(text, '[');
        ptrdiff_t to = cm_sv_find_char(text, ']');
        return from < 0 || to < from ? cm_sv_trim(text)
                                     : cm_sv_slice(text, (size_t)from + 1, (size_t)to);
}

static void put_cmdline(struct cm_host *h, struct cm_node *kernel)
{
        struct cm_host_text t = cm_host_read(h, "proc/cmdline");
        struct cm_node *args = cm_host_map(h->arena);
        struct cm_sv word;
        while (cm_host_next_word(&t.text, &word)) {
                struct cm_sv name;
                struct cm_sv value;
                cm_sv_cut(word, '=', &name, &value);
                cm_node_put(h->arena, args, name, (struct cm_node_pos){ 0 },
                            cm_node_new_string(h->arena, (struct cm_node_pos){ 0 }, value));
        }
        if (t.state == CM_HOST_READ)
                cm_host_put(h->arena, kernel, "cmdline", args);
        else
                cm_host_put_text(h->arena, kernel, "cmdline_error", t.reason);
}

/* The variable's last byte; four bytes of attributes are before it. Spec: efivarfs. */
static void put_secure_boot(struct cm_host *h, struct cm_node *kernel)
{
        struct cm_host_names efi = cm_host_list(h, "sys/firmware/efi");
        struct cm_host_text t = cm_host_read(h, "sys/firmware/efi/efivars/"
                                                "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c");
        if (t.state == CM_HOST_READ && t.text.len == 5)
                cm_host_put_bool(h->arena, kernel, "secure_boot", t.text.ptr[4] == 1);
        else if (efi.state == CM_HOST_ABSENT && cm_host_list(h, "sys/firmware").count > 0)
                cm_host_put_null(h->arena, kernel, "secure_boot");
        else
                cm_host_put_text(h->arena, kernel, "secure_boot_error", t.reason);
}

static void collect_kernel(struct cm_host *h, struct cm_node *facts)
{
        struct cm_node *kernel = cm_host_map(h->arena);
        struct cm_node *modules = cm_host_new_list(h->arena);
        struct cm_sv item;
        /* Without /proc that a file is absent says nothing. */
        if (cm_host_read(h, "proc/sys/kernel/osrelease").state == CM_HOST_READ) {
                cm_host_put_file(h, kernel, "release", "proc/sys/kernel/osrelease");
                cm_host_put_file(h, kernel, "tainted", "proc/sys/kernel/tainted");
                cm_host_put_file(h, kernel, "seccomp_actions",
                                 "proc/sys/kernel/seccomp/actions_avail");
        }
        put_cmdline(h, kernel);
        struct cm_host_text t = cm_host_read(h, "sys/kernel/security/lsm");
        struct cm_sv names = cm_sv_trim(t.text);
        while (cm_sv_next_field(&names, ',', &item))
                cm_host_add_text(h->arena, modules, item);
        if (t.state == CM_HOST_READ)
                cm_host_put(h->arena, kernel, "security_modules", modules);
        else
                cm_host_put_text(h->arena, kernel, "security_modules_error", t.reason);
        t = cm_host_read(h, "sys/kernel/security/lockdown");
        if (t.state == CM_HOST_READ)
                cm_host_put_text(h->arena, kernel, "lockdown", chosen(t.text));
        else
                cm_host_put_text(h->arena, kernel, "lockdown_error", t.reason);
        put_secure_boot(h, kernel);
        struct cm_host_text filesystems = cm_host_read(h, "proc/filesystems");
        if (filesystems.state == CM_HOST_READ) {
                struct cm_node *list = cm_host_new_list(h->arena);
                struct cm_sv line;
                while (cm_sv_next_line(&filesystems.text, &line)) {
                        struct cm_sv tail;
                        if (!cm_sv_cut_last(line, '\t', &item, &tail))
                                tail = line;
                        cm_host_add_text(h->arena, list, cm_sv_trim(tail));
                }
                cm_host_put(h->arena, kernel, "filesystems", list);
        }
        cm_host_put(h->arena, facts, "kernel", kernel);
}

/* "name (mode)" a line. */
static void collect_apparmor(struct cm_host *h, struct cm_node *facts)
{
        struct cm_node *n = cm_host_map(h->arena);
        struct cm_host_text enabled = cm_host_read(h, "sys/module/apparmor/parameters/enabled");
        if (enabled.state == CM_HOST_UNREADABLE ||
            (enabled.state == CM_HOST_ABSENT && cm_host_list(h, "sys/module").count == 0)) {
                cm_host_put(h->arena, facts, "apparmor", cm_host_error(h->arena, enabled.reason));
                return;
        }
        cm_host_put_bool(h->arena, n, "enabled",
                         enabled.state == CM_HOST_READ &&
                                 cm_sv_has_prefix(enabled.text, CM_SV("Y")));
        struct cm_host_text t = cm_host_read(h, "sys/kernel/security/apparmor/profiles");
        struct cm_node *list = cm_host_new_list(h->arena);
        struct cm_sv line;
        while (cm_sv_next_line(&t.text, &line)) {
                struct cm_node *p = cm_host_map(h->arena);
                struct cm_sv name;
                struct cm_sv mode;
                if (!cm_sv_cut_last(line, '(', &name, &mode))
                        continue;
                cm_host_put_text(h->arena, p, "name", cm_sv_trim(name));
                cm_host_put_text(h->arena, p, "mode", cm_sv_slice(mode, 0, mode.len - 1));
                cm_node_add(h->arena, list, p);
        }
        if (t.state == CM_HOST_READ)
                cm_host_put(h->arena, n, "profiles", list);
        else
                cm_host_put_text(h->arena, n, "profiles_error", t.reason);
        cm_host_put(h->arena, facts, "apparmor", n);
}

static void collect(struct cm_host *h, struct cm_node *facts)
{
        collect_kernel(h, facts);
        collect_apparmor(h, facts);
}

extern const struct cm_host_section cm_host_section_kernel;
const struct cm_host_section cm_host_section_kernel = { collect };
