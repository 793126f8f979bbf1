/* SPDX-License-Identifier: Apache-2.0 */
/* Building and writing the tree of facts. See host_internal.h. */
#include "codec/node_json.h"
#include "host/host.h"
#include "host/host_internal.h"

enum {
        BROKEN_LEVELS = 3 /* levels whose members stand on lines of their own */
};

static const struct cm_node_pos nowhere = { 0 };

struct cm_node *cm_host_map(struct cm_arena *arena)
{
        return cm_node_new_map(arena, nowhere);
}

struct cm_node *cm_host_new_list(struct cm_arena *arena)
{
        return cm_node_new_list(arena, nowhere);
}

void cm_host_put(struct cm_arena *arena, struct cm_node *map, const char *key,
                 const struct cm_node *value)
{
        cm_node_put(arena, map, cm_sv_from_cstr(key), nowhere, value);
}

void cm_host_put_text(struct cm_arena *arena, struct cm_node *map, const char *key,
                      struct cm_sv value)
{
        cm_host_put(arena, map, key, cm_node_new_string(arena, nowhere, value));
}

void cm_host_put_int(struct cm_arena *arena, struct cm_node *map, const char *key, int64_t value)
{
        cm_host_put(arena, map, key, cm_node_new_int(arena, nowhere, value));
}

void cm_host_put_bool(struct cm_arena *arena, struct cm_node *map, const char *key, bool value)
{
        cm_host_put(arena, map, key, cm_node_new_bool(arena, nowhere, value));
}

void cm_host_put_null(struct cm_arena *arena, struct cm_node *map, const char *key)
{
        cm_host_put(arena, map, key, cm_node_new_null(arena, nowhere));
}

void cm_host_add_text(struct cm_arena *arena, struct cm_node *list, struct cm_sv value)
{
        cm_node_add(arena, list, cm_node_new_string(arena, nowhere, value));
}

struct cm_node *cm_host_copy(struct cm_arena *arena, const struct cm_node *map)
{
        struct cm_node *copy = cm_host_map(arena);
        for (size_t i = 0; i < cm_node_count(map); i++)
                cm_node_put(arena, copy, map->map.members[i].key, nowhere,
                            map->map.members[i].value);
        return copy;
}

struct cm_node *cm_host_error(struct cm_arena *arena, struct cm_sv reason)
{
        struct cm_node *n = cm_host_map(arena);
        cm_host_put_text(arena, n, "error", reason);
        return n;
}

void cm_host_put_file(struct cm_host *h, struct cm_node *map, const char *key, const char *path)
{
        struct cm_host_text t = cm_host_read(h, path);
        if (t.state == CM_HOST_READ)
                cm_host_put_text(h->arena, map, key, cm_sv_trim(t.text));
        else if (t.state == CM_HOST_ABSENT)
                cm_host_put_null(h->arena, map, key);
        else
                cm_host_put_text(h->arena, map, cm_sv_printf(h->arena, "%s_error", key).ptr,
                                 t.reason);
}

void cm_host_put_origin(struct cm_arena *arena, struct cm_node *map, struct cm_host_origin origin)
{
        cm_host_put_text(arena, map, "source", origin.source);
        cm_host_put_int(arena, map, "line", origin.line);
}

void cm_host_add_line(struct cm_arena *arena, struct cm_node *list, const char *key,
                      struct cm_sv value, struct cm_host_origin origin)
{
        struct cm_node *n = cm_host_map(arena);
        cm_host_put_text(arena, n, key, value);
        cm_host_put_origin(arena, n, origin);
        cm_node_add(arena, list, n);
}

struct cm_sv cm_host_absolute(struct cm_arena *arena, const char *path)
{
        return cm_sv_printf(arena, "/%s", path);
}

static void write_node(struct cm_buf *buf, const struct cm_node *n, size_t level)
{
        size_t count = cm_node_count(n);
        if (level >= BROKEN_LEVELS || count == 0) {
                cm_node_write_json(buf, n);
                return;
        }
        bool is_map = n->type == CM_NODE_MAP;
        cm_buf_put_char(buf, is_map ? '{' : '[');
        for (size_t i = 0; i < count; i++) {
                cm_buf_printf(buf, "%s\n%*s", i == 0 ? "" : ",", (int)(level + 1), "");
                if (is_map) {
                        const struct cm_node key = { .type = CM_NODE_STRING,
                                                     .text = n->map.members[i].key };
                        cm_node_write_json(buf, &key);
                        cm_buf_put_str(buf, ": ");
                }
                write_node(buf, is_map ? n->map.members[i].value : n->list.items[i], level + 1);
        }
        cm_buf_printf(buf, "\n%*s%c", (int)level, "", is_map ? '}' : ']');
}

void cm_host_facts_write(struct cm_buf *buf, const struct cm_node *facts)
{
        write_node(buf, facts, 0);
        cm_buf_put_char(buf, '\n');
}
