/* SPDX-License-Identifier: Apache-2.0 */
/* See explain.h. */
#include "rule/explain.h"

#include <stdlib.h>

#include "base/escape.h"
#include "rule/graph.h"

static void indent(struct cm_buf *out, size_t depth)
{
        for (size_t i = 0; i < depth && !out->overflow; i++)
                cm_buf_put_str(out, "  ");
}

/* Depth: that of the graph, which the compiler bounds. */
static void put_node(const struct cm_graph *g, uint32_t number, size_t depth, bool negate,
                     struct cm_buf *out)
{
        const struct cm_graph_node *n = &g->nodes[number];
        if (out->overflow)
                return;
        switch (n->kind) {
        case CM_GRAPH_FALSE:
        case CM_GRAPH_TRUE:
                indent(out, depth);
                cm_buf_put_str(out, (n->kind == CM_GRAPH_TRUE) != negate ? "always\n" : "never\n");
                break;
        case CM_GRAPH_CHECK:
                indent(out, depth);
                cm_buf_put_str(out, negate ? "not " : "");
                cm_buf_put_escaped(out, g->checks[n->first].text);
                cm_buf_put_char(out, '\n');
                break;
        case CM_GRAPH_NOT:
                put_node(g, g->children[n->first], depth, !negate, out);
                break;
        case CM_GRAPH_AND:
        case CM_GRAPH_OR:
                indent(out, depth);
                cm_buf_printf(out, "%s%s\n", negate ? "not " : "",
                              n->kind == CM_GRAPH_AND ? "all of" : "any of");
                for (uint32_t i = 0; i < n->count && !out->overflow; i++)
                        put_node(g, g->children[n->first + i], depth + 1, false, out);
                break;
        }
}

void cm_rule_explain_condition(const struct cm_ruleset *set, const struct cm_rule *rule,
                               struct cm_buf *out)
{
        put_node(set->graph, rule->node, 0, false, out);
}

/* Slots below a node, each node once. */
static void mark(const struct cm_graph *g, uint32_t number, bool *seen, bool *slots)
{
        const struct cm_graph_node *n = &g->nodes[number];
        if (seen[number])
                return;
        seen[number] = true;
        if (n->kind == CM_GRAPH_CHECK) {
                /* A check of a host's name looks at the address; people wrote the name. */
                if (!g->checks[n->first].compares_hosts)
                        slots[g->checks[n->first].left] = true;
                if (g->checks[n->first].right != CM_SLOT_NONE)
                        slots[g->checks[n->first].right] = true;
        }
        for (uint32_t i = 0; n->kind != CM_GRAPH_CHECK && i < n->count; i++)
                mark(g, g->children[n->first + i], seen, slots);
}

static int compare_texts(const void *a, const void *b)
{
        return cm_sv_cmp(*(const struct cm_sv *)a, *(const struct cm_sv *)b);
}

void cm_rule_explain_fields(const struct cm_ruleset *set, const struct cm_rule *rule,
                            struct cm_buf *out)
{
        const struct cm_graph *g = set->graph;
        bool *seen = calloc(g->node_count, sizeof(*seen));
        bool *slots = calloc(g->slot_count + 1, sizeof(*slots));
        struct cm_sv *names = calloc(g->slot_count + g->check_count + 1, sizeof(*names));
        size_t count = 0;
        if (seen != NULL && slots != NULL && names != NULL) {
                mark(g, rule->node, seen, slots);
                for (size_t i = 0; i < g->slot_count; i++)
                        if (slots[i] && g->slots[i].kind != CM_SLOT_CONSTANT)
                                names[count++] = g->slots[i].text;
                for (size_t i = 0; i < g->node_count; i++) {
                        struct cm_sv rest;
                        if (seen[i] && g->nodes[i].kind == CM_GRAPH_CHECK &&
                            g->checks[g->nodes[i].first].compares_hosts)
                                cm_sv_cut(g->checks[g->nodes[i].first].text, ' ', &names[count++],
                                          &rest);
                }
                qsort(names, count, sizeof(*names), compare_texts);
        }
        for (size_t i = 0; i < count; i++) {
                if (i > 0 && cm_sv_eq(names[i], names[i - 1]))
                        continue;
                cm_buf_put_str(out, i == 0 ? "" : " ");
                cm_buf_put_sv(out, names[i]);
        }
        free(seen);
        free(slots);
        free(names);
}
