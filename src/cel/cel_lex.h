/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of CEL, one at a time; literals are decoded on the way. Inside src/cel only. */
#pragma once

#include "cel/cel.h"

enum cm_cel_token_kind {
        CM_CEL_T_END,
        CM_CEL_T_LITERAL, /* value */
        CM_CEL_T_IDENT,
        CM_CEL_T_QUOTED, /* `name`, only after a dot and in message literals */
        CM_CEL_T_IN,
        CM_CEL_T_DOT,
        CM_CEL_T_COMMA,
        CM_CEL_T_COLON,
        CM_CEL_T_QUESTION,
        CM_CEL_T_LPAREN,
        CM_CEL_T_RPAREN,
        CM_CEL_T_LBRACKET,
        CM_CEL_T_RBRACKET,
        CM_CEL_T_LBRACE,
        CM_CEL_T_RBRACE,
        CM_CEL_T_NOT,
        CM_CEL_T_PLUS,
        CM_CEL_T_MINUS,
        CM_CEL_T_STAR,
        CM_CEL_T_SLASH,
        CM_CEL_T_PERCENT,
        CM_CEL_T_AND,
        CM_CEL_T_OR,
        CM_CEL_T_EQ,
        CM_CEL_T_NE,
        CM_CEL_T_LT,
        CM_CEL_T_LE,
        CM_CEL_T_GT,
        CM_CEL_T_GE
};

struct cm_cel_token {
        enum cm_cel_token_kind kind;
        bool reserved; /* IDENT: a word that cannot be a variable (for, if, ...) */
        uint32_t from;
        uint32_t to;
        struct cm_sv name; /* IDENT, QUOTED */
        struct cm_cel_value value;
};

struct cm_cel_lexer {
        struct cm_arena *arena; /* of decoded strings */
        struct cm_sv text;
        size_t at;
        const char *wrong; /* set when next fails, with its place */
        uint32_t wrong_at;
};

/* The next token; false when the text is malformed. At the end it gives END again and again.
 * `after_minus`: a minus sign stands directly before, so that -9223372036854775808 can be read
 * (its value is then already negative). */
bool cm_cel_lex(struct cm_cel_lexer *lexer, bool after_minus, struct cm_cel_token *ret);
