/* SPDX-License-Identifier: Apache-2.0 */
/* matches(): RE2 patterns in linear time. A literal pattern is compiled with the expression. */
#include "cel/library.h"
#include "cel/regex.h"

enum {
        PATTERN_ARENA_BYTES = 64 << 20 /* what the limits of patterns allow is far below */
};

struct ready {
        struct cm_cel_object object;
        const struct cm_regex *regex;
};

static bool same(const struct cm_cel_object *a, const struct cm_cel_object *b)
{
        return a == b;
}

static const struct cm_cel_object_type ready_type = { .name = "regex", .equal = same };

static int prepare(struct cm_arena *arena, struct cm_cel_value constant, struct cm_cel_value *ret,
                   struct cm_err *err)
{
        struct ready *ready = CM_NEW(arena, struct ready);
        ready->object.type = &ready_type;
        *ret = cm_cel_object(&ready->object);
        return cm_regex_compile(arena, cm_cel_sv(constant), &ready->regex, err);
}

static struct cm_cel_value search(struct cm_cel_context *cx, const struct cm_regex *regex,
                                  struct cm_sv text, struct cm_arena *scratch)
{
        if (!cm_cel_charge(cx, cm_regex_cost(regex, text.len)))
                return cm_cel_no_memory(cx);
        return cm_cel_bool(cm_regex_search(regex, text, scratch, NULL));
}

/* The pattern was a literal. */
CM_CEL_FN(matches_ready)
{
        if (!cm_cel_is_object(args[1], &ready_type))
                return cm_cel_no_overload(cx, "matches", args, count);
        const struct ready *ready = (const struct ready *)args[1].object;
        struct cm_arena *scratch = cm_arena_new(PATTERN_ARENA_BYTES);
        struct cm_cel_value v = search(cx, ready->regex, cm_cel_sv(args[0]), scratch);
        cm_arena_free(scratch);
        return v;
}

CM_CEL_FN(matches)
{
        struct cm_err err = CM_ERR_INIT;
        const struct cm_regex *regex = NULL;
        if (!cm_cel_charge(cx, 2000 + 10 * (uint64_t)args[1].len))
                return cm_cel_no_memory(cx);
        struct cm_arena *own = cm_arena_new(PATTERN_ARENA_BYTES);
        struct cm_cel_value v = cm_regex_compile(own, cm_cel_sv(args[1]), &regex, &err) < 0
                                        ? cm_cel_fail_err(cx, &err)
                                        : search(cx, regex, cm_cel_sv(args[0]), own);
        cm_arena_free(own);
        return v;
}

static const struct cm_cel_function functions[] = {
        { "matches", CM_CEL_METHOD, "sx:b", matches_ready, NULL },
        { "matches", CM_CEL_METHOD, "ss:b", matches, prepare },
        { "matches", CM_CEL_GLOBAL, "sx:b", matches_ready, NULL },
        { "matches", CM_CEL_GLOBAL, "ss:b", matches, prepare },
        { NULL },
};

extern const struct cm_cel_library cm_cel_lib_regex;
const struct cm_cel_library cm_cel_lib_regex = { "regex", functions, NULL };
