/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The form in which expressions are evaluated: instructions of a stack machine. Locals (variables of
 * loops and bindings) are the lowest cells of the stack, each with a fixed number. Inside src/cel.
 */
#pragma once

#include "cel/cel_ast.h"
#include "cel/library.h"

enum cm_cel_op {
        CM_CEL_OP_RETURN,
        CM_CEL_OP_FAIL,       /* push the error whose text is constants[c] */
        CM_CEL_OP_CONST,      /* push constants[c] */
        CM_CEL_OP_SLOT,       /* push the variable in slot c */
        CM_CEL_OP_LOCAL,      /* push local c */
        CM_CEL_OP_STORE,      /* pop into local c */
        CM_CEL_OP_SELECT,     /* top = top.constants[c] */
        CM_CEL_OP_OPT_SELECT, /* top = top.?constants[c] */
        CM_CEL_OP_HAS,        /* top = has(top.constants[c]) */
        CM_CEL_OP_INDEX,      /* pop key; top = top[key] */
        CM_CEL_OP_OPT_INDEX,
        CM_CEL_OP_NOT,
        CM_CEL_OP_NEGATE,
        CM_CEL_OP_BINARY, /* a: the token; pop right; top = top a right */
        CM_CEL_OP_LIST, /* pop c items, push the list; a: the flags of optional items are on top */
        CM_CEL_OP_MAP,  /* pop c keys and values in turn; a: as above */
        CM_CEL_OP_CALL, /* pop b arguments, push callees[c] of them */
        CM_CEL_OP_JUMP, /* to c */
        CM_CEL_OP_JUNCTION, /* a: AND or OR; c when the top decides */
        CM_CEL_OP_JOIN,     /* pop right, top = top a right; then as JUNCTION */
        CM_CEL_OP_BRANCH,   /* pop condition: false to c; an error stays, and to c - 1 (a JUMP) */
        CM_CEL_OP_LOOP,     /* pop range, begin; a: enum cm_cel_loop; b: first local, high bit: two;
                               c: the STEP that ends it */
        CM_CEL_OP_WHERE,    /* pop condition: false begins the next turn */
        CM_CEL_OP_STEP,     /* pop what the body gave; the next turn begins after c, the LOOP */
        CM_CEL_OP_OPT_MAP,  /* pop an optional: none to c with none; else into local b */
        CM_CEL_OP_OPT_OR, /* a: 1 or(), 0 orValue(): an optional with content ends at c; none is popped */
        CM_CEL_OP_WRAP /* a: 0 top = optional.of(top); 1 the top must be an optional */
};

struct cm_cel_ins {
        uint8_t op;
        uint8_t a;
        uint16_t b;
        uint32_t c;
};

struct cm_cel_place {
        uint32_t at;
        uint32_t from;
        uint32_t to;
};

/* The rows that a call may mean: right name, style and number of arguments. */
struct cm_cel_callee {
        const char *name;
        const struct cm_cel_function *const *candidates;
        size_t count;
};

struct cm_cel_program {
        struct cm_sv text;
        const struct cm_cel_ins *code;
        const struct cm_cel_place *places; /* one per instruction */
        const struct cm_cel_value *constants;
        const struct cm_cel_callee *callees;
        size_t code_count;
        size_t local_count;
        size_t stack_count; /* locals included */
        size_t loop_depth;
};

enum {
        CM_CEL_TWO_VARIABLES = 0x8000 /* in b of LOOP */
};

/* NULL: the fault of the parser is filled. */
const struct cm_cel_program *cm_cel_compile(struct cm_cel_parser *parser,
                                            const struct cm_cel_options *options,
                                            struct cm_cel_ast *ast);
/* The type of a tree that was compiled, as text in the parser's arena; empty: the fault is filled. */
struct cm_sv cm_cel_deduce_ast(struct cm_cel_parser *parser, const struct cm_cel_ast *ast);

/* The functions of one name and style that take `count` arguments, into `ret` (room for all rows of
 * a name: CM_CEL_OVERLOADS_MAX); *ret_known: there are some with another number of arguments. */
enum {
        CM_CEL_OVERLOADS_MAX = 16
};
size_t cm_cel_find_functions(struct cm_sv name, enum cm_cel_style style, size_t count,
                             const struct cm_cel_function *ret[CM_CEL_OVERLOADS_MAX],
                             bool *ret_known);
/* A name of a type: "int", "net.IP"; false when there is none. */
bool cm_cel_find_type(struct cm_sv name, struct cm_cel_value *ret);
/* Whether a letter of a signature stands for a kind. */
bool cm_cel_letter_fits(char letter, enum cm_cel_kind kind);
/* Whether the kinds of values fit a signature. */
bool cm_cel_signature_fits(const char *signature, const struct cm_cel_value *args, size_t count);

/* One evaluation under way. */
struct cm_cel_context {
        const struct cm_cel_program *program;
        struct cm_arena *arena;
        uint64_t cost;
        uint64_t cost_max;
        size_t bytes;
        size_t bytes_max;
        uint32_t ins;                    /* at work: where errors stand */
        bool is_over;                    /* a limit was met: the run ends */
        const struct cm_cel_reason *met; /* an unavailable part that a comparison came to */
        struct cm_cel_run *run;          /* notes what is read */
        const struct cm_zone_source *zones;
};

static inline void cm_cel_note_read(struct cm_cel_context *cx, const struct cm_node *node)
{
        cx->run->reads[cx->run->read_count++ % CM_CEL_READS] = node;
}

/* A value read from a document: of an unavailable part an error that has a place. */
struct cm_cel_value cm_cel_placed(struct cm_cel_context *cx, struct cm_cel_value v);
/* The result of what may have come to an unavailable part: then an error. */
struct cm_cel_value cm_cel_known(struct cm_cel_context *cx, struct cm_cel_value result);

/* Operators; the operands may be errors. */
struct cm_cel_value cm_cel_binary(struct cm_cel_context *cx, enum cm_cel_token_kind op,
                                  struct cm_cel_value a, struct cm_cel_value b);
struct cm_cel_value cm_cel_negate(struct cm_cel_context *cx, struct cm_cel_value v);
struct cm_cel_value cm_cel_index(struct cm_cel_context *cx, struct cm_cel_value container,
                                 struct cm_cel_value key, bool optional);
struct cm_cel_value cm_cel_select(struct cm_cel_context *cx, struct cm_cel_value container,
                                  struct cm_cel_value key, bool optional);
struct cm_cel_value cm_cel_has(struct cm_cel_context *cx, struct cm_cel_value container,
                               struct cm_cel_value key);
/* + and - of durations and timestamps. */
struct cm_cel_value cm_cel_time_arith(struct cm_cel_context *cx, bool minus, struct cm_cel_value a,
                                      struct cm_cel_value b);
/* List and map literals from `count` cells; flags: one byte per item or entry, or NULL. */
struct cm_cel_value cm_cel_make_list(struct cm_cel_context *cx, const struct cm_cel_value *items,
                                     size_t count, const char *flags);
struct cm_cel_value cm_cel_make_map(struct cm_cel_context *cx, const struct cm_cel_value *cells,
                                    size_t count, const char *flags);
/* Stable order of `count` values by keys (values[i] belongs to keys[i]); an error value when two
 * keys have no order, else null. */
struct cm_cel_value cm_cel_sort(struct cm_cel_context *cx, struct cm_cel_value *values,
                                struct cm_cel_value *keys, size_t count);
