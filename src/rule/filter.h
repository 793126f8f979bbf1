/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions of rules: the text between "evt.type=open" and three screens of it, as a tree. The
 * grammar is Falco's; what fields, macros and types there are is no business of the parser's.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/sv.h"

/*
 * name, spelling, what follows it. Order matters twice: "<=" is tried before "<", and what needs a
 * list is tried last.
 */
#define CM_FILTER_OPERATORS(X)               \
        X(EXISTS, "exists", NOTHING)         \
        X(LE, "<=", NUMBER)                  \
        X(LT, "<", NUMBER)                   \
        X(GE, ">=", NUMBER)                  \
        X(GT, ">", NUMBER)                   \
        X(EQ2, "==", TEXT)                   \
        X(EQ, "=", TEXT)                     \
        X(NE, "!=", TEXT)                    \
        X(GLOB, "glob ", TEXT)               \
        X(IGLOB, "iglob ", TEXT)             \
        X(CONTAINS, "contains ", TEXT)       \
        X(ICONTAINS, "icontains ", TEXT)     \
        X(BCONTAINS, "bcontains ", TEXT)     \
        X(STARTSWITH, "startswith ", TEXT)   \
        X(BSTARTSWITH, "bstartswith ", TEXT) \
        X(ENDSWITH, "endswith ", TEXT)       \
        X(REGEX, "regex ", TEXT)             \
        X(INTERSECTS, "intersects", LIST)    \
        X(IN, "in", LIST)                    \
        X(PMATCH, "pmatch", LIST)

enum cm_filter_op {
#define X(name, text, follows) CM_FILTER_##name,
        CM_FILTER_OPERATORS(X)
#undef X
};

/* How many texts of a list must match: "startswith anyof (a, b)". */
enum cm_filter_modifier {
        CM_FILTER_PLAIN,
        CM_FILTER_ONEOF,
        CM_FILTER_ANYOF,
        CM_FILTER_ALLOF
};

#define CM_FILTER_TRANSFORMERS(X)  \
        X(TOLOWER, "tolower", 1)   \
        X(TOUPPER, "toupper", 1)   \
        X(B64, "b64", 1)           \
        X(BASENAME, "basename", 1) \
        X(LEN, "len", 1)           \
        X(JOIN, "join", 2)         \
        X(CONCAT, "concat", 0)     \
        X(GETOPT, "getopt", 2)

enum cm_filter_transformer {
#define X(name, text, args) CM_FILTER_##name,
        CM_FILTER_TRANSFORMERS(X)
#undef X
};

enum cm_filter_term_kind {
        CM_FILTER_TERM_NONE,
        CM_FILTER_TERM_TEXT,      /* a constant */
        CM_FILTER_TERM_FIELD,     /* text: the dotted name */
        CM_FILTER_TERM_TRANSFORM, /* of terms */
        CM_FILTER_TERM_LIST       /* of terms */
};

struct cm_filter_term {
        enum cm_filter_term_kind kind;
        enum cm_filter_transformer transformer;
        struct cm_sv text;
        struct cm_sv argument; /* between the brackets */
        bool has_argument;
        size_t offset; /* where it stands in the condition */
        const struct cm_filter_term *terms;
        size_t count;
};

enum cm_filter_kind {
        CM_FILTER_AND,
        CM_FILTER_OR,
        CM_FILTER_NOT,
        CM_FILTER_CHECK,
        CM_FILTER_MACRO
};

struct cm_filter {
        enum cm_filter_kind kind;
        size_t offset;
        const struct cm_filter *const *children; /* AND, OR: two and more; NOT: one */
        size_t count;
        struct cm_sv macro;
        /* CHECK */
        struct cm_filter_term left;
        enum cm_filter_op op;
        enum cm_filter_modifier modifier;
        struct cm_filter_term right;
};

/*
 * Parses a condition.
 *
 * Input:   `text` borrowed, hostile.
 * Errors:  CM_E_MALFORMED, *ret_offset tells where; CM_E_LIMIT: rule_condition_bytes_max,
 *          rule_depth_max.
 * Owns:    *ret lives in `arena` and borrows from `text`.
 */
CM_MUST_CHECK int cm_filter_parse(struct cm_arena *arena, struct cm_sv text,
                                  const struct cm_filter **ret, size_t *ret_offset,
                                  struct cm_err *err);
/* One field or transformer, as output templates have it; *ret_len is what it took of the text. */
CM_MUST_CHECK int cm_filter_parse_term(struct cm_arena *arena, struct cm_sv text,
                                       struct cm_filter_term *ret, size_t *ret_len,
                                       struct cm_err *err);

/* Without the blank that word operators end with. */
struct cm_sv cm_filter_op_text(enum cm_filter_op op);
/* False when there is no such operator. */
bool cm_filter_op_find(struct cm_sv text, enum cm_filter_op *ret);
bool cm_filter_op_takes_list(enum cm_filter_op op);
const char *cm_filter_transformer_text(enum cm_filter_transformer t);
/* Arguments that it takes; 0: any number. */
size_t cm_filter_transformer_args(enum cm_filter_transformer t);
