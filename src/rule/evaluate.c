/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evaluation: every node, check and field has a stamp; what carries the stamp of this event is known
 * and not looked at again. See evaluate.h.
 */
#include "base/limits.h"
#include "rule/evaluate_internal.h"

enum {
        GENERATION_MAX = 0x7ffffff0
};

struct cm_rule_state *cm_rule_state_new(const struct cm_ruleset *rules)
{
        const struct cm_graph *g = rules->graph;
        struct cm_arena *memory = cm_arena_new(CM_RULE_ARENA_BYTES_MAX);
        struct cm_rule_state *s = CM_NEW(memory, struct cm_rule_state);
        s->rules = rules;
        s->memory = memory;
        s->scratch = cm_arena_new(CM_RULE_SCRATCH_BYTES_MAX);
        s->regex = cm_arena_new(CM_REGEX_SCRATCH_BYTES_MAX + CM_MIB(1));
        s->slots = CM_NEW_ARRAY(memory, struct cm_slot_state, g->slot_count);
        s->results = CM_NEW_ARRAY(memory, uint32_t, g->node_count);
        s->nodes = CM_NEW_ARRAY(memory, struct cm_hot_node, g->node_count);
        for (size_t i = 0; i < g->node_count; i++)
                s->nodes[i] = (struct cm_hot_node){ g->nodes[i].kind, g->nodes[i].first,
                                                    g->nodes[i].count };
        cm_buf_init(&s->work, CM_RULE_OUTPUT_BYTES_MAX);
        return s;
}

void cm_rule_state_free(struct cm_rule_state *state)
{
        if (state == NULL)
                return;
        cm_buf_fini(&state->work);
        cm_arena_free(state->scratch);
        cm_arena_free(state->regex);
        cm_arena_free(state->memory);
}

void cm_rule_state_freep(struct cm_rule_state **state)
{
        cm_rule_state_free(*state);
        *state = NULL;
}

uint64_t cm_rule_state_checks(const struct cm_rule_state *state)
{
        return state->check_count;
}

uint64_t cm_rule_state_shortages(const struct cm_rule_state *state)
{
        return state->shortage_count;
}

struct cm_values cm_rule_slot_values(struct cm_rule_state *s, uint32_t number)
{
        const struct cm_slot *slot = &s->rules->graph->slots[number];
        struct cm_slot_state *state = &s->slots[number];
        if (slot->kind == CM_SLOT_CONSTANT)
                return slot->constant;
        if (state->generation == s->generation)
                return state->values;
        struct cm_values values;
        if (slot->kind == CM_SLOT_FIELD) {
                values = cm_field_extract(&s->extract, &slot->use);
        } else {
                struct cm_values args[64]; /* as many as the compiler lets a transformer have */
                for (size_t i = 0; i < slot->arg_count; i++)
                        args[i] = cm_rule_slot_values(s, slot->args[i]);
                values = cm_transform(&s->extract, slot, s->rules->graph->slots, args);
        }
        state->generation = s->generation;
        state->values = values;
        return values;
}

static bool check_holds(struct cm_rule_state *s, const struct cm_check_def *check)
{
        const struct cm_compare compare = { s->regex, s->c->lookup };
        struct cm_values right = { NULL, 0 };
        struct cm_values left = cm_rule_slot_values(s, check->left);
        s->check_count++;
        if (left.count == 0)
                return false;
        if (check->right != CM_SLOT_NONE)
                right = cm_rule_slot_values(s, check->right);
        bool holds = cm_check_holds(check, left, right, &compare);
        if (check->op == CM_FILTER_REGEX)
                cm_arena_reset(s->regex);
        return holds;
}

/* Depth: that of the graph, which the compiler bounds by CM_RULE_DEPTH_MAX. */
CM_HOT static bool node_holds(struct cm_rule_state *s, uint32_t number)
{
        const struct cm_graph *g = s->rules->graph;
        const struct cm_hot_node *node = &s->nodes[number];
        uint32_t known = s->results[number];
        bool holds = false;
        if (known >> 1 == s->generation)
                return (known & 1) != 0;
        switch ((enum cm_graph_kind)node->kind) {
        case CM_GRAPH_FALSE:
                return false;
        case CM_GRAPH_TRUE:
                return true;
        case CM_GRAPH_CHECK:
                holds = check_holds(s, &g->checks[node->first]);
                break;
        case CM_GRAPH_NOT:
                holds = !node_holds(s, g->children[node->first]);
                break;
        case CM_GRAPH_AND:
        case CM_GRAPH_OR:
                holds = node->kind == CM_GRAPH_AND;
                for (uint32_t i = 0; i < node->count; i++)
                        if (node_holds(s, g->children[node->first + i]) !=
                            (node->kind == CM_GRAPH_AND)) {
                                holds = !holds;
                                break;
                        }
                break;
        }
        s->results[number] = s->generation << 1 | (uint32_t)holds;
        return holds;
}

static void next_event(struct cm_rule_state *s, const struct cm_event_context *c)
{
        if (s->generation >= GENERATION_MAX) {
                const struct cm_graph *g = s->rules->graph;
                memset(s->slots, 0, g->slot_count * sizeof(*s->slots));
                memset(s->results, 0, g->node_count * sizeof(*s->results));
                s->generation = 0;
        }
        s->generation++;
        s->c = c;
        cm_arena_reset(s->scratch);
        s->extract = (struct cm_extract){ .c = c, .scratch = s->scratch, .work = &s->work };
}

size_t cm_rules_match(struct cm_rule_state *s, const struct cm_event_context *c,
                      const struct cm_rule **ret, size_t max)
{
        uint16_t number = c->event->info->number;
        const uint32_t *list = s->rules->by_event[number];
        size_t count = s->rules->by_event_count[number];
        size_t found = 0;
        next_event(s, c);
        for (size_t i = 0; i < count && found < max; i++) {
                const struct cm_rule *rule = &s->rules->rules[list[i]];
                if (node_holds(s, rule->node))
                        ret[found++] = rule;
        }
        if (s->extract.is_short)
                s->shortage_count++;
        return found;
}
