/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many expressions are parsed and evaluated per second on one core, over a document: the numbers
 * of bench/cel. Prints "NAME PARSES_PER_SECOND EVALUATIONS_PER_SECOND".
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/real.h"
#include "cel/value.h"

static const struct {
        const char *name;
        const char *text;
} cases[] = {
        { "simple", "a.b == 'x' && c > 3" },
        { "constant", "1 + 1 == 2" },
        { "has", "has(a.d) && !has(a.z)" },
        { "all-of-10", "l.all(i, i < 100)" },
        { "map-filter-10", "l.filter(i, i % 2 == 0).map(i, i * 2).size() == 5" },
        { "text", "a.b.startsWith('x') || a.b.contains('yz')" },
        { "regex", "a.d.matches('^[a-z]+-[0-9]+$')" },
        { "optional", "a.?z.orValue('none') == 'none'" },
        { "pod", "pod.spec.containers.all(c, has(c.securityContext) && "
                 "c.securityContext.?runAsNonRoot.orValue(false) && "
                 "!(c.image.endsWith(':latest')))" },
};

static double now_s(void)
{
        struct timespec t;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
        return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void put_text(struct cm_arena *arena, struct cm_node *map, const char *key, const char *text)
{
        struct cm_node_pos pos = { 1, 1 };
        cm_node_put(arena, map, cm_sv_from_cstr(key), pos,
                    cm_node_new_string(arena, pos, cm_sv_from_cstr(text)));
}

static const struct cm_node *pod(struct cm_arena *arena)
{
        struct cm_node_pos pos = { 1, 1 };
        struct cm_node *top = cm_node_new_map(arena, pos);
        struct cm_node *spec = cm_node_new_map(arena, pos);
        struct cm_node *list = cm_node_new_list(arena, pos);
        for (int i = 0; i < 3; i++) {
                struct cm_node *c = cm_node_new_map(arena, pos);
                struct cm_node *sc = cm_node_new_map(arena, pos);
                put_text(arena, c, "name", "main");
                put_text(arena, c, "image", "registry.example/app:1.2.3");
                cm_node_put(arena, sc, CM_SV("runAsNonRoot"), pos,
                            cm_node_new_bool(arena, pos, true));
                cm_node_put(arena, c, CM_SV("securityContext"), pos, sc);
                cm_node_add(arena, list, c);
        }
        cm_node_put(arena, spec, CM_SV("containers"), pos, list);
        cm_node_put(arena, top, CM_SV("spec"), pos, spec);
        return top;
}

static double parse_rate(struct cm_sv text, const struct cm_cel_options *options, double seconds)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        double start = now_s();
        double end = start;
        long count = 0;
        for (; end - start < seconds; end = now_s())
                for (int i = 0; i < 200; i++, count++) {
                        const struct cm_cel_program *program = NULL;
                        struct cm_err err = CM_ERR_INIT;
                        if (cm_cel_parse(arena, text, options, &program, &err) < 0) {
                                fprintf(stderr, "%s\n", err.text);
                                exit(1);
                        }
                        cm_arena_reset(arena);
                }
        cm_arena_free(arena);
        return (double)count / (end - start);
}

static double eval_rate(const struct cm_cel_program *program, const struct cm_cel_value *slots,
                        double seconds)
{
        struct cm_arena *scratch = cm_arena_new(CM_MIB(256));
        double start = now_s();
        double end = start;
        long count = 0;
        for (; end - start < seconds; end = now_s()) {
                for (int i = 0; i < 1000; i++, count++) {
                        struct cm_cel_run run = { .slots = slots, .scratch = scratch };
                        struct cm_cel_value v;
                        struct cm_err err = CM_ERR_INIT;
                        if (cm_cel_eval(program, &run, &v, &err) != 0 || !cm_cel_is_true(v)) {
                                fprintf(stderr, "not true: %.*s\n",
                                        CM_SV_ARG(cm_cel_text(program)));
                                exit(1);
                        }
                }
                cm_arena_reset(scratch);
        }
        cm_arena_free(scratch);
        return (double)count / (end - start);
}

int main(int argc, char **argv)
{
        double seconds = 0.5;
        if (argc > 1 && !cm_real_parse(cm_sv_from_cstr(argv[1]), &seconds))
                return 2;
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        struct cm_node_pos pos = { 1, 1 };
        struct cm_node *a = cm_node_new_map(arena, pos);
        struct cm_node *l = cm_node_new_list(arena, pos);
        put_text(arena, a, "b", "x");
        put_text(arena, a, "d", "release-42");
        for (int i = 0; i < 10; i++)
                cm_node_add(arena, l, cm_node_new_int(arena, pos, i));
        const struct cm_sv names[] = { CM_SV("a"), CM_SV("c"), CM_SV("l"), CM_SV("pod") };
        struct cm_cel_value slots[] = { cm_cel_from_node(a), cm_cel_int(5), cm_cel_from_node(l),
                                        cm_cel_from_node(pod(arena)) };
        struct cm_cel_options options = { .variables = names, .variable_count = 4 };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_sv text = cm_sv_from_cstr(cases[i].text);
                struct cm_err err = CM_ERR_INIT;
                const struct cm_cel_program *program = NULL;
                double parses = parse_rate(text, &options, seconds);
                if (cm_cel_parse(arena, text, &options, &program, &err) < 0)
                        return 1;
                printf("%s %.0f %.0f\n", cases[i].name, parses, eval_rate(program, slots, seconds));
        }
        cm_arena_free(arena);
        return 0;
}
