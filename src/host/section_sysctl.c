/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `sysctl`: for each name of the list below what holds now (`live`), what files set at boot (`set`,
 * with its place), and both together (`values`), so that a check asks once. A name that the running
 * kernel does not have is {exists: false}.
 */
#include <string.h>

#include "host/host_text.h"

static const char *const names[] = {
#define CM_HOST_SYSCTL(name) name,
#include "host/sysctls.def"
#undef CM_HOST_SYSCTL
};

/* In the order in which systemd-sysctl reads them; then what others read last. */
static const char *const directories[] = { "etc/sysctl.d",           "run/sysctl.d",
                                           "usr/local/lib/sysctl.d", "usr/lib/sysctl.d",
                                           "lib/sysctl.d",           NULL };

/* "net/ipv4/ip_forward" and "-net.ipv4.ip_forward" are ways to write the same. */
static struct cm_node *with_plain_names(struct cm_arena *arena, const struct cm_node *values)
{
        struct cm_node *plain = cm_host_map(arena);
        for (size_t i = 0; i < cm_node_count(values); i++) {
                struct cm_sv key = values->map.members[i].key;
                key = cm_sv_trim(cm_sv_has_prefix(key, CM_SV("-")) ? cm_sv_skip(key, 1) : key);
                const char *first = key.len == 0 ? NULL : memchr(key.ptr, '/', key.len);
                const char *dot = key.len == 0 ? NULL : memchr(key.ptr, '.', key.len);
                if (first != NULL && (dot == NULL || first < dot)) {
                        char *copy = cm_arena_alloc(arena, key.len, 1);
                        for (size_t j = 0; j < key.len; j++)
                                copy[j] = key.ptr[j] == '/' ? '.' : key.ptr[j];
                        key = cm_sv_make(copy, key.len);
                }
                cm_node_put(arena, plain, key, (struct cm_node_pos){ 0 },
                            values->map.members[i].value);
        }
        return plain;
}

static const struct cm_node *read_settings(struct cm_host *h, struct cm_sv *ret_problem)
{
        struct cm_host_files files = cm_host_drop_ins(h, directories, ".conf");
        struct cm_node *values = cm_host_map(h->arena);
        if (files.state == CM_HOST_UNREADABLE)
                *ret_problem = files.reason;
        *CM_VEC_PUSH(h->arena, &files) = CM_SV("etc/sysctl.conf");
        for (size_t i = 0; i < files.count; i++) {
                struct cm_host_text t = cm_host_read(h, files.items[i].ptr);
                if (t.state == CM_HOST_UNREADABLE)
                        *ret_problem = t.reason;
                cm_host_text_settings(h->arena, CM_HOST_SYNTAX_EQUALS,
                                      cm_host_absolute(h->arena, files.items[i].ptr), t.text,
                                      values);
        }
        return with_plain_names(h->arena, values);
}

static struct cm_node *setting_of(struct cm_host *h, const char *name, const struct cm_node *set,
                                  bool is_live)
{
        struct cm_node *n = cm_host_map(h->arena);
        struct cm_node *values = cm_host_new_list(h->arena);
        char path[128] = "proc/sys/";
        size_t len = strlen(path);
        for (const char *p = name; *p != '\0' && len + 1 < sizeof(path); p++)
                path[len++] = *p == '.' ? '/' : *p;
        struct cm_host_text t = cm_host_read(h, path);
        if (t.state == CM_HOST_READ) {
                cm_host_put_text(h->arena, n, "live", cm_sv_trim(t.text));
                cm_host_add_text(h->arena, values, cm_sv_trim(t.text));
        } else if (t.state == CM_HOST_UNREADABLE) {
                cm_host_put_text(h->arena, n, "error", t.reason);
        }
        cm_host_put_bool(h->arena, n, "exists", t.state == CM_HOST_READ || !is_live);
        if (set != NULL) {
                cm_host_put(h->arena, n, "set", set);
                cm_host_add_text(h->arena, values, cm_node_get_string(set, "value"));
        } else {
                cm_host_put_null(h->arena, n, "set");
        }
        if (cm_node_count(values) > 0 && t.state != CM_HOST_UNREADABLE)
                cm_host_put(h->arena, n, "values", values);
        return n;
}

static void collect(struct cm_host *h, struct cm_node *facts)
{
        struct cm_sv problem = CM_SV("");
        const struct cm_node *settings = read_settings(h, &problem);
        bool is_live = cm_host_read(h, "proc/sys/kernel/osrelease").state == CM_HOST_READ;
        struct cm_node *sysctl = cm_host_map(h->arena);
        if (problem.len > 0)
                sysctl = cm_host_error(h->arena, problem);
        for (size_t i = 0; i < CM_ARRAY_LEN(names) && problem.len == 0; i++)
                cm_host_put(h->arena, sysctl, names[i],
                            setting_of(h, names[i], cm_node_get(settings, names[i]), is_live));
        cm_host_put(h->arena, facts, "sysctl", sysctl);
}

extern const struct cm_host_section cm_host_section_sysctl;
const struct cm_host_section cm_host_section_sysctl = { collect };
