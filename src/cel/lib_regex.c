/* SPDX-License-Identifier: Apache-2.0 */
/*
 * matches(), and Kubernetes' find() and findAll(): RE2 patterns in linear time. A pattern that is a
 * literal is compiled with the expression.
 */
#include "cel/library.h"
#include "cel/regex.h"

enum {
        ARENA_BYTES = 64 << 20 /* what the limits of patterns and of searches allow is far below */
};

struct ready {
        struct cm_cel_object object;
        const struct cm_regex *regex; /* NULL: `pattern` is compiled when it is first used */
        struct cm_sv pattern;
        struct cm_arena *arena;
};

static bool same(const struct cm_cel_object *a, const struct cm_cel_object *b)
{
        return a == b;
}

static const struct cm_cel_object_type ready_type = { .name = "regex", .equal = same };

static int prepare(struct cm_arena *arena, struct cm_cel_value constant, bool late,
                   struct cm_cel_value *ret, struct cm_err *err)
{
        struct ready *ready = CM_NEW(arena, struct ready);
        ready->object.type = &ready_type;
        ready->pattern = cm_cel_sv(constant);
        ready->arena = arena;
        *ret = cm_cel_object(&ready->object);
        return late ? 0 : cm_regex_compile(arena, ready->pattern, &ready->regex, err);
}

/* The pattern of one call, text or ready, and working memory for it. */
struct pattern {
        const struct cm_regex *regex;
        struct cm_arena *arena;
};

static void pattern_fini(struct pattern *p)
{
        cm_arena_free(p->arena);
}

/* The regular expression of a text, compiled now or for the call before. Costs the same either way. */
static int compile(struct cm_cel_context *cx, struct cm_sv text, struct pattern *ret,
                   struct cm_err *err)
{
        struct cm_cel_memo *memo = cm_cel_memo(cx);
        if (memo != NULL && memo->compiled != NULL && memo->pattern == text.ptr &&
            memo->len == text.len) {
                ret->regex = memo->compiled;
                return 0;
        }
        int r = cm_regex_compile(memo != NULL ? cm_cel_arena(cx) : ret->arena, text, &ret->regex,
                                 err);
        if (r == 0 && memo != NULL)
                *memo = (struct cm_cel_memo){ text.ptr, text.len, ret->regex };
        return r;
}

/* args[1]; false: *ret_failure says why. */
static bool pattern_init(struct cm_cel_context *cx, const struct cm_cel_value *args, size_t count,
                         const char *name, struct pattern *ret, struct cm_cel_value *ret_failure)
{
        struct cm_err err = CM_ERR_INIT;
        ret->arena = cm_arena_new(ARENA_BYTES);
        if (cm_cel_is_object(args[1], &ready_type)) {
                struct ready *ready = (struct ready *)(uintptr_t)args[1].object;
                if (ready->regex == NULL &&
                    cm_regex_compile(ready->arena, ready->pattern, &ready->regex, &err) < 0) {
                        *ret_failure = cm_cel_fail_err(cx, &err);
                        return false;
                }
                ret->regex = ready->regex;
                return true;
        }
        if (args[1].kind != CM_CEL_STRING)
                *ret_failure = cm_cel_no_overload(cx, name, args, count);
        else if (!cm_cel_charge(cx, 2000 + 10 * (uint64_t)args[1].len))
                *ret_failure = cm_cel_no_memory(cx);
        else if (compile(cx, cm_cel_sv(args[1]), ret, &err) < 0)
                *ret_failure = cm_cel_fail_err(cx, &err);
        else
                return true;
        return false;
}

CM_CEL_FN(matches)
{
        struct pattern p CM_CLEANUP(pattern_fini) = { NULL, NULL };
        struct cm_cel_value failure;
        struct cm_sv text = cm_cel_sv(args[0]);
        if (!pattern_init(cx, args, count, "matches", &p, &failure))
                return failure;
        if (!cm_cel_charge(cx, cm_regex_cost(p.regex, text.len)))
                return cm_cel_no_memory(cx);
        return cm_cel_bool(cm_regex_search(p.regex, text, p.arena, NULL));
}

/* Texts found; `items` is in the run's memory. */
struct found {
        struct cm_cel_value *items;
        size_t count;
        size_t capacity;
};

static bool add(struct cm_cel_context *cx, struct found *found, struct cm_cel_value item)
{
        if (found->count == found->capacity) {
                size_t capacity = found->capacity == 0 ? 8 : found->capacity * 2;
                struct cm_cel_value *items = cm_cel_alloc_values(cx, capacity);
                if (items == NULL)
                        return false;
                for (size_t i = 0; i < found->count; i++)
                        items[i] = found->items[i];
                found->items = items;
                found->capacity = capacity;
        }
        found->items[found->count++] = item;
        return true;
}

/* Up to `count_max` matches; false when the run's budget is used up. */
static bool search(struct cm_cel_context *cx, const struct pattern *p, struct cm_sv text,
                   uint64_t count_max, struct found *ret)
{
        struct cm_regex_match match;
        uint64_t charged = 0;
        if (!cm_cel_charge(cx, cm_regex_cost(p->regex, text.len)))
                return false;
        struct cm_regex_iter *iter = cm_regex_iter_new(p->regex, text, p->arena);
        while (ret->count < count_max && cm_regex_iter_next(iter, &match)) {
                struct cm_regex_span span = match.spans[0];
                uint64_t bytes = cm_regex_iter_bytes(iter);
                /* The first pass over the text is paid for. */
                uint64_t more = bytes > text.len ? bytes - text.len - charged : 0;
                charged += more;
                if (!cm_cel_charge(cx,
                                   2 + (more > 0 ? cm_regex_cost(p->regex, (size_t)more) : 0)) ||
                    !add(cx, ret, cm_cel_string(cm_sv_slice(text, span.start, span.end))))
                        return false;
        }
        return true;
}

/* False: *ret_failure says why. */
static bool run(struct cm_cel_context *cx, const struct cm_cel_value *args, size_t count,
                uint64_t count_max, struct found *ret, struct cm_cel_value *ret_failure)
{
        struct pattern p CM_CLEANUP(pattern_fini) = { NULL, NULL };
        *ret = (struct found){ 0 };
        if (!pattern_init(cx, args, count, "find", &p, ret_failure))
                return false;
        if (search(cx, &p, cm_cel_sv(args[0]), count_max, ret))
                return true;
        *ret_failure = cm_cel_no_memory(cx);
        return false;
}

/* The first match, or "". */
CM_CEL_FN(find)
{
        struct found found;
        struct cm_cel_value failure;
        if (!run(cx, args, count, 1, &found, &failure))
                return failure;
        return found.count > 0 ? found.items[0] : cm_cel_string(CM_SV(""));
}

CM_CEL_FN(find_all)
{
        struct found found;
        struct cm_cel_value failure;
        uint64_t count_max = count < 3 || args[2].integer < 0 ? UINT64_MAX : args[2].natural;
        if (!run(cx, args, count, count_max, &found, &failure))
                return failure;
        return cm_cel_list(found.items, found.count);
}

static const struct cm_cel_function functions[] = {
        { "matches", CM_CEL_METHOD, "sx:b", matches, NULL },
        { "matches", CM_CEL_METHOD, "ss:b", matches, prepare },
        { "matches", CM_CEL_GLOBAL, "sx:b", matches, NULL },
        { "matches", CM_CEL_GLOBAL, "ss:b", matches, prepare },
        { "find", CM_CEL_METHOD, "sx:s", find, NULL },
        { "find", CM_CEL_METHOD, "ss:s", find, prepare },
        { "findAll", CM_CEL_METHOD, "sx:[s", find_all, NULL },
        { "findAll", CM_CEL_METHOD, "ss:[s", find_all, prepare },
        { "findAll", CM_CEL_METHOD, "ssi:[s", find_all, NULL },
        { NULL },
};

extern const struct cm_cel_library cm_cel_lib_regex;
const struct cm_cel_library cm_cel_lib_regex = { "regex", functions, NULL };
