/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `sysctl`: for each name of the list below what holds now (`live`), what files set at boot (`set`,
 * with its place), and both together (`values`), so that a check asks once. A name that the running
 * kernel does not have is {exists: false}.
 */
#include <fnmatch.h>
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

/* "net/ipv4/ip_forward" is a way to write the same. */
static struct cm_sv plain_name(struct cm_arena *arena, struct cm_sv key)
{
        const char *slash = key.len == 0 ? NULL : memchr(key.ptr, '/', key.len);
        const char *dot = key.len == 0 ? NULL : memchr(key.ptr, '.', key.len);
        if (slash == NULL || (dot != NULL && dot < slash))
                return key;
        char *copy = cm_arena_alloc(arena, key.len, 1);
        for (size_t i = 0; i < key.len; i++)
                copy[i] = key.ptr[i] == '/' ? '.' : key.ptr[i];
        return cm_sv_make(copy, key.len);
}

struct settings {
        struct cm_node *exact;
        struct cm_node *patterns; /* names with "*" */
        struct cm_node *excluded; /* of patterns: "-NAME" without a value */
};

/* "-NAME = value" only says that an error does not matter. Spec: sysctl.d(5). */
static void sort_settings(struct cm_arena *arena, const struct cm_node *values,
                          struct settings *ret)
{
        for (size_t i = 0; i < cm_node_count(values); i++) {
                const struct cm_node *value = values->map.members[i].value;
                struct cm_sv key = values->map.members[i].key;
                bool is_lenient = cm_sv_has_prefix(key, CM_SV("-"));
                key = plain_name(arena, cm_sv_trim(cm_sv_skip(key, is_lenient ? 1 : 0)));
                struct cm_node *to = ret->exact;
                if (is_lenient && cm_node_get_string(value, "value").len == 0)
                        to = ret->excluded;
                else if (cm_sv_find_char(key, '*') >= 0)
                        to = ret->patterns;
                cm_node_put(arena, to, key, (struct cm_node_pos){ 0 }, value);
        }
}

static const char *as_path(struct cm_arena *arena, struct cm_sv name)
{
        char *path = cm_arena_alloc(arena, name.len + 1, 1);
        for (size_t i = 0; i < name.len; i++)
                path[i] = name.ptr[i] == '.' ? '/' : name.ptr[i];
        path[name.len] = '\0';
        return path;
}

/* What files set of a name: itself, else the last pattern that it fits. */
static const struct cm_node *find_setting(struct cm_arena *arena, const struct settings *s,
                                          const char *name)
{
        const struct cm_node *found = cm_node_get(s->exact, name);
        if (found != NULL || cm_node_get(s->excluded, name) != NULL)
                return found;
        const char *path = as_path(arena, cm_sv_from_cstr(name));
        for (size_t i = 0; i < cm_node_count(s->patterns); i++) {
                const struct cm_node_member *m = &s->patterns->map.members[i];
                if (fnmatch(as_path(arena, m->key), path, FNM_PATHNAME) == 0)
                        found = m->value;
        }
        return found;
}

static void read_settings(struct cm_host *h, struct settings *ret, struct cm_sv *ret_problem)
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
        sort_settings(h->arena, values, ret);
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
        struct settings settings = { cm_host_map(h->arena), cm_host_map(h->arena),
                                     cm_host_map(h->arena) };
        read_settings(h, &settings, &problem);
        bool is_live = cm_host_read(h, "proc/sys/kernel/osrelease").state == CM_HOST_READ;
        struct cm_node *sysctl = cm_host_map(h->arena);
        if (problem.len > 0)
                sysctl = cm_host_error(h->arena, problem);
        for (size_t i = 0; i < CM_ARRAY_LEN(names) && problem.len == 0; i++)
                cm_host_put(h->arena, sysctl, names[i],
                            setting_of(h, names[i], find_setting(h->arena, &settings, names[i]),
                                       is_live));
        cm_host_put(h->arena, facts, "sysctl", sysctl);
}

extern const struct cm_host_section cm_host_section_sysctl;
const struct cm_host_section cm_host_section_sysctl = { collect };
