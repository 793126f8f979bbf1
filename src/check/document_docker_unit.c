/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line of a daemon as its unit of the service manager has it, for when the running
 * process cannot be seen.
 * Spec: systemd.service(5) "ExecStart=", "COMMAND LINES"; systemd.syntax(7) for continued lines and
 * quotes. Escapes within quotes are not undone: no flag of a daemon needs one.
 */
#include "check/document_docker.h"

struct command {
        struct cm_arena *arena;
        struct cm_node *words;
        bool is_whole;
};

/* A line with those that continue it; comments between them do not end it. */
static bool next_logical_line(struct cm_arena *arena, struct cm_sv *rest, struct cm_sv *ret)
{
        struct cm_sv whole = CM_SV("");
        struct cm_sv line;
        bool is_open = false;
        bool has_any = false;
        while ((!has_any || is_open) && cm_sv_next_line(rest, &line)) {
                struct cm_sv text = cm_sv_trim(line);
                has_any = true;
                if (is_open && text.len > 0 && (text.ptr[0] == '#' || text.ptr[0] == ';'))
                        continue;
                is_open = cm_sv_has_suffix(line, CM_SV("\\"));
                if (is_open)
                        line = cm_sv_slice(line, 0, line.len - 1);
                whole = whole.len == 0 ? line
                                       : cm_sv_printf(arena, "%.*s %.*s", CM_SV_ARG(whole),
                                                      CM_SV_ARG(line));
        }
        *ret = cm_sv_trim(whole);
        return has_any;
}

/* The next word, its quotes taken away; false at the end. */
static bool next_word(struct cm_arena *arena, struct cm_sv *rest, struct cm_sv *ret)
{
        *rest = cm_sv_trim(*rest);
        char *out = cm_arena_alloc_array(arena, rest->len, 1, 1);
        size_t len = 0;
        size_t i = 0;
        char quote = 0;
        for (; i < rest->len && (quote != 0 || !cm_is_blank(rest->ptr[i])); i++) {
                char c = rest->ptr[i];
                if (quote == 0 && (c == '"' || c == '\''))
                        quote = c;
                else if (c == quote)
                        quote = 0;
                else
                        out[len++] = c;
        }
        bool is_there = rest->len > 0;
        *ret = cm_sv_make(out, len);
        *rest = cm_sv_skip(*rest, i);
        return is_there;
}

static void take_command(struct command *c, struct cm_sv text, struct cm_node_pos pos)
{
        struct cm_sv word;
        c->words = cm_node_new_list(c->arena, pos);
        c->is_whole = true;
        while (text.len > 0 && cm_sv_find_char(CM_SV("@-:+!|"), text.ptr[0]) >= 0)
                text = cm_sv_skip(text, 1);
        while (next_word(c->arena, &text, &word)) {
                /* Variables and specifiers stand for what is not seen here. */
                if (cm_sv_find_char(word, '$') >= 0 || cm_sv_find_char(word, '%') >= 0)
                        c->is_whole = false;
                else
                        cm_node_add(c->arena, c->words, cm_node_new_string(c->arena, pos, word));
        }
}

static void take_unit(struct command *c, const struct cm_node *text)
{
        struct cm_sv rest = cm_node_string(text);
        struct cm_sv line, key, value;
        bool is_service = false;
        while (next_logical_line(c->arena, &rest, &line)) {
                if (cm_sv_has_prefix(line, CM_SV("[")))
                        is_service = cm_sv_eq(line, CM_SV("[Service]"));
                else if (is_service && cm_sv_cut(line, '=', &key, &value) &&
                         cm_sv_eq(cm_sv_trim(key), CM_SV("ExecStart")))
                        take_command(c, cm_sv_trim(value), text->pos);
        }
}

const struct cm_node *cm_docker_command_of_units(struct cm_arena *arena,
                                                 const struct cm_node *units, bool *ret_is_whole)
{
        struct command c = { .arena = arena };
        bool is_newer = false;
        for (size_t i = 0; i < cm_node_count(units); i++) {
                const struct cm_node *unit = cm_node_at(units, i);
                const struct cm_node *text = cm_node_get(unit, "text");
                if (text != NULL)
                        take_unit(&c, text);
                is_newer = is_newer || cm_node_bool(cm_node_get(unit, "is_newer"), true);
        }
        /* Changed after the daemon began: what it was started with is not known. */
        *ret_is_whole = c.is_whole && !is_newer;
        return is_newer ? NULL : c.words;
}
