/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shell text to a flat list of its simple commands, for checks of RUN lines and hook scripts: who is
 * called with which words. POSIX sh with what bash adds and images use ([[ ]], arrays, <( ), &>).
 * Nothing is expanded: "$x" and "$(...)" stay in the words, and the commands within substitutions,
 * subshells, groups and functions are listed as well, in the order in which they begin. Keywords
 * (if, for, case ...) are no commands. Not for: running anything, or judging the syntax.
 *
 * Errors:  CM_E_LIMIT (shell_words_max). Text that ends too early or nests deeper than
 *          CM_SHELL_DEPTH_MAX sets `incomplete`; what was read until then is there.
 * Owns:    everything lives in `arena` and borrows from `text`.
 * Spec:    POSIX.1-2017, Shell Command Language.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"
#include "codec/text_map.h"

struct cm_shell_word {
        struct cm_sv text; /* without quotes and escapes */
        struct cm_sv raw;
        size_t offset;
        bool quoted;  /* some of it */
        bool dynamic; /* holds a variable, a substitution or an unquoted pattern */
};

struct cm_shell_redirect {
        struct cm_sv
                op; /* "<", ">", ">>", "<<", "<<-", "<<<", "<&", ">&", "<>", ">|", "&>", "&>>" */
        int32_t fd; /* -1: the operator's own */
        struct cm_shell_word target;
        struct cm_sv body; /* of a heredoc */
};

struct cm_shell_command {
        CM_VEC(struct cm_shell_word) words; /* the first is the name; empty: assignments only */
        CM_VEC(struct cm_shell_word) assignments;
        CM_VEC(struct cm_shell_redirect *) redirects;
        size_t offset;
        size_t pipe;  /* 0: first of its pipeline */
        size_t depth; /* of subshells, groups and substitutions around it */
        struct cm_sv
                separator; /* what follows it: "&&", "||", ";", "&", "|", "|&", "\n", ")" or "" */
};

struct cm_shell_script {
        struct cm_shell_command **items;
        size_t count;
        size_t capacity;
        bool incomplete;
};

/* `words` counts over several texts: 0 before the first. */
CM_MUST_CHECK int cm_shell_parse(struct cm_arena *arena, struct cm_sv text, size_t *words,
                                 struct cm_shell_script *ret, struct cm_err *err);

/* The list of commands as nodes (docs/formats/dockerfile-view.md, "commands"). */
struct cm_node *cm_shell_to_node(struct cm_arena *arena, const struct cm_shell_script *script,
                                 const struct cm_text_map *map);
