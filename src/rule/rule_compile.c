/* SPDX-License-Identifier: Apache-2.0 */
/* From items to one graph: lists, macros, conditions, outputs, the index by event; see ruleset.h. */
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/limits.h"
#include "rule/graph.h"
#include "rule/rule_items.h"

enum {
        MANY_EVENTS = 100, /* a rule for more types than this is slow and said to be so */
        PLUGIN_EVENT = 322
};

struct compile {
        struct cm_rule_loader *l;
        struct cm_graph_build b;
        struct cm_err *err;
        size_t depth; /* of macros within macros */
};

/* A condition that is being compiled. */
struct condition {
        struct cm_sv text; /* with lists put in */
        struct cm_rule_place place;
        struct cm_sv item;
        size_t visibility; /* macros before this may be used */
        bool is_quiet;     /* an unknown field is the caller's business */
        bool met_unknown;
};

static int compile_text(struct compile *c, struct condition *k, struct cm_sv text, uint32_t *ret);

static int fail_at(struct compile *c, struct condition *k, size_t offset, const char *what)
{
        k->met_unknown = c->b.met_unknown;
        if (k->is_quiet && k->met_unknown)
                return CM_RAISE(c->err, CM_E_MALFORMED, "%s", what);
        return cm_rule_fail_at(c->l, "LOAD_ERR_COMPILE_CONDITION", k->place, k->item, k->text,
                               offset, what, c->err);
}

static int use_macro(struct compile *c, struct condition *k, const struct cm_filter *f,
                     uint32_t *ret)
{
        struct cm_rule_macro *macro = cm_map_get(&c->l->macros, f->macro);
        c->b.met_unknown = false;
        if (macro == NULL || macro->index >= k->visibility) {
                struct cm_sv what = cm_sv_printf(c->l->arena, "there is no macro '%s'%s",
                                                 cm_escape(c->l->arena, f->macro),
                                                 macro == NULL ? "" : " before this one");
                return fail_at(c, k, f->offset, what.ptr);
        }
        macro->is_used = true;
        if (macro->state == MACRO_COMPILING)
                return fail_at(c, k, f->offset, "the macro uses itself");
        if (macro->state == MACRO_RAW) {
                struct condition inner = {
                        .place = macro->place,
                        .item = cm_sv_printf(c->l->arena, "macro '%.*s'", CM_SV_ARG(macro->name)),
                        .visibility = macro->visibility,
                        .is_quiet = k->is_quiet,
                };
                if (c->depth == CM_RULE_DEPTH_MAX)
                        return fail_at(c, k, f->offset,
                                       "macros are nested too deep (limit rule_depth_max)");
                c->depth++;
                macro->state = MACRO_COMPILING;
                int r = compile_text(c, &inner, macro->condition, &macro->node);
                macro->state = r < 0 ? MACRO_RAW : MACRO_COMPILED;
                c->depth--;
                if (r < 0) {
                        k->met_unknown = inner.met_unknown;
                        return r;
                }
        }
        *ret = macro->node;
        return 0;
}

static int compile_filter(struct compile *c, struct condition *k, const struct cm_filter *f,
                          uint32_t *ret)
{
        struct cm_err problem = CM_ERR_INIT;
        uint32_t few[8];
        size_t offset = f->offset;
        int r = 0;
        if (f->kind == CM_FILTER_MACRO)
                return use_macro(c, k, f, ret);
        if (f->kind == CM_FILTER_CHECK) {
                r = cm_graph_check(&c->b, f, ret, &offset, &problem);
                return r < 0 ? fail_at(c, k, offset, problem.text) : 0;
        }
        uint32_t *nodes =
                f->count <= CM_ARRAY_LEN(few) ? few : CM_NEW_ARRAY(c->l->arena, uint32_t, f->count);
        for (size_t i = 0; i < f->count; i++) {
                r = compile_filter(c, k, f->children[i], &nodes[i]);
                if (r < 0)
                        return r;
        }
        c->b.met_unknown = false;
        if (f->kind == CM_FILTER_NOT)
                r = cm_graph_not(&c->b, nodes[0], ret, &problem);
        else
                r = cm_graph_many(&c->b, f->kind == CM_FILTER_AND ? CM_GRAPH_AND : CM_GRAPH_OR,
                                  nodes, f->count, ret, &problem);
        return r < 0 ? fail_at(c, k, offset, problem.text) : 0;
}

static int compile_text(struct compile *c, struct condition *k, struct cm_sv text, uint32_t *ret)
{
        const struct cm_filter *filter = NULL;
        struct cm_err problem = CM_ERR_INIT;
        size_t offset = 0;
        int r = cm_rule_expand_lists(c->l, text, &k->text, c->err);
        if (r < 0)
                return r;
        c->b.met_unknown = false;
        if (cm_filter_parse(c->l->arena, k->text, &filter, &offset, &problem) < 0)
                return fail_at(c, k, offset, problem.text);
        return compile_filter(c, k, filter, ret);
}

/* Fields of another source are as good as unknown ones. */
static int check_source(struct compile *c, struct condition *k, enum cm_rule_source source,
                        unsigned needs)
{
        unsigned foreign =
                source == CM_RULE_SYSCALL ? CM_GRAPH_NEEDS_AUDIT : CM_GRAPH_NEEDS_SYSCALL;
        if ((needs & foreign) == 0)
                return 0;
        c->b.met_unknown = true;
        return fail_at(c, k, 0,
                       source == CM_RULE_SYSCALL
                               ? "it uses fields that events of the kernel do not have"
                               : "it uses fields that only events of the kernel have");
}

static int compile_output(struct compile *c, struct cm_rule_item *item, struct cm_sv name)
{
        struct cm_err problem = CM_ERR_INIT;
        size_t offset = 0;
        c->b.met_unknown = false;
        if (cm_rule_template_compile(&c->b, item->rule.output, item->rule.source,
                                     &item->rule.template, &offset, &problem) == 0)
                return 0;
        if (item->may_be_unknown && c->b.met_unknown)
                return CM_RAISE(c->err, CM_E_MALFORMED, "%s", problem.text);
        return cm_rule_fail(c->l, "LOAD_ERR_COMPILE_OUTPUT", item->output_place, name, c->err,
                            "at character %zu of the output: %s", offset + 1, problem.text);
}

static void warn_of(struct compile *c, const struct cm_rule_item *item, struct cm_sv name,
                    const struct cm_graph_node *node)
{
        size_t events = cm_event_set_count(&item->rule.events);
        if (item->rule.source == CM_RULE_SYSCALL && item->warns_of_event_types &&
            events > MANY_EVENTS)
                cm_rule_warn(c->l, "LOAD_NO_EVTTYPE", item->condition_place, name,
                             "it is tried on %zu types of events, which is slow; a condition on "
                             "evt.type makes them few",
                             events);
        if ((node->needs & CM_GRAPH_COMPARES_NA) != 0)
                cm_rule_warn(c->l, "LOAD_UNSAFE_NA_CHECK", item->condition_place, name,
                             "it compares with <NA>; 'exists' tells whether a field has a value");
}

static int compile_rule(struct compile *c, struct cm_rule_item *item)
{
        struct cm_rule *rule = &item->rule;
        struct condition k = {
                .place = item->condition_place,
                .item = cm_sv_printf(c->l->arena, "rule '%.*s'", CM_SV_ARG(rule->name)),
                .visibility = SIZE_MAX,
                .is_quiet = item->may_be_unknown,
        };
        rule->tags = item->tags.items;
        rule->tag_count = item->tags.count;
        c->l->file = rule->place.file;
        int r = cm_rule_apply_exceptions(c->l, item, &rule->condition, c->err);
        if (r == 0)
                r = compile_text(c, &k, rule->condition, &rule->node);
        if (r == 0)
                r = check_source(c, &k, rule->source, c->b.nodes.items[rule->node].needs);
        if (r == 0)
                r = compile_output(c, item, k.item);
        if (r < 0 && item->may_be_unknown && (k.met_unknown || c->b.met_unknown)) {
                cm_rule_warn(c->l, "LOAD_UNKNOWN_FILTER", item->condition_place, k.item,
                             "it is left out: %s", c->err->text);
                cm_err_clear(c->err);
                rule->is_skipped = true;
                return 0;
        }
        if (r < 0)
                return r;
        const struct cm_graph_node *node = &c->b.nodes.items[rule->node];
        rule->events = node->may_hold;
        if (rule->source == CM_RULE_K8S_AUDIT) {
                memset(&rule->events, 0, sizeof(rule->events));
                if (node->kind != CM_GRAPH_FALSE)
                        cm_event_set_add(&rule->events, PLUGIN_EVENT);
        }
        warn_of(c, item, k.item, node);
        return 0;
}

static void warn_of_unused(struct compile *c)
{
        for (size_t i = 0; i < c->l->macros.count; i++) {
                const struct cm_rule_macro *m = c->l->macros.entries[i].value;
                if (!m->is_used)
                        cm_rule_warn(c->l, "LOAD_UNUSED_MACRO", m->place,
                                     cm_sv_printf(c->l->arena, "macro '%.*s'", CM_SV_ARG(m->name)),
                                     "no rule and no other macro uses it");
        }
        for (size_t i = 0; i < c->l->lists.count; i++) {
                const struct cm_rule_list *list = c->l->lists.entries[i].value;
                if (!list->is_used)
                        cm_rule_warn(
                                c->l, "LOAD_UNUSED_LIST", list->place,
                                cm_sv_printf(c->l->arena, "list '%.*s'", CM_SV_ARG(list->name)),
                                "no rule, macro or list uses it");
        }
}

static int by_index(const void *a, const void *b)
{
        const struct cm_rule_item *x = *(struct cm_rule_item *const *)a;
        const struct cm_rule_item *y = *(struct cm_rule_item *const *)b;
        return x->index < y->index ? -1 : x->index > y->index;
}

static void index_rules(struct cm_arena *arena, struct cm_ruleset *set)
{
        for (size_t n = 0; n < CM_EVENT_TYPES; n++) {
                size_t count = 0;
                for (int pass = 0; pass < 2; pass++) {
                        uint32_t *list = pass == 0 ? NULL : CM_NEW_ARRAY(arena, uint32_t, count);
                        count = 0;
                        for (size_t i = 0; i < set->count; i++) {
                                const struct cm_rule *rule = &set->rules[i];
                                if (!rule->is_enabled || rule->is_skipped ||
                                    !cm_event_set_has(&rule->events, n))
                                        continue;
                                if (list != NULL)
                                        list[count] = (uint32_t)i;
                                count++;
                        }
                        set->by_event[n] = list;
                        set->by_event_count[n] = count;
                        if (count == 0)
                                break;
                }
        }
}

/* Macros that no rule uses are looked at, too: their errors are errors. */
static int compile_macros(struct compile *c)
{
        for (size_t i = 0; i < c->l->macros.count; i++) {
                struct cm_rule_macro *macro = c->l->macros.entries[i].value;
                struct condition k = {
                        .place = macro->place,
                        .item = cm_sv_printf(c->l->arena, "macro '%.*s'", CM_SV_ARG(macro->name)),
                        .visibility = macro->visibility,
                        .is_quiet = true,
                };
                if (macro->state != MACRO_RAW)
                        continue;
                macro->state = MACRO_COMPILING;
                int r = compile_text(c, &k, macro->condition, &macro->node);
                macro->state = r < 0 ? MACRO_RAW : MACRO_COMPILED;
                /* An unknown field is an error of the rule that uses the macro, if one does. */
                if (r < 0 && !k.met_unknown)
                        return r;
                if (r < 0)
                        cm_err_clear(c->err);
        }
        return 0;
}

static int compile_all(struct compile *c, const struct cm_ruleset **ret)
{
        struct cm_arena *arena = c->l->arena;
        struct cm_ruleset *set = CM_NEW(arena, struct cm_ruleset);
        size_t count = c->l->rules.count;
        struct cm_rule_item **items = CM_NEW_ARRAY(arena, struct cm_rule_item *, count);
        struct cm_rule *rules = CM_NEW_ARRAY(arena, struct cm_rule, count);
        int r = compile_macros(c);
        for (size_t i = 0; i < count; i++)
                items[i] = c->l->rules.entries[i].value;
        if (count > 0)
                qsort(items, count, sizeof(*items), by_index);
        for (size_t i = 0; i < count && r == 0; i++) {
                if (items[i]->source_is_unknown)
                        continue;
                r = compile_rule(c, items[i]);
                rules[set->count++] = items[i]->rule;
        }
        if (r < 0)
                return r;
        warn_of_unused(c);
        struct cm_graph *graph = CM_NEW(arena, struct cm_graph);
        *graph = (struct cm_graph){ c->b.slots.items,    c->b.slots.count,   c->b.checks.items,
                                    c->b.checks.count,   c->b.nodes.items,   c->b.nodes.count,
                                    c->b.children.items, c->b.children.count };
        set->rules = rules;
        set->graph = graph;
        set->macro_count = c->l->macros.count;
        set->list_count = c->l->lists.count;
        for (size_t i = 0; i < set->count; i++)
                if (!rules[i].is_skipped)
                        set->check_count += graph->nodes[rules[i].node].check_count;
        index_rules(arena, set);
        *ret = set;
        return 0;
}

int cm_rule_loader_compile(struct cm_rule_loader *loader, const struct cm_ruleset **ret,
                           struct cm_err *err)
{
        struct compile c = { .l = loader, .err = err };
        cm_graph_build_init(&c.b, loader->arena);
        int r = compile_all(&c, ret);
        cm_graph_build_fini(&c.b);
        return r;
}
