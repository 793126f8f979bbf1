/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `passwd`, `group`, `shadow` (states and ages, never a hash), `shells` and `subids`: one section
 * per file, null when there is no such file.
 */
#include "host/host_text.h"

/* The section is {list: [...]}, {error: ...} or null. */
static void
collect_table(struct cm_host *h, struct cm_node *facts, const char *key, const char *path,
              void (*parse)(struct cm_arena *arena, struct cm_sv text, struct cm_node *list))
{
        struct cm_host_text t = cm_host_read(h, path);
        if (t.state == CM_HOST_ABSENT) {
                cm_host_put_null(h->arena, facts, key);
                return;
        }
        struct cm_node *n =
                t.state == CM_HOST_READ ? cm_host_map(h->arena) : cm_host_error(h->arena, t.reason);
        struct cm_node *list = cm_host_new_list(h->arena);
        parse(h->arena, t.text, list);
        if (t.state == CM_HOST_READ)
                cm_host_put(h->arena, n, "list", list);
        cm_host_put(h->arena, facts, key, n);
}

static void parse_lines(struct cm_arena *arena, struct cm_sv text, struct cm_node *list)
{
        struct cm_sv line;
        while (cm_sv_next_line(&text, &line)) {
                line = cm_host_strip_comment(line);
                if (line.len > 0)
                        cm_host_add_text(arena, list, line);
        }
}

/* name:first:count */
static void parse_subids(struct cm_arena *arena, struct cm_sv text, struct cm_node *list)
{
        struct cm_sv line;
        while (cm_sv_next_line(&text, &line)) {
                struct cm_err ignored = CM_ERR_INIT;
                struct cm_sv name;
                struct cm_sv rest;
                struct cm_sv first;
                struct cm_sv count;
                int64_t from = 0;
                int64_t size = 0;
                cm_sv_cut(cm_host_strip_comment(line), ':', &name, &rest);
                cm_sv_cut(rest, ':', &first, &count);
                if (cm_parse_i64(first, 0, UINT32_MAX, &from, &ignored) < 0)
                        continue;
                cm_err_clear(&ignored);
                if (cm_parse_i64(count, 0, UINT32_MAX, &size, &ignored) < 0)
                        continue;
                struct cm_node *n = cm_host_map(arena);
                cm_host_put_text(arena, n, "name", name);
                cm_host_put_int(arena, n, "first", from);
                cm_host_put_int(arena, n, "count", size);
                cm_node_add(arena, list, n);
        }
}

static void collect(struct cm_host *h, struct cm_node *facts)
{
        collect_table(h, facts, "passwd", "etc/passwd", cm_host_text_passwd);
        collect_table(h, facts, "group", "etc/group", cm_host_text_group);
        collect_table(h, facts, "shadow", "etc/shadow", cm_host_text_shadow);
        collect_table(h, facts, "shells", "etc/shells", parse_lines);
        collect_table(h, facts, "subuid", "etc/subuid", parse_subids);
        collect_table(h, facts, "subgid", "etc/subgid", parse_subids);
}

extern const struct cm_host_section cm_host_section_accounts;
const struct cm_host_section cm_host_section_accounts = { collect };
