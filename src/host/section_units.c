/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `units`: systemd's services, sockets and timers that exist, and whether they start by themselves
 * or are masked, as the links of the unit directories say: {list: {name: {enabled, masked, by}}}.
 * Spec: systemd.unit(5).
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/host_text.h"
#include "os/rooted.h"

/* The earlier one counts: what is masked in /etc stays so. */
static const char *const directories[] = { "etc/systemd/system", "run/systemd/system",
                                           "usr/local/lib/systemd/system", "usr/lib/systemd/system",
                                           "lib/systemd/system" };

static bool is_unit(struct cm_sv name)
{
        return cm_sv_has_suffix(name, CM_SV(".service")) ||
               cm_sv_has_suffix(name, CM_SV(".socket")) ||
               cm_sv_has_suffix(name, CM_SV(".timer")) || cm_sv_has_suffix(name, CM_SV(".mount")) ||
               cm_sv_has_suffix(name, CM_SV(".path"));
}

struct units {
        struct cm_host *h;
        struct cm_node *list;
};

/* What is said of a unit until now; the node is still being built. */
static struct cm_node *entry_of(struct units *u, struct cm_sv name)
{
        const struct cm_node *old = cm_node_get_sv(u->list, name);
        struct cm_node *n = cm_host_map(u->h->arena);
        for (size_t i = 0; i < cm_node_count(old); i++)
                cm_node_put(u->h->arena, n, old->map.members[i].key, (struct cm_node_pos){ 0 },
                            old->map.members[i].value);
        if (old == NULL) {
                cm_host_put_bool(u->h->arena, n, "exists", false);
                cm_host_put_bool(u->h->arena, n, "enabled", false);
                cm_host_put_bool(u->h->arena, n, "masked", false);
        }
        cm_node_put(u->h->arena, u->list, name, (struct cm_node_pos){ 0 }, n);
        return n;
}

/* Where a link leads, or "" when it is none. */
static struct cm_sv link_of(struct cm_host *h, struct cm_sv path)
{
        char target[4096];
        int fd = cm_root_open_in(h->root_fd, path.ptr, O_PATH | O_NOFOLLOW);
        ssize_t n = fd < 0 ? -1 : readlinkat(fd, "", target, sizeof(target));
        if (fd >= 0)
                close(fd);
        return n < 0 ? CM_SV("") : cm_sv_dup(h->arena, cm_sv_make(target, (size_t)n));
}

static void read_wants(struct units *u, struct cm_sv directory)
{
        struct cm_host_names names = cm_host_list(u->h, directory.ptr);
        for (size_t i = 0; i < names.count; i++) {
                if (!is_unit(names.items[i]))
                        continue;
                struct cm_node *n = entry_of(u, names.items[i]);
                cm_host_put_bool(u->h->arena, n, "enabled", true);
                cm_host_put_text(u->h->arena, n, "by",
                                 cm_sv_printf(u->h->arena, "/%.*s", CM_SV_ARG(directory)));
        }
}

static void read_unit(struct units *u, const char *directory, struct cm_sv name)
{
        const struct cm_node *old = cm_node_get_sv(u->list, name);
        struct cm_sv path = cm_sv_printf(u->h->arena, "%s/%.*s", directory, CM_SV_ARG(name));
        struct cm_sv target = link_of(u->h, path);
        if (cm_node_bool(cm_node_get(old, "exists"), false) ||
            cm_node_bool(cm_node_get(old, "masked"), false))
                return;
        struct cm_node *n = entry_of(u, name);
        if (cm_sv_eq(target, CM_SV("/dev/null"))) {
                cm_host_put_bool(u->h->arena, n, "masked", true);
                return;
        }
        cm_host_put_bool(u->h->arena, n, "exists", true);
        cm_host_put_text(u->h->arena, n, "file", cm_host_absolute(u->h->arena, path.ptr));
        /* An alias in /etc ("sshd.service" for ssh.service) is made when a unit is enabled. */
        if (target.len > 0 && cm_sv_has_prefix(path, CM_SV("etc/"))) {
                cm_host_put_bool(u->h->arena, n, "enabled", true);
                cm_host_put_text(u->h->arena, n, "alias_of", cm_sv_base_name(target));
        }
}

/* Start scripts without a unit become one when the host starts. Spec: systemd-sysv-generator(8). */
static void read_scripts(struct units *u)
{
        static const char *const levels[] = { "etc/rc2.d", "etc/rc3.d", "etc/rc4.d", "etc/rc5.d" };
        for (size_t i = 0; i < CM_ARRAY_LEN(levels); i++) {
                struct cm_host_names names = cm_host_list(u->h, levels[i]);
                for (size_t j = 0; j < names.count; j++) {
                        struct cm_sv name = names.items[j];
                        if (name.len < 4 || name.ptr[0] != 'S' || !cm_is_digit(name.ptr[1]))
                                continue;
                        struct cm_sv service = cm_sv_skip(name, 3);
                        name = cm_sv_printf(u->h->arena, "%.*s.service", CM_SV_ARG(service));
                        if (cm_node_get_sv(u->list, name) != NULL)
                                continue;
                        struct cm_node *n = entry_of(u, name);
                        cm_host_put_bool(u->h->arena, n, "exists", true);
                        cm_host_put_bool(u->h->arena, n, "enabled", true);
                        cm_host_put_text(u->h->arena, n, "by",
                                         cm_host_absolute(u->h->arena, levels[i]));
                }
        }
}

static void collect(struct cm_host *h, struct cm_node *facts)
{
        struct units u = { h, cm_host_map(h->arena) };
        bool is_there = false;
        for (size_t i = 0; i < CM_ARRAY_LEN(directories); i++) {
                struct cm_host_names names = cm_host_list(h, directories[i]);
                if (names.state == CM_HOST_UNREADABLE) {
                        cm_host_put(h->arena, facts, "units",
                                    cm_host_error(h->arena, names.reason));
                        return;
                }
                is_there = is_there || names.state == CM_HOST_READ;
                for (size_t j = 0; j < names.count; j++) {
                        struct cm_sv name = names.items[j];
                        if (cm_sv_has_suffix(name, CM_SV(".wants")) ||
                            cm_sv_has_suffix(name, CM_SV(".requires")))
                                read_wants(&u, cm_sv_printf(h->arena, "%s/%.*s", directories[i],
                                                            CM_SV_ARG(name)));
                        else if (is_unit(name))
                                read_unit(&u, directories[i], name);
                }
        }
        read_scripts(&u);
        struct cm_node *n = cm_host_map(h->arena);
        cm_host_put(h->arena, n, "list", u.list);
        if (is_there)
                cm_host_put(h->arena, facts, "units", n);
        else
                cm_host_put_null(h->arena, facts, "units");
}

extern const struct cm_host_section cm_host_section_units;
const struct cm_host_section cm_host_section_units = { collect };
