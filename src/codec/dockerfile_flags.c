/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flags of Dockerfile instructions and what BuildKit refuses after its parser has split a line:
 * flags and numbers of arguments that an instruction does not take.
 */
#include "base/escape.h"
#include "codec/dockerfile_internal.h"

struct rule {
        const char *cmd;
        const char *flags; /* with a blank around each */
        size_t words_min;
        size_t words_max; /* 0: any */
};

static const struct rule rules[] = {
        { "add", " chown chmod link keep-git-dir checksum unpack exclude ", 2, 0 },
        { "arg", " ", 1, 0 },
        { "cmd", " ", 0, 0 },
        { "copy", " chown chmod link from parents exclude ", 2, 0 },
        { "entrypoint", " ", 0, 0 },
        { "env", " ", 1, 0 },
        { "expose", " ", 1, 0 },
        { "from", " platform ", 1, 3 },
        { "healthcheck", " interval timeout start-period start-interval retries ", 1, 0 },
        { "label", " ", 1, 0 },
        { "maintainer", " ", 1, 1 },
        { "onbuild", " ", 0, 0 },
        { "run", " mount network security device ", 0, 0 },
        { "shell", " ", 1, 0 },
        { "stopsignal", " ", 1, 1 },
        { "user", " ", 1, 1 },
        { "volume", " ", 1, 0 },
        { "workdir", " ", 1, 1 },
};

static bool takes_flag(struct cm_arena *arena, const struct rule *rule, struct cm_sv name)
{
        struct cm_sv wanted = cm_sv_printf(arena, " %.*s ", CM_SV_ARG(name));
        return name.len > 0 && cm_sv_find_char(name, ' ') < 0 &&
               cm_sv_find(cm_sv_from_cstr(rule->flags), wanted) >= 0;
}

static void check_special(struct cm_df *df, const struct cm_df_instruction *in,
                          struct cm_node_pos pos)
{
        struct cm_sv first = in->words.count == 0 ? CM_SV("") : in->words.items[0].text;
        if (cm_sv_eq(in->cmd, CM_SV("from")) && in->words.count == 2)
                cm_df_error(df, pos, "FROM takes one or three arguments");
        if (cm_sv_eq(in->cmd, CM_SV("from")) && in->words.count == 3 &&
            !cm_sv_eq_nocase(in->words.items[1].text, CM_SV("AS")))
                cm_df_error(df, pos, "the second word of FROM is not AS");
        if (cm_sv_eq(in->cmd, CM_SV("shell")) && !in->json && in->words.count > 0)
                cm_df_error(df, pos, "SHELL takes a JSON array");
        if (cm_sv_eq(in->cmd, CM_SV("healthcheck")) && first.len > 0 &&
            !cm_sv_eq_nocase(first, CM_SV("NONE")) && !cm_sv_eq_nocase(first, CM_SV("CMD")))
                cm_df_error(df, pos, "HEALTHCHECK takes NONE or CMD");
        if (in->nested != NULL && (cm_sv_eq(in->nested->cmd, CM_SV("from")) ||
                                   cm_sv_eq(in->nested->cmd, CM_SV("maintainer"))))
                cm_df_error(df, pos, "%s cannot be triggered by ONBUILD",
                            cm_escape(df->arena, in->nested->keyword));
}

void cm_df_check(struct cm_df *df, const struct cm_df_instruction *in)
{
        struct cm_node_pos pos = cm_text_map_pos(&in->map, 0);
        for (size_t i = 0; i < CM_ARRAY_LEN(rules); i++) {
                const struct rule *rule = &rules[i];
                if (!cm_sv_eq(in->cmd, cm_sv_from_cstr(rule->cmd)))
                        continue;
                for (size_t k = 0; k < in->flags.count; k++) {
                        struct cm_sv name;
                        struct cm_sv value;
                        CM_IGNORE(cm_sv_cut(cm_sv_skip(in->flags.items[k].text, 2), '=', &name,
                                            &value));
                        if (!takes_flag(df->arena, rule, name))
                                cm_df_error(
                                        df, cm_text_map_pos(&in->map, in->flags.items[k].offset),
                                        "%s has no flag '%s'", cm_escape(df->arena, in->keyword),
                                        cm_escape(df->arena, name));
                }
                if (in->words.count < rule->words_min)
                        cm_df_error(df, pos, "%s needs %s", cm_escape(df->arena, in->keyword),
                                    rule->words_min == 1 ? "an argument" : "two arguments");
                if (rule->words_max > 0 && in->words.count > rule->words_max)
                        cm_df_error(df, pos, "%s has too many arguments",
                                    cm_escape(df->arena, in->keyword));
        }
        check_special(df, in, pos);
        if (in->nested != NULL)
                cm_df_check(df, in->nested);
}

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
