/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of conditions: what the grammar (filter_parse.c) finds at the place where it stands. There
 * are no tokens by themselves: a bare text ends where the place that expects it says so. Internal to
 * rule/.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/sv.h"

struct cm_filter_words {
        struct cm_arena *arena;
        struct cm_sv text;
        size_t at;
        size_t depth; /* of brackets and transformers */
        struct cm_err *err;
};

/* What bare texts end at beside blanks: values, and arguments in square brackets. */
#define CM_FILTER_TEXT_ENDS     "()\"'=,"
#define CM_FILTER_ARGUMENT_ENDS "[]\"'"

/* Raises "expected WHAT"; the place is where the parser stands. */
int cm_filter_fail(struct cm_filter_words *p, const char *what);
bool cm_filter_is_blank(char c);
/* The character that the parser stands at; NUL at the end. */
char cm_filter_peek(const struct cm_filter_words *p);
/* Skips blanks; were there any? */
bool cm_filter_blanks(struct cm_filter_words *p);
/* Takes these characters, if they stand here. */
bool cm_filter_take(struct cm_filter_words *p, const char *word);
/* The same; an operator that ends in a blank takes any blank there. */
bool cm_filter_take_operator(struct cm_filter_words *p, const char *word);
/* Lengths of what stands at a place, 0 when it is something else: a name, a dotted name, a number. */
size_t cm_filter_identifier_len(const struct cm_filter_words *p, size_t at);
size_t cm_filter_field_len(const struct cm_filter_words *p, size_t at);
size_t cm_filter_number_len(const struct cm_filter_words *p);
/* A text in quotes, at whose first one the parser stands. */
int cm_filter_quoted(struct cm_filter_words *p, struct cm_sv *ret);
/* A text in quotes, or up to a blank or one of `ends`. */
int cm_filter_text_value(struct cm_filter_words *p, const char *ends, struct cm_sv *ret);
