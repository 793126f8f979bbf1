/* SPDX-License-Identifier: Apache-2.0 */
/* The state of one loop (all, exists, map, ...) under way. Inside src/cel only. */
#pragma once

#include "cel/cel_program.h"

struct cm_cel_frame {
        struct cm_cel_value range;
        size_t count;     /* of the range */
        size_t index;     /* of the turn */
        uint32_t loop_at; /* the LOOP instruction; the body follows it */
        enum cm_cel_loop kind;
        struct cm_cel_value *locals;
        bool two;
        struct cm_cel_value
                error; /* all, exists: the first error, kept while the rest may decide */
        size_t matches;
        struct cm_cel_value *items; /* what map, filter and the like have gathered */
        struct cm_cel_value *keys;  /* sortBy */
        size_t item_count;
        size_t item_capacity;
        struct cm_cel_map *map;
};

/* Begins over `range`; false: there is no turn, *ret is the result. */
bool cm_cel_loop_begin(struct cm_cel_context *cx, struct cm_cel_frame *frame,
                       const struct cm_cel_ins *ins, struct cm_cel_value range,
                       struct cm_cel_value *ret);
/* Takes what the body gave; true: another turn, the variables are set; false: *ret is the result. */
bool cm_cel_loop_step(struct cm_cel_context *cx, struct cm_cel_frame *frame,
                      struct cm_cel_value body, struct cm_cel_value *ret);
enum cm_cel_where {
        CM_CEL_WHERE_BODY, /* evaluate the body */
        CM_CEL_WHERE_NEXT, /* the next turn's variables are set */
        CM_CEL_WHERE_DONE  /* *ret is the result */
};
enum cm_cel_where cm_cel_loop_where(struct cm_cel_context *cx, struct cm_cel_frame *frame,
                                    struct cm_cel_value condition, struct cm_cel_value *ret);
