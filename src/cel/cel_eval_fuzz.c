/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: evaluation under small limits, values as JSON. */
#include "cel/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const struct cm_sv names[] = { { "m", 1 }, { "l", 1 }, { "s", 1 } };
        static struct cm_node seven = { .type = CM_NODE_INT, .integer = 7 };
        static const struct cm_node *items[] = { &seven, NULL };
        static struct cm_node list = { .type = CM_NODE_LIST, .list = { items, 2, 2 } };
        static struct cm_node_member a = { { "a", 1 }, { 1, 1 }, &list };
        static struct cm_node map = { .type = CM_NODE_MAP, .map = { .members = &a, .count = 1 } };
        struct cm_cel_value slots[] = { cm_cel_from_node(&map), cm_cel_from_node(&list),
                                        cm_cel_string(CM_SV("t\xc3\xa9xt")) };
        struct cm_cel_options options = { .variables = names, .variable_count = 3 };
        struct cm_arena *arena = cm_arena_new(CM_MIB(512));
        items[1] = cm_cel_unavailable_node(arena, a.key_pos, CM_SV("gone"));
        struct cm_cel_run run = {
                .slots = slots, .scratch = arena, .cost_max = 50000, .bytes_max = CM_MIB(16)
        };
        struct cm_err err = CM_ERR_INIT;
        const struct cm_cel_program *program = NULL;
        struct cm_cel_value v;
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, CM_MIB(1));
        if (cm_cel_parse(arena, cm_sv_make(data, size), &options, &program, &err) == 0 &&
            cm_cel_eval(program, &run, &v, &err) >= 0)
                cm_cel_put_typed_json(&out, arena, v);
        cm_arena_free(arena);
        return 0;
}
