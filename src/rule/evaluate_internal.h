/* SPDX-License-Identifier: Apache-2.0 */
/* The state of one evaluator, for evaluate.c and rule_output.c. */
#pragma once

#include "rule/evaluate.h"
#include "rule/graph.h"

struct cm_slot_state {
        uint32_t generation;
        struct cm_values values;
};

/* What evaluation needs of a node: five of them in a cache line. */
struct cm_hot_node {
        uint32_t kind;
        uint32_t first;
        uint32_t count;
};

struct cm_rule_state {
        const struct cm_ruleset *rules;
        struct cm_arena *memory;  /* of the state */
        struct cm_arena *scratch; /* of values of one event */
        struct cm_arena *regex;   /* of searches */
        struct cm_buf work;
        const struct cm_event_context *c;
        struct cm_extract extract;
        uint32_t generation; /* of the event: older results are forgotten */
        struct cm_slot_state *slots;
        struct cm_hot_node *nodes;
        uint32_t *results; /* by node: generation * 2 + result */
        uint64_t check_count;
        uint64_t shortage_count;
};

/* Values of a slot for the event that is looked at. */
struct cm_values cm_rule_slot_values(struct cm_rule_state *state, uint32_t slot);
