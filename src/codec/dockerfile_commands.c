/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands of RUN, CMD, ENTRYPOINT and HEALTHCHECK: exec forms are one command, shell forms are
 * split by codec/shell_words.h, with the heredocs that BuildKit would hand to the shell.
 */
#include "base/limits.h"
#include "codec/dockerfile_internal.h"
#include "codec/shell_words.h"

struct script {
        struct cm_sv text;
        struct cm_text_map map;
        bool posix;
};

static struct cm_sv base_name(struct cm_sv path)
{
        struct cm_sv name = path;
        for (size_t i = 0; i < path.len; i++)
                if (path.ptr[i] == '/' || path.ptr[i] == '\\')
                        name = cm_sv_skip(path, i + 1);
        return name;
}

bool cm_df_is_posix_shell(struct cm_sv path)
{
        static const char *const names[] = { "sh",   "bash", "ash",     "dash",  "ksh",
                                             "mksh", "zsh",  "busybox", "rbash", NULL };
        struct cm_sv name = base_name(path);
        return cm_sv_is_any(name, names);
}

/* "#!/usr/bin/env bash" and the like name who reads a script. */
static bool shebang_is_posix(struct cm_sv script)
{
        struct cm_sv line;
        if (!cm_sv_has_prefix(script, CM_SV("#!")) || !cm_sv_next_line(&script, &line))
                return true;
        line = cm_sv_trim(cm_sv_skip(line, 2));
        struct cm_sv word;
        while (cm_sv_next_field(&line, ' ', &word))
                if (word.len > 0 && word.ptr[0] != '-' && !cm_sv_eq(base_name(word), CM_SV("env")))
                        return cm_df_is_posix_shell(word);
        return true;
}

static void map_lines(struct cm_arena *arena, struct cm_text_map *map, size_t offset,
                      struct cm_sv text, uint32_t line)
{
        size_t from = 0;
        while (from < text.len) {
                *CM_VEC_PUSH(arena, map) = (struct cm_text_piece){ offset + from, { line++, 1 } };
                ptrdiff_t n = cm_sv_find_char(cm_sv_skip(text, from), '\n');
                from = n < 0 ? text.len : from + (size_t)n + 1;
        }
}

/* The text that a shell gets: the command line, and behind it the bodies of its heredocs. */
static struct script script_of(struct cm_df_view *v, const struct cm_df_instruction *in,
                               const struct cm_df_word *command)
{
        struct cm_arena *arena = v->df->arena;
        struct script s = { .text = command->text, .posix = v->posix };
        struct cm_df_heredoc mark;
        s.map = cm_df_sub_map(arena, in, command->offset);
        if (in->heredocs.count == 0)
                return s;
        if (in->heredocs.count == 1 && cm_df_heredoc_of(v->df, command->text, &mark)) {
                const struct cm_df_heredoc *doc = &in->heredocs.items[0];
                s.text = doc->content;
                s.map = (struct cm_text_map){ 0 };
                map_lines(arena, &s.map, 0, doc->content, doc->line);
                s.posix = s.posix && shebang_is_posix(doc->content);
                return s;
        }
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, 2 * CM_DOCKERFILE_BYTES_MAX);
        cm_buf_put_sv(&buf, command->text);
        for (size_t i = 0; i < in->heredocs.count; i++) {
                const struct cm_df_heredoc *doc = &in->heredocs.items[i];
                if (buf.len > 0 && buf.ptr[buf.len - 1] != '\n')
                        cm_buf_put_char(&buf, '\n');
                map_lines(arena, &s.map, buf.len, doc->content, doc->line);
                cm_buf_put_sv(&buf, doc->content);
                *CM_VEC_PUSH(arena, &s.map) =
                        (struct cm_text_piece){ buf.len, { doc->end_line, 1 } };
                cm_buf_put_sv(&buf, doc->name);
                cm_buf_put_char(&buf, '\n');
        }
        s.text = cm_sv_dup(arena, cm_buf_sv(&buf));
        return s;
}

/* Words from `first` on are one command. */
static struct cm_node *exec_node(struct cm_df_view *v, const struct cm_df_instruction *in,
                                 size_t first)
{
        struct cm_arena *arena = v->df->arena;
        struct cm_shell_command command = { 0 };
        struct cm_shell_command *commands[] = { &command };
        struct cm_shell_script script = { .items = commands, .count = 1 };
        for (size_t i = first; i < in->words.count; i++)
                *CM_VEC_PUSH(arena, &command.words) = (struct cm_shell_word){
                        .text = in->words.items[i].text,
                        .offset = in->words.items[i].offset,
                };
        if (command.words.count == 0)
                script.count = 0;
        else
                command.offset = command.words.items[0].offset;
        return cm_shell_to_node(arena, &script, &in->map);
}

int cm_df_add_commands(struct cm_df_view *v, const struct cm_df_instruction *in,
                       struct cm_node *node)
{
        struct cm_arena *arena = v->df->arena;
        bool health = cm_sv_eq(in->cmd, CM_SV("healthcheck"));
        size_t first = health ? 1 : 0;
        struct cm_node *commands = cm_node_new_list(arena, node->pos);
        struct cm_sv shell = CM_SV("none");
        if (in->json) {
                commands = exec_node(v, in, first);
        } else if (in->words.count > first) {
                struct script s = script_of(v, in, &in->words.items[first]);
                struct cm_shell_script script;
                shell = s.posix ? CM_SV("posix") : CM_SV("other");
                if (s.posix) {
                        int r = cm_shell_parse(arena, s.text, v->words, &script, v->err);
                        if (r < 0)
                                return cm_err_context(v->err, "Dockerfile line %u", in->start_line);
                        commands = cm_shell_to_node(arena, &script, &s.map);
                        if (script.incomplete)
                                cm_df_error(v->df, node->pos,
                                            "shell text ends within a quote, bracket or heredoc");
                }
        }
        cm_df_put_text(arena, node, "shell", node->pos, shell);
        cm_df_put(arena, node, "commands", commands);
        return 0;
}
