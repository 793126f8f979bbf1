/* SPDX-License-Identifier: Apache-2.0 */
/* Shell commands as document nodes, see shell_words.h and docs/formats/dockerfile-view.md. */
#include "codec/shell_words.h"

static void put(struct cm_arena *arena, struct cm_node *map, const char *key,
                const struct cm_node *value)
{
        cm_node_put(arena, map, cm_sv_from_cstr(key), value->pos, value);
}

static struct cm_node *word_node(struct cm_arena *arena, const struct cm_shell_word *w,
                                 const struct cm_text_map *map)
{
        return cm_node_new_string(arena, cm_text_map_pos(map, w->offset), w->text);
}

static struct cm_node *assignment_node(struct cm_arena *arena, const struct cm_shell_word *w,
                                       const struct cm_text_map *map)
{
        struct cm_node_pos pos = cm_text_map_pos(map, w->offset);
        struct cm_node *n = cm_node_new_map(arena, pos);
        struct cm_sv name;
        struct cm_sv value;
        CM_IGNORE(cm_sv_cut(w->text, '=', &name, &value));
        if (cm_sv_has_suffix(name, CM_SV("+")))
                name.len--;
        put(arena, n, "name", cm_node_new_string(arena, pos, name));
        put(arena, n, "value", cm_node_new_string(arena, pos, value));
        return n;
}

static struct cm_node *redirect_node(struct cm_arena *arena, const struct cm_shell_redirect *r,
                                     const struct cm_text_map *map)
{
        struct cm_node_pos pos = cm_text_map_pos(map, r->target.offset);
        struct cm_node *n = cm_node_new_map(arena, pos);
        put(arena, n, "op", cm_node_new_string(arena, pos, r->op));
        put(arena, n, "target", cm_node_new_string(arena, pos, r->target.text));
        if (r->body.len > 0)
                put(arena, n, "body", cm_node_new_string(arena, pos, r->body));
        if (r->fd >= 0)
                put(arena, n, "fd", cm_node_new_int(arena, pos, r->fd));
        return n;
}

static struct cm_node *command_node(struct cm_arena *arena, const struct cm_shell_command *c,
                                    const struct cm_text_map *map)
{
        struct cm_node_pos pos = cm_text_map_pos(map, c->offset);
        struct cm_node *n = cm_node_new_map(arena, pos);
        struct cm_node *args = cm_node_new_list(arena, pos);
        struct cm_node *assignments = cm_node_new_list(arena, pos);
        struct cm_node *redirects = cm_node_new_list(arena, pos);
        bool dynamic = false;
        for (size_t i = 0; i < c->words.count; i++) {
                dynamic = dynamic || c->words.items[i].dynamic;
                if (i > 0)
                        cm_node_add(arena, args, word_node(arena, &c->words.items[i], map));
        }
        for (size_t i = 0; i < c->assignments.count; i++)
                cm_node_add(arena, assignments,
                            assignment_node(arena, &c->assignments.items[i], map));
        for (size_t i = 0; i < c->redirects.count; i++)
                cm_node_add(arena, redirects, redirect_node(arena, c->redirects.items[i], map));
        put(arena, n, "name",
            c->words.count == 0 ? cm_node_new_string(arena, pos, CM_SV(""))
                                : word_node(arena, &c->words.items[0], map));
        put(arena, n, "args", args);
        put(arena, n, "assignments", assignments);
        put(arena, n, "redirects", redirects);
        put(arena, n, "pipe", cm_node_new_int(arena, pos, (int64_t)c->pipe));
        put(arena, n, "depth", cm_node_new_int(arena, pos, (int64_t)c->depth));
        put(arena, n, "separator", cm_node_new_string(arena, pos, c->separator));
        put(arena, n, "dynamic", cm_node_new_bool(arena, pos, dynamic));
        put(arena, n, "line", cm_node_new_int(arena, pos, pos.line));
        put(arena, n, "column", cm_node_new_int(arena, pos, pos.column));
        return n;
}

struct cm_node *cm_shell_to_node(struct cm_arena *arena, const struct cm_shell_script *script,
                                 const struct cm_text_map *map)
{
        struct cm_node *list = cm_node_new_list(arena, cm_text_map_pos(map, 0));
        for (size_t i = 0; i < script->count; i++)
                cm_node_add(arena, list, command_node(arena, script->items[i], map));
        return list;
}
