/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What conditions compile to: one graph for all rules, in which equal fields, checks and parts of
 * conditions are one node each, so that none is looked at twice for one event. Immutable once made.
 * Internal to rule/.
 */
#pragma once

#include "base/map.h"
#include "base/vec.h"
#include "cel/regex.h"
#include "rule/field.h"
#include "rule/filter.h"
#include "rule/ruleset.h"

enum cm_slot_kind {
        CM_SLOT_FIELD,
        CM_SLOT_TRANSFORM,
        CM_SLOT_CONSTANT
};

/* Something that has values for an event. */
struct cm_slot {
        enum cm_slot_kind kind;
        enum cm_field_type type;
        unsigned flags; /* CM_FIELD_IS_LIST ... */
        struct cm_field_use use;
        enum cm_filter_transformer transformer;
        struct cm_sv argument; /* of getopt */
        const uint32_t *args;  /* slots */
        size_t arg_count;
        struct cm_values constant;
        struct cm_sv text; /* "tolower(proc.name)", for people and for finding it again */
};

struct cm_network {
        struct cm_address address;
        unsigned prefix_bits;
};

#define CM_SLOT_NONE UINT32_MAX

struct cm_check_def {
        uint32_t left;
        uint32_t right; /* a slot to compare with, or CM_SLOT_NONE: `values` */
        enum cm_filter_op op;
        enum cm_filter_modifier modifier;
        enum cm_field_type type;
        unsigned flags; /* of the left side */
        bool compares_hosts;
        const struct cm_value *values;
        size_t count;
        const struct cm_network *networks; /* of NET, ADDRESS: instead of values */
        const struct cm_regex *const *regexes;
        uint32_t *set; /* index + 1 of texts by hash; 0 is free; NULL: few values */
        size_t set_size;
        struct cm_sv text; /* "proc.name in (a, b)" */
};

enum {
        CM_GRAPH_NEEDS_SYSCALL = 1 << 0, /* fields that only one source has */
        CM_GRAPH_NEEDS_AUDIT = 1 << 1,
        CM_GRAPH_COMPARES_NA = 1 << 2 /* with the mark of what is unknown */
};

enum cm_graph_kind {
        CM_GRAPH_FALSE,
        CM_GRAPH_TRUE,
        CM_GRAPH_CHECK,
        CM_GRAPH_NOT,
        CM_GRAPH_AND,
        CM_GRAPH_OR
};

struct cm_graph_node {
        enum cm_graph_kind kind;
        uint32_t depth;
        uint32_t first; /* of CHECK: the check; else the first of its children */
        uint32_t count;
        unsigned needs;       /* CM_GRAPH_NEEDS_SYSCALL ... */
        uint64_t check_count; /* with everything written out */
        /* Types of events on which it may be true, and on which it may be false. */
        struct cm_event_set may_hold;
        struct cm_event_set may_fail;
};

enum {
        CM_GRAPH_NODE_FALSE = 0,
        CM_GRAPH_NODE_TRUE = 1
};

struct cm_graph {
        const struct cm_slot *slots;
        size_t slot_count;
        const struct cm_check_def *checks;
        size_t check_count;
        const struct cm_graph_node *nodes;
        size_t node_count;
        const uint32_t *children;
        size_t child_count;
};

/* What comparing takes beside the values. */
struct cm_compare {
        struct cm_arena *scratch;
        const struct cm_process_lookup *lookup;
};

/* Does a check hold? `right` is of its right slot, and of no meaning without one. */
bool cm_check_holds(const struct cm_check_def *check, struct cm_values left, struct cm_values right,
                    const struct cm_compare *compare);
/* Is the operator allowed for that type? */
bool cm_check_is_allowed(enum cm_field_type type, bool is_list, enum cm_filter_op op);
/*
 * Reads the constants of a check (`check` has everything but them).
 * Errors: CM_E_MALFORMED ("'x' is no number").
 */
CM_MUST_CHECK int cm_check_set_values(struct cm_arena *arena, struct cm_check_def *check,
                                      const struct cm_filter_term *terms, size_t count,
                                      struct cm_err *err);

/* Values of a transformer; `args` are those of its slots. */
struct cm_values cm_transform(struct cm_extract *x, const struct cm_slot *slot,
                              const struct cm_slot *slots, const struct cm_values *args);

/* Making of a graph (graph_build.c). */
struct cm_graph_build {
        struct cm_arena *arena;
        CM_VEC(struct cm_slot) slots;
        CM_VEC(struct cm_check_def) checks;
        CM_VEC(struct cm_graph_node) nodes;
        CM_VEC(uint32_t) children;
        struct cm_map by_text; /* text of a slot, check or node → its number + 1 */
        struct cm_event_set all;
        bool met_unknown; /* the last error was about a field or event that there is not */
        struct cm_buf work;
};

void cm_graph_build_init(struct cm_graph_build *b, struct cm_arena *arena);
void cm_graph_build_fini(struct cm_graph_build *b);
/* The slot of a field, a transformer or a constant. Errors: CM_E_MALFORMED; *ret_offset: where. */
CM_MUST_CHECK int cm_graph_slot(struct cm_graph_build *b, const struct cm_filter_term *term,
                                uint32_t *ret, size_t *ret_offset, struct cm_err *err);
CM_MUST_CHECK int cm_graph_check(struct cm_graph_build *b, const struct cm_filter *filter,
                                 uint32_t *ret, size_t *ret_offset, struct cm_err *err);
/* Errors: CM_E_LIMIT (rule_nodes_max, rule_depth_max). */
CM_MUST_CHECK int cm_graph_not(struct cm_graph_build *b, uint32_t node, uint32_t *ret,
                               struct cm_err *err);
CM_MUST_CHECK int cm_graph_many(struct cm_graph_build *b, enum cm_graph_kind kind,
                                const uint32_t *nodes, size_t count, uint32_t *ret,
                                struct cm_err *err);
/* Does a slot's field belong to the source? */
unsigned cm_graph_slot_needs(const struct cm_graph_build *b, uint32_t slot);

/* Output templates (rule_output.c). */
struct cm_rule_template_part {
        struct cm_sv literal;
        uint32_t slot; /* CM_SLOT_NONE: literal */
        size_t width;  /* 0: as long as it is */
};
struct cm_rule_template {
        const struct cm_rule_template_part *parts;
        size_t count;
};
CM_MUST_CHECK int cm_rule_template_compile(struct cm_graph_build *b, struct cm_sv text,
                                           enum cm_rule_source source,
                                           const struct cm_rule_template **ret, size_t *ret_offset,
                                           struct cm_err *err);
