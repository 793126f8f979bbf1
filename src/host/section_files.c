/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `files`: path -> owner, group and mode of the files of files.def (null: absent); `globs`: pattern
 * -> {list: the same with `path`}; `homes`: of users that can log in.
 */
#include "host/host_text.h"

static const char *const paths[] = {
#define CM_HOST_FILE(path) path,
#define CM_HOST_GLOB(pattern)
#include "host/files.def"
#undef CM_HOST_FILE
#undef CM_HOST_GLOB
};

static const char *const patterns[] = {
#define CM_HOST_FILE(path)
#define CM_HOST_GLOB(pattern) pattern,
#include "host/files.def"
#undef CM_HOST_FILE
#undef CM_HOST_GLOB
};

static struct cm_node *expand(struct cm_host *h, const char *pattern)
{
        struct cm_host_files found = cm_host_glob(h, pattern);
        struct cm_node *list = cm_host_new_list(h->arena);
        struct cm_node *n = cm_host_map(h->arena);
        if (found.state == CM_HOST_UNREADABLE)
                return cm_host_error(h->arena, found.reason);
        for (size_t i = 0; i < found.count; i++)
                if (cm_node_type(cm_host_stat(h, found.items[i].ptr)) != CM_NODE_NULL)
                        cm_node_add(h->arena, list, cm_host_stat_at(h, found.items[i]));
        cm_host_put(h->arena, n, "list", list);
        return n;
}

/* Homes of users with a shell, as passwd names them. */
static void collect_homes(struct cm_host *h, struct cm_node *facts)
{
        struct cm_host_text t = cm_host_read(h, "etc/passwd");
        struct cm_node *users = cm_host_new_list(h->arena);
        struct cm_node *list = cm_host_new_list(h->arena);
        struct cm_node *homes = cm_host_map(h->arena);
        cm_host_text_passwd(h->arena, t.text, users);
        if (t.state != CM_HOST_READ) {
                cm_host_put(h->arena, facts, "homes", cm_host_error(h->arena, t.reason));
                return;
        }
        for (size_t i = 0; i < cm_node_count(users); i++) {
                const struct cm_node *u = cm_node_at(users, i);
                struct cm_sv home = cm_node_get_string(u, "home");
                struct cm_sv shell = cm_sv_base_name(cm_node_get_string(u, "shell"));
                static const char *const closed[] = { "nologin",  "false", "sync",
                                                      "shutdown", "halt",  NULL };
                if (cm_sv_is_any(shell, closed) || !cm_sv_has_prefix(home, CM_SV("/")))
                        continue;
                struct cm_sv path = cm_sv_printf(h->arena, "%.*s", CM_SV_ARG(home));
                struct cm_node *n = cm_host_stat_at(h, path);
                cm_host_put(h->arena, n, "owner_wanted", cm_node_get(u, "uid"));
                cm_host_put(h->arena, n, "name", cm_node_get(u, "name"));
                cm_host_put_bool(h->arena, n, "exists", cm_node_get(n, "kind") != NULL);
                cm_node_add(h->arena, list, n);
        }
        cm_host_put(h->arena, homes, "list", list);
        cm_host_put(h->arena, facts, "homes", homes);
}

static void collect(struct cm_host *h, struct cm_node *facts)
{
        struct cm_node *files = cm_host_map(h->arena);
        struct cm_node *globs = cm_host_map(h->arena);
        for (size_t i = 0; i < CM_ARRAY_LEN(paths); i++)
                cm_host_put(h->arena, files, paths[i], cm_host_stat(h, paths[i]));
        for (size_t i = 0; i < CM_ARRAY_LEN(patterns); i++)
                cm_host_put(h->arena, globs, patterns[i], expand(h, patterns[i]));
        cm_host_put(h->arena, facts, "files", files);
        cm_host_put(h->arena, facts, "globs", globs);
        collect_homes(h, facts);
}

extern const struct cm_host_section cm_host_section_files;
const struct cm_host_section cm_host_section_files = { collect };
