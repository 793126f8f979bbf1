/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How functions come into the language. A library is one file with one const table of functions and
 * one row in libraries.def. To add one:
 *
 *   1. src/cel/lib_NAME.c:
 *
 *      CM_CEL_FN(is_url)   -- (cx, args, count)
 *      {
 *              return cm_cel_bool(looks_like_url(cm_cel_sv(args[0])));
 *      }
 *      static const struct cm_cel_function functions[] = {
 *              { "isURL", CM_CEL_GLOBAL, "s:b", is_url },
 *              { "getHost", CM_CEL_METHOD, "x:s", get_host },   -- args[0] is the receiver
 *              { NULL },
 *      };
 *      extern const struct cm_cel_library cm_cel_lib_url;
 *      const struct cm_cel_library cm_cel_lib_url = { "url", functions, NULL };
 *
 *   2. the row CM_CEL_LIBRARY(url) in libraries.def.
 *
 * Several rows may have one name: among those with the right style and number of arguments the
 * first whose signature fits the values is called; when none fits the call fails with "no such
 * overload" and the types that it had. The same name in two libraries works as well.
 *
 * Rules for functions: pure; never keep state; `args` are never errors (items of their lists may be:
 * unavailable parts of a document, kind CM_CEL_ERROR); results may point into arguments (they live
 * long enough); memory only by cm_cel_alloc(), which charges the run; work that grows with the input
 * is charged by cm_cel_charge() (bytes / 10 is right for a scan of text).
 */
#pragma once

#include "cel/value.h"

struct cm_cel_context;

typedef struct cm_cel_value (*cm_cel_fn)(struct cm_cel_context *cx, const struct cm_cel_value *args,
                                         size_t count);

/* The head of a function's definition: CM_CEL_FN(is_url) { ... } */
#define CM_CEL_FN(name)                                                                          \
        static struct cm_cel_value name(__attribute__((unused)) struct cm_cel_context *cx,       \
                                        __attribute__((unused)) const struct cm_cel_value *args, \
                                        __attribute__((unused)) size_t count)

enum cm_cel_style {
        CM_CEL_GLOBAL, /* f(a, b), also with a dotted name: math.abs(a) */
        CM_CEL_METHOD  /* a.f(b) */
};

struct cm_cel_function {
        const char *name; /* NULL ends a table */
        enum cm_cel_style style;
        /*
         * One letter per argument, the receiver first. s string, y bytes, i int, u uint, d double,
         * n any number, b bool, l list, m map, t timestamp, r duration, o optional, T type, x object,
         * z null, * anything. "?" before the first argument that may be left out; "+" at the end:
         * the last one may be repeated. Then ":" and the type of the result, for cm_cel_deduce():
         * a letter, "1" that of the first argument, "[" before the type of items, "o" before that of
         * an optional's content; "A" is the item of the first list, the content of the first
         * optional or the type of the first "*". Without ":" the result may be anything.
         */
        const char *signature;
        cm_cel_fn call;
        /*
         * NULL, or what turns a constant last argument into an object while the expression is parsed
         * (a pattern is compiled once); a row with "x" in its place then takes it. An error is the
         * parser's error. What it makes lives in `arena`, with the program.
         */
        int (*prepare)(struct cm_arena *arena, struct cm_cel_value constant, bool late,
                       struct cm_cel_value *ret, struct cm_err *err);
};

struct cm_cel_library {
        const char *name;
        const struct cm_cel_function *functions;
        const char *const *types; /* names of types ("net.IP"), NULL-terminated; or NULL */
};

/* Memory of the run, or NULL when it is used up (then return cm_cel_no_memory(cx)). */
void *cm_cel_alloc(struct cm_cel_context *cx, size_t size_bytes);
void *cm_cel_alloc_array(struct cm_cel_context *cx, size_t count, size_t size_bytes);
struct cm_cel_value *cm_cel_alloc_values(struct cm_cel_context *cx, size_t count);
/* Adds to the cost; false when it is used up (the value returned then does not matter). */
bool cm_cel_charge(struct cm_cel_context *cx, uint64_t cost);
struct cm_cel_value cm_cel_no_memory(struct cm_cel_context *cx);
/* Counts bytes that a module will take from cm_cel_arena() itself; false when they are too many. */
CM_MUST_CHECK bool cm_cel_reserve(struct cm_cel_context *cx, size_t size_bytes);
/* Of this run, or NULL. */
struct cm_cel_memo *cm_cel_memo(struct cm_cel_context *cx);
const struct cm_zone_source *cm_cel_zones(struct cm_cel_context *cx);
/* The arena behind, for modules that take one: reserve first what they will need at most. */
struct cm_arena *cm_cel_arena(struct cm_cel_context *cx);

/* An error value that stands where the call stands. Text from outside goes through cm_cel_show(). */
struct cm_cel_value cm_cel_fail(struct cm_cel_context *cx, const char *format, ...) CM_PRINTF(2, 3);
/* The text of `err`, which is cleared. */
struct cm_cel_value cm_cel_fail_err(struct cm_cel_context *cx, struct cm_err *err);
/* Escaped and cut, for an error text. */
const char *cm_cel_show(struct cm_cel_context *cx, struct cm_sv s);
/* "no such overload: NAME(int, string)". */
struct cm_cel_value cm_cel_no_overload(struct cm_cel_context *cx, const char *name,
                                       const struct cm_cel_value *args, size_t count);
/* A copy of text in the run's memory as a string value. */
struct cm_cel_value cm_cel_string_dup(struct cm_cel_context *cx, struct cm_sv s);
