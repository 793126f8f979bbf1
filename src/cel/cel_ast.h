/* SPDX-License-Identifier: Apache-2.0 */
/* The tree between the text and the program. Macros are gone from it. Inside src/cel only. */
#pragma once

#include "cel/cel_lex.h"

enum cm_cel_ast_kind {
        CM_CEL_AST_LITERAL,  /* value */
        CM_CEL_AST_IDENT,    /* name; absolute: ".name" */
        CM_CEL_AST_SELECT,   /* target.name; optional: target.?name */
        CM_CEL_AST_HAS,      /* the same, asked for by has() */
        CM_CEL_AST_INDEX,    /* target[args[0]]; optional: target[?args[0]] */
        CM_CEL_AST_CALL,     /* name(args), target.name(args) */
        CM_CEL_AST_LIST,     /* args */
        CM_CEL_AST_MAP,      /* args: key, value, key, value ... */
        CM_CEL_AST_MESSAGE,  /* name{...}: understood, but there are no messages */
        CM_CEL_AST_NOT,      /* !args[0] */
        CM_CEL_AST_NEGATE,   /* -args[0] */
        CM_CEL_AST_BINARY,   /* args[0] op args[1] */
        CM_CEL_AST_JUNCTION, /* args[0] && args[1] && ..., or || by op */
        CM_CEL_AST_TERNARY,  /* args[0] ? args[1] : args[2] */
        CM_CEL_AST_LOOP,     /* over target; loop says what it gives */
        CM_CEL_AST_BIND,     /* name = target, in args[0] */
        CM_CEL_AST_BLOCK,    /* args[0..n-2] are "@index0" ... in args[n-1] */
        CM_CEL_AST_OPT_MAP   /* target.optMap(name, args[0]); optional: optFlatMap */
};

enum cm_cel_loop {
        CM_CEL_LOOP_ALL,
        CM_CEL_LOOP_EXISTS,
        CM_CEL_LOOP_ONE,
        CM_CEL_LOOP_FILTER,
        CM_CEL_LOOP_LIST,  /* map(), transformList() */
        CM_CEL_LOOP_MAP,   /* transformMap(): the keys stay */
        CM_CEL_LOOP_ENTRY, /* transformMapEntry(): the body gives a map of one entry */
        CM_CEL_LOOP_SORT   /* sortBy() */
};

/* What names turned out to be; set by the compiler. */
enum cm_cel_meaning {
        CM_CEL_MEANS_ITSELF, /* a selection, an operator ... */
        CM_CEL_MEANS_SLOT,
        CM_CEL_MEANS_LOCAL,
        CM_CEL_MEANS_TYPE,
        CM_CEL_MEANS_GLOBAL, /* a call of candidates; its target is part of the name */
        CM_CEL_MEANS_METHOD, /* a call of candidates on its target */
        CM_CEL_MEANS_OR,     /* or(), orValue() */
        CM_CEL_MEANS_NOTHING /* unknown, with late names */
};

struct cm_cel_function;

struct cm_cel_ast {
        enum cm_cel_ast_kind kind : 8;
        enum cm_cel_token_kind op : 8;
        enum cm_cel_loop loop : 8;
        enum cm_cel_meaning meaning : 8;
        bool absolute : 1;
        bool optional : 1;
        bool optional_entry : 1; /* [?e], {?key: value} */
        bool grouped : 1;        /* stands in parentheses */
        uint16_t depth;
        uint32_t at; /* where it fails: an operator, a selected name */
        uint32_t from;
        uint32_t to;
        uint32_t count;
        struct cm_sv name;
        struct cm_sv second; /* LOOP: the second variable, or empty */
        union {
                struct cm_cel_value value;
                struct {
                        struct cm_cel_ast *target; /* or NULL */
                        struct cm_cel_ast **args;
                };
        };
        const struct cm_cel_function *const *candidates; /* CALL */
        size_t candidate_count;
        struct cm_cel_ast *where; /* LOOP: the condition of map(x, where, e), or NULL */
};

struct cm_cel_parser {
        struct cm_arena *arena;
        struct cm_cel_lexer lexer;
        struct cm_cel_token token; /* the next one */
        uint32_t last_to;          /* where the last one ended */
        unsigned nesting;
        bool is_limit; /* the fault is a limit */
        struct cm_cel_fault *fault;
};

/* The whole text as a tree, or NULL: parser->fault is filled (text and offset). */
struct cm_cel_ast *cm_cel_parse_text(struct cm_cel_parser *parser);
/* Replaces a call of a macro; the call itself when it is none; NULL when it is misused. */
struct cm_cel_ast *cm_cel_expand(struct cm_cel_parser *parser, struct cm_cel_ast *call);
/* Fills the fault; returns NULL. */
struct cm_cel_ast *cm_cel_syntax(struct cm_cel_parser *parser, uint32_t at, const char *format, ...)
        CM_PRINTF(3, 4);
