/* SPDX-License-Identifier: Apache-2.0 */
/* Flags of Dockerfile instructions as nodes, and the mounts of RUN. */
#include "codec/dockerfile_internal.h"

/* One field of comma-separated values; quotes may enclose it. */
static struct cm_sv next_field(struct cm_arena *arena, struct cm_sv *rest)
{
        size_t end = 0;
        bool quoted = false;
        for (; end < rest->len && (quoted || rest->ptr[end] != ','); end++)
                quoted = quoted != (rest->ptr[end] == '"');
        char *text = cm_arena_alloc(arena, end + 1, 1);
        size_t len = 0;
        for (size_t i = 0; i < end; i++)
                if (rest->ptr[i] != '"')
                        text[len++] = rest->ptr[i];
        *rest = cm_sv_skip(*rest, end + 1);
        return cm_sv_make(text, len);
}

static struct cm_node *mount_node(struct cm_arena *arena, struct cm_sv value,
                                  struct cm_node_pos pos)
{
        struct cm_node *map = cm_node_new_map(arena, pos);
        cm_df_put_text(arena, map, "type", pos, CM_SV("bind"));
        while (value.len > 0) {
                struct cm_sv field = next_field(arena, &value);
                struct cm_sv key;
                struct cm_sv text;
                if (!cm_sv_cut(field, '=', &key, &text))
                        text = CM_SV("true");
                if (cm_sv_eq(key, CM_SV("src")))
                        key = CM_SV("source");
                if (cm_sv_eq(key, CM_SV("dst")) || cm_sv_eq(key, CM_SV("destination")))
                        key = CM_SV("target");
                if (cm_sv_eq(key, CM_SV("ro")))
                        key = CM_SV("readonly");
                cm_node_put(arena, map, cm_sv_lower(arena, key), pos,
                            cm_node_new_string(arena, pos, text));
        }
        return map;
}

/* Only these have variables in their flags. */
static bool expands_flags(const struct cm_df_instruction *in)
{
        return cm_sv_eq(in->cmd, CM_SV("add")) || cm_sv_eq(in->cmd, CM_SV("copy")) ||
               cm_sv_eq(in->cmd, CM_SV("from"));
}

int cm_df_add_flags(struct cm_df_view *v, const struct cm_df_instruction *in, struct cm_node *node)
{
        struct cm_arena *arena = v->df->arena;
        struct cm_node *flags = cm_node_new_map(arena, node->pos);
        struct cm_node *list = cm_node_new_list(arena, node->pos);
        struct cm_node *mounts = cm_node_new_list(arena, node->pos);
        for (size_t i = 0; i < in->flags.count; i++) {
                struct cm_df_word word = in->flags.items[i];
                struct cm_node_pos pos = cm_text_map_pos(&in->map, word.offset);
                struct cm_node *flag = cm_node_new_map(arena, pos);
                struct cm_sv name;
                struct cm_sv text;
                bool has_value = cm_sv_cut(cm_sv_skip(word.text, 2), '=', &name, &text);
                struct cm_node *value = has_value ? cm_node_new_string(arena, pos, text)
                                                  : cm_node_new_bool(arena, pos, true);
                cm_df_put_text(arena, flag, "name", pos, name);
                cm_df_put_text(arena, flag, "text", pos, in->flags.items[i].text);
                cm_df_put(arena, flag, "raw", value);
                word.text = text;
                if (has_value && expands_flags(in)) {
                        int r = cm_df_value(v, in, &word, &value);
                        if (r < 0)
                                return r;
                }
                cm_df_put(arena, flag, "value", value);
                cm_node_add(arena, list, flag);
                cm_node_put(arena, flags, name, pos, value);
                if (cm_sv_eq(in->cmd, CM_SV("run")) && cm_sv_eq(name, CM_SV("mount")))
                        cm_node_add(arena, mounts, mount_node(arena, text, pos));
        }
        cm_df_put(arena, node, "flags", flags);
        cm_df_put(arena, node, "flag_list", list);
        if (cm_sv_eq(in->cmd, CM_SV("run")))
                cm_df_put(arena, node, "mounts", mounts);
        return 0;
}
