/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Common Expression Language over document trees: an expression is read once into an immutable
 * program, which any number of threads may then evaluate. This header is all that a user of the
 * engine needs; who adds functions reads cel/library.h.
 *
 *     struct cm_cel_options options = { .variables = names, .variable_count = 1 };
 *     const struct cm_cel_program *program = NULL;
 *     if (cm_cel_parse(arena, CM_SV("pod.spec.hostPID == true"), &options, &program, &err) < 0) ...
 *     struct cm_cel_value slots[] = { cm_cel_from_node(pod) };
 *     struct cm_cel_run run = { .slots = slots, .scratch = scratch };
 *     struct cm_cel_value v;
 *     int r = cm_cel_eval(program, &run, &v, &err);
 *     if (r == CM_CEL_FAILED) cm_cel_fault_of(program, v) says what and where.
 *
 * Spec: github.com/google/cel-spec doc/langdef.md; the extension libraries of cel-go.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/sv.h"
#include "codec/node.h"

enum cm_cel_kind {
        CM_CEL_ERROR, /* a failed sub-expression; in lists and maps only an unavailable part */
        CM_CEL_NULL,
        CM_CEL_BOOL,
        CM_CEL_INT,
        CM_CEL_UINT,
        CM_CEL_DOUBLE,
        CM_CEL_STRING,
        CM_CEL_BYTES,
        CM_CEL_LIST,
        CM_CEL_MAP,
        CM_CEL_TYPE,
        CM_CEL_DURATION,
        CM_CEL_TIMESTAMP,
        CM_CEL_OPTIONAL,
        CM_CEL_OBJECT, /* of an extension: an address, a quantity */
        CM_CEL_KIND_COUNT
};

struct cm_cel_map;
struct cm_cel_object;
struct cm_cel_reason;

/*
 * A value, 16 bytes, by value. What it points at is borrowed from the document, from the program or
 * from the scratch arena, and immutable. Build one with the functions of cel/value.h.
 */
struct cm_cel_value {
        enum cm_cel_kind kind : 8;
        bool is_node; /* LIST, MAP: a part of a document, not built by the expression */
        uint32_t len; /* STRING, BYTES, TYPE: bytes; LIST without is_node: items; DURATION,
                         TIMESTAMP: nanoseconds, an int32_t */
        union {
                bool boolean;
                int64_t integer; /* INT; seconds of DURATION and TIMESTAMP */
                uint64_t natural;
                double real;
                const char *text;
                const struct cm_node *node;
                const struct cm_cel_value *items;
                const struct cm_cel_map *map;
                const struct cm_cel_value *boxed; /* OPTIONAL; NULL = none */
                const struct cm_cel_object *object;
                const struct cm_cel_reason *reason;
        };
};

/* A part of a document as a value: nothing is copied. Integers are int, reals are double. */
struct cm_cel_value cm_cel_from_node(const struct cm_node *node);
/* An error as a variable's value: every use of the variable fails with this text ("unavailable"). */
struct cm_cel_value cm_cel_unavailable(struct cm_arena *arena, struct cm_sv text);

/*
 * The same below a variable: a node that stands for a part of a document that could not be read.
 * Whatever needs it fails (selecting, has(), comparing, `in`, functions): what is not known is never
 * taken for absent.
 */
const struct cm_node *cm_cel_unavailable_node(struct cm_arena *arena, struct cm_node_pos pos,
                                              struct cm_sv text);

struct cm_cel_options {
        struct cm_sv container;        /* "a.b": names are looked up in a.b, then a, then outside */
        const struct cm_sv *variables; /* names, also dotted ones; the index is the slot */
        size_t variable_count;
        bool late_names;    /* unknown names and functions fail when they are evaluated, not here */
        bool late_literals; /* patterns of matches() are compiled, and found wrong, when they are first
                               used; the program is then of one thread */
};

struct cm_cel_program;
struct cm_zone_source; /* cel/timestamp.h: time zones by name */

/*
 * Reads an expression. Unknown variables and functions and wrong numbers of arguments are found here;
 * types are found at evaluation.
 *
 * Input:   `text` is borrowed for the call only.
 * Errors:  CM_E_MALFORMED, the text is "LINE:COLUMN: what"; CM_E_LIMIT (CM_CEL_TEXT_BYTES_MAX,
 *          CM_CEL_DEPTH_MAX, CM_CEL_LOOPS_MAX).
 * Owns:    *ret lives in `arena` and is immutable.
 * Limits:  at most about 200 bytes of `arena` per byte of text.
 */
CM_MUST_CHECK int cm_cel_parse(struct cm_arena *arena, struct cm_sv text,
                               const struct cm_cel_options *options,
                               const struct cm_cel_program **ret, struct cm_err *err);

/* Where an expression is wrong, or what failed in it. */
struct cm_cel_fault {
        struct cm_sv text;    /* "no such key 'spec'" */
        struct cm_sv failing; /* the sub-expression: "pod.spec" */
        uint32_t offset;      /* bytes from the beginning of the expression */
        uint32_t line;        /* 1-based */
        uint32_t column;      /* 1-based, in bytes */
};

/* Like cm_cel_parse, and fills *fault when the expression is malformed (texts live in `arena`). */
CM_MUST_CHECK int cm_cel_parse_fault(struct cm_arena *arena, struct cm_sv text,
                                     const struct cm_cel_options *options,
                                     const struct cm_cel_program **ret, struct cm_cel_fault *fault,
                                     struct cm_err *err);

/*
 * The type that a checker would find for an expression, variables being of any type: "int",
 * "list(string)", "dyn". Operands that never fit (1 + 'a') are errors here; the evaluator would only
 * meet them when it gets there. For tools that look at expressions; parsing does not need it.
 * Errors: as cm_cel_parse_fault.
 */
CM_MUST_CHECK int cm_cel_deduce(struct cm_arena *arena, struct cm_sv text,
                                const struct cm_cel_options *options, struct cm_sv *ret_type,
                                struct cm_cel_fault *fault, struct cm_err *err);

/* Three lines: "LINE:COLUMN: what", the line of the expression (cut around the place), a caret. */
void cm_cel_put_caret(struct cm_buf *out, struct cm_sv expression,
                      const struct cm_cel_fault *fault);

enum {
        CM_CEL_READS = 8
};

/*
 * A pattern that was compiled last, in `scratch`: for several evaluations with the same patterns
 * (parameters of a check) whose scratch is not reset between them. Begins zeroed.
 */
struct cm_cel_memo {
        const char *pattern; /* the text itself, not a copy */
        size_t len;
        const void *compiled;
};

/*
 * One evaluation: what it reads, what it may use, and (set by it) what it used. Results live in
 * `scratch` or in what the slots point at; its own limit must leave room for bytes_max and 1 MiB.
 */
struct cm_cel_run {
        const struct cm_cel_value *slots; /* one per declared variable */
        struct cm_arena *scratch;
        uint64_t cost_max;                  /* 0: CM_CEL_COST_DEFAULT */
        size_t bytes_max;                   /* 0: CM_CEL_BYTES_DEFAULT */
        const struct cm_zone_source *zones; /* NULL: UTC and "+05:30" only */
        struct cm_cel_memo *memo;           /* NULL: nothing is kept from one to the next */
        uint64_t cost;                      /* set: steps used */
        /*
         * Set: what of documents was read last, reads[(read_count - 1) % CM_CEL_READS] the latest; of
         * a false `all` or `&&` it is what decided. A key that is not there: the map without it.
         */
        const struct cm_node *reads[CM_CEL_READS];
        uint32_t read_count;
};

enum {
        CM_CEL_FAILED = 1 /* the expression has no value: missing key, wrong type, overflow ... */
};

/*
 * Returns: 0; CM_CEL_FAILED: *ret is of kind CM_CEL_ERROR, see cm_cel_fault_of().
 * Errors:  CM_E_LIMIT when cost_max or bytes_max is used up.
 * Owns:    nothing; *ret lives as long as scratch, program and slots.
 * Thread:  any number at once on one program, each with its own run.
 */
CM_MUST_CHECK int cm_cel_eval(const struct cm_cel_program *program, struct cm_cel_run *run,
                              struct cm_cel_value *ret, struct cm_err *err);

/* What an error value says. */
struct cm_cel_fault cm_cel_fault_of(const struct cm_cel_program *program,
                                    struct cm_cel_value error);
/* The text that the program was made from. */
struct cm_sv cm_cel_text(const struct cm_cel_program *program);

/* "int", "string", "google.protobuf.Duration", ... */
struct cm_sv cm_cel_type_name(struct cm_cel_value v);
/*
 * As JSON. Exact: int, uint and double are all numbers, bytes are base64, times are text, the keys
 * of maps become text, optional.none() and non-finite doubles become null and text.
 */
void cm_cel_put_json(struct cm_buf *out, struct cm_arena *scratch, struct cm_cel_value v);
/* As JSON that keeps all types: {"int":"1"}, {"list":[...]}, {"map":[[key, value], ...]}. */
void cm_cel_put_typed_json(struct cm_buf *out, struct cm_arena *scratch, struct cm_cel_value v);
