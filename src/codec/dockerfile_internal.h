/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the parts of the Dockerfile reader (codec/dockerfile.h): lines -> instructions with words
 * (dockerfile_lines.c, dockerfile_words.c), variables (dockerfile_expand.c), and the tree
 * (dockerfile_tree.c, dockerfile.c). Internal to codec/.
 */
#pragma once

#include "base/buf.h"
#include "base/map.h"
#include "base/vec.h"
#include "codec/dockerfile.h"
#include "codec/text_map.h"

struct cm_df_word {
        struct cm_sv text; /* as BuildKit's parser gives it: quotes kept, but not in flags */
        size_t offset;     /* in the instruction's line */
};

struct cm_df_pair {
        struct cm_df_word name;
        struct cm_df_word value;
        bool has_value;
        bool legacy; /* "ENV name value" */
};

struct cm_df_heredoc {
        struct cm_sv name;
        struct cm_sv content; /* with its tabs */
        uint32_t fd;
        bool expand;
        bool chomp;
        uint32_t line; /* the first of the content, and the terminator's */
        uint32_t end_line;
};

struct cm_df_comment {
        struct cm_sv text; /* behind "#", trimmed */
        struct cm_node_pos pos;
};

struct cm_df_instruction {
        struct cm_sv keyword; /* as written */
        struct cm_sv cmd;     /* lower case */
        struct cm_sv line;    /* continuation lines joined */
        struct cm_text_map map;
        struct cm_sv raw; /* the lines of the file, heredocs included */
        uint32_t start_line;
        uint32_t end_line;
        CM_VEC(struct cm_df_word) flags;
        struct cm_df_word rest; /* behind the flags */
        CM_VEC(struct cm_df_word) words;
        CM_VEC(struct cm_df_pair) pairs; /* of ARG, ENV, LABEL */
        bool json;
        bool known;
        bool empty_continuation;
        CM_VEC(struct cm_df_heredoc) heredocs;
        CM_VEC(struct cm_df_comment) comments; /* above it */
        struct cm_df_instruction *nested;      /* of ONBUILD */
};

struct cm_df_error {
        struct cm_sv text;
        struct cm_node_pos pos;
};

struct cm_df {
        struct cm_arena *arena;
        struct cm_sv text;
        char escape;
        CM_VEC(struct cm_df_instruction *) instructions;
        CM_VEC(struct cm_df_comment) comments; /* all */
        CM_VEC(struct cm_df_pair) directives;
        CM_VEC(struct cm_df_error) errors;
};

/* Unicode white space at the start of `s` as Go's unicode.IsSpace has it: its bytes, or 0. */
size_t cm_df_space(struct cm_sv s);
struct cm_sv cm_df_trim_left(struct cm_sv s);
struct cm_sv cm_df_trim(struct cm_sv s);

void cm_df_error(struct cm_df *df, struct cm_node_pos pos, const char *format, ...) CM_PRINTF(3, 4);
/* Text into instructions; syntax errors are collected. Errors: CM_E_LIMIT. */
CM_MUST_CHECK int cm_df_read_lines(struct cm_df *df, struct cm_err *err);
/* Splits in->line into keyword, flags and words; `depth` is that of ONBUILD. */
void cm_df_split(struct cm_df *df, struct cm_df_instruction *in, unsigned depth);
/* The heredocs that the line announces, without content. */
void cm_df_find_heredocs(struct cm_df *df, struct cm_df_instruction *in);

/* Variables. */
enum cm_df_var {
        CM_DF_UNSET,
        CM_DF_SET,
        CM_DF_UNKNOWN /* given at build time, or by the base image */
};
typedef enum cm_df_var (*cm_df_get_fn)(void *ctx, struct cm_sv name, struct cm_sv *ret_value);

struct cm_df_lex_options {
        char escape;
        bool raw_quotes;
        bool raw_escapes;
        bool skip_unset; /* variables stay as they are written */
        cm_df_get_fn get;
        void *ctx;
        size_t *work; /* see dockerfile_pattern.h; NULL when no variable has a value */
};

struct cm_df_expansion {
        struct cm_sv text;
        bool unknown;
        CM_VEC(struct cm_sv) words;
        CM_VEC(struct cm_sv) unknown_names;
        const char *error; /* NULL, or why it cannot be expanded */
};

/* `ret` is zeroed by the caller. */
void cm_df_expand(struct cm_arena *arena, struct cm_sv word,
                  const struct cm_df_lex_options *options, struct cm_df_expansion *ret);

/* The word as a heredoc mark; false when it is none. */
bool cm_df_heredoc_of(struct cm_df *df, struct cm_sv word, struct cm_df_heredoc *ret);
/* Where the bytes from `offset` on stand. */
struct cm_text_map cm_df_sub_map(struct cm_arena *arena, const struct cm_df_instruction *in,
                                 size_t offset);

/* The variables of a stage, or (with `global`) those before the first FROM. */
struct cm_df_scope {
        struct cm_arena *arena;
        struct cm_map vars;
        const struct cm_df_scope *parent;  /* of the stage it is based on */
        const struct cm_df_scope *globals; /* of a stage */
        size_t chain;                      /* parents above it */
        bool closed; /* based on scratch: a variable that nobody set is not set */
};

void cm_df_scope_init(struct cm_df_scope *scope, struct cm_arena *arena);
enum cm_df_var cm_df_scope_get(void *scope, struct cm_sv name, struct cm_sv *ret_value);
void cm_df_scope_set(struct cm_df_scope *scope, struct cm_sv name, enum cm_df_var state,
                     struct cm_sv value);
/* "ARG name" without a default. */
void cm_df_scope_declare(struct cm_df_scope *scope, struct cm_sv name);

/* An instruction on its way into the tree. */
struct cm_df_view {
        struct cm_df *df;
        struct cm_df_scope *scope; /* NULL: variables stay unknown (ONBUILD) */
        bool posix;                /* the shell that runs shell forms is one that is understood */
        size_t *words;             /* of shell commands so far */
        size_t *expanded;          /* bytes of values so far */
        size_t *pattern_work;      /* that is left */
        struct cm_err *err;
};

/* The value of a word as a node: text, or null when it is unknown. Errors: CM_E_LIMIT. */
CM_MUST_CHECK int cm_df_value(struct cm_df_view *v, const struct cm_df_instruction *in,
                              const struct cm_df_word *word, struct cm_node **ret);
/* The node of an instruction; defines the variables of ENV and ARG. Errors: CM_E_LIMIT. */
CM_MUST_CHECK int cm_df_instruction_node(struct cm_df_view *v, const struct cm_df_instruction *in,
                                         struct cm_node **ret);
/* Adds "shell" and "commands" to the node of RUN, CMD, ENTRYPOINT and HEALTHCHECK. */
CM_MUST_CHECK int cm_df_add_commands(struct cm_df_view *v, const struct cm_df_instruction *in,
                                     struct cm_node *node);
/* Adds "flags", "flag_list", and the "mounts" of RUN. */
CM_MUST_CHECK int cm_df_add_flags(struct cm_df_view *v, const struct cm_df_instruction *in,
                                  struct cm_node *node);
/* What BuildKit refuses although the words could be read. */
void cm_df_check(struct cm_df *df, const struct cm_df_instruction *in);
/* "# coaming ignore=..." and "# hadolint ignore=...": appends {tool, id} maps to the list. */
void cm_df_add_suppress(struct cm_df *df, const struct cm_df_comment *comment, bool global,
                        struct cm_node *list);
/* The shell of "# hadolint shell=...", or "". */
struct cm_sv cm_df_shell_pragma(const struct cm_df_comment *comment);
bool cm_df_is_posix_shell(struct cm_sv path);

/* Puts a value under a key, at the value's place. */
void cm_df_put(struct cm_arena *arena, struct cm_node *map, const char *key,
               const struct cm_node *value);
void cm_df_put_text(struct cm_arena *arena, struct cm_node *map, const char *key,
                    struct cm_node_pos pos, struct cm_sv text);
