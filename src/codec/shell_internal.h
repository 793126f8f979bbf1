/* SPDX-License-Identifier: Apache-2.0 */
/* Between the words (shell_lex.c) and the grammar (shell_words.c) of codec/shell_words.h. */
#pragma once

#include "base/buf.h"
#include "codec/shell_words.h"

struct cm_shell {
        struct cm_arena *arena;
        struct cm_sv text;
        size_t at;
        size_t end; /* of the part that is read: a substitution in backquotes ends earlier */
        bool fixed; /* the text is a copy: all of it stands at `fixed_offset` */
        size_t fixed_offset;
        size_t depth;
        size_t arrays; /* "x=(" that are open */
        size_t *words;
        bool over_limit;
        struct cm_shell_script *script;
        CM_VEC(struct cm_shell_redirect *) heredocs; /* their bodies begin at the next newline */
};

static inline char cm_shell_peek(const struct cm_shell *s, size_t ahead)
{
        return s->end - s->at > ahead ? s->text.ptr[s->at + ahead] : '\0';
}
static inline size_t cm_shell_offset(const struct cm_shell *s, size_t at)
{
        return s->fixed ? s->fixed_offset : at;
}

bool cm_shell_is_meta(char c);                 /* ends a word */
void cm_shell_skip_blanks(struct cm_shell *s); /* also comments and joined lines */
/* One word at the place, which is not empty; the commands in its substitutions join the script. */
void cm_shell_read_word(struct cm_shell *s, struct cm_shell_word *ret);
/* The commands up to `stop` (')', '}' for groups, or '\0' for the end), which is taken. */
void cm_shell_read_list(struct cm_shell *s, char stop);
/* At a newline: takes it and the bodies of heredocs that wait. */
void cm_shell_newline(struct cm_shell *s);
