/* SPDX-License-Identifier: Apache-2.0 */
/* Items that are rules: definition, redefinition, changes; see rule_items.h. */
#include <stdlib.h>

#include "base/escape.h"
#include "rule/rule_items.h"

static const char *const known_keys[] = {
        "rule",    "desc",    "condition", "output",           "priority",
        "source",  "enabled", "tags",      "exceptions",       "warn_evttypes",
        "capture", "append",  "override",  "capture_duration", "skip-if-unknown-filter",
        NULL
};
static const char *const appendable[] = {
        "condition", "output", "desc", "tags", "exceptions", NULL
};
static const char *const replaceable[] = { "condition",
                                           "output",
                                           "desc",
                                           "priority",
                                           "tags",
                                           "exceptions",
                                           "enabled",
                                           "warn_evttypes",
                                           "capture",
                                           "capture_duration",
                                           "skip-if-unknown-filter",
                                           NULL };

struct define {
        struct cm_rule_loader *l;
        const struct cm_node *n;
        struct cm_sv item; /* "rule 'x'" */
        struct cm_rule_item *rule;
        struct cm_err *err;
};

static int fail(const struct define *d, const struct cm_node *at, const char *what)
{
        return cm_rule_fail(d->l, "LOAD_ERR_YAML_VALIDATE",
                            cm_rule_place_of(d->l, at == NULL ? d->n : at), d->item, d->err, "%s",
                            what);
}

static bool priority_from(struct cm_sv text, enum cm_rule_priority *ret)
{
        static const char *const names[] = {
#define X(name, text, shown) text,
                CM_RULE_PRIORITIES(X)
#undef X
        };
        if (cm_sv_eq_nocase(text, CM_SV("info")))
                text = CM_SV("informational");
        for (size_t i = 0; i < CM_ARRAY_LEN(names); i++)
                if (cm_sv_eq_nocase(text, cm_sv_from_cstr(names[i]))) {
                        *ret = (enum cm_rule_priority)i;
                        return true;
                }
        return false;
}

/* A text key; *ret stays when it is absent. */
static int text_key(const struct define *d, const char *key, struct cm_sv *ret,
                    struct cm_rule_place *ret_place)
{
        const struct cm_node *n = cm_node_get(d->n, key);
        if (n == NULL)
                return 0;
        if (!cm_rule_scalar(n, ret))
                return fail(d, n, "the value is no text");
        if (ret_place != NULL)
                *ret_place = cm_rule_place_of(d->l, n);
        return 0;
}

static int boolean_key(const struct define *d, const char *key, bool *ret)
{
        const struct cm_node *n = cm_node_get(d->n, key);
        if (n != NULL && !cm_rule_boolean(n, ret))
                return fail(d, n, "the value is true or false");
        return 0;
}

static int compare_tags(const void *a, const void *b)
{
        return cm_sv_cmp(*(const struct cm_sv *)a, *(const struct cm_sv *)b);
}

static int load_tags(const struct define *d, bool append)
{
        const struct cm_node *n = cm_node_get(d->n, "tags");
        struct cm_rule_item *rule = d->rule;
        if (n == NULL)
                return 0;
        if (n->type != CM_NODE_LIST)
                return fail(d, n, "'tags' is a sequence of texts");
        if (!append)
                rule->tags.count = 0;
        for (size_t i = 0; i < cm_node_count(n); i++) {
                struct cm_sv tag;
                if (!cm_rule_scalar(cm_node_at(n, i), &tag))
                        return fail(d, n, "'tags' is a sequence of texts");
                *CM_VEC_PUSH(d->l->arena, &rule->tags) = tag;
        }
        if (rule->tags.count > 0)
                qsort(rule->tags.items, rule->tags.count, sizeof(*rule->tags.items), compare_tags);
        size_t kept = 0;
        for (size_t i = 0; i < rule->tags.count; i++)
                if (kept == 0 || !cm_sv_eq(rule->tags.items[kept - 1], rule->tags.items[i]))
                        rule->tags.items[kept++] = rule->tags.items[i];
        rule->tags.count = kept;
        return 0;
}

static int load_priority(const struct define *d)
{
        const struct cm_node *n = cm_node_get(d->n, "priority");
        struct cm_sv text;
        if (n != NULL &&
            (!cm_rule_scalar(n, &text) || !priority_from(text, &d->rule->rule.priority)))
                return fail(
                        d, n,
                        "priority is one of emergency, alert, critical, error, warning, notice, "
                        "informational, debug");
        return 0;
}

/* Everything that replaces what was there: each key that the item has. */
static int load_flags(const struct define *d)
{
        struct cm_sv duration = CM_SV("");
        int r = load_priority(d);
        if (r == 0)
                r = boolean_key(d, "enabled", &d->rule->rule.is_enabled);
        if (r == 0)
                r = boolean_key(d, "warn_evttypes", &d->rule->warns_of_event_types);
        if (r == 0)
                r = boolean_key(d, "skip-if-unknown-filter", &d->rule->may_be_unknown);
        if (r == 0)
                r = boolean_key(d, "capture", &d->rule->rule.wants_capture);
        if (r == 0)
                r = text_key(d, "capture_duration", &duration, NULL);
        if (r == 0 && duration.len > 0) {
                struct cm_err ignored = CM_ERR_INIT;
                if (cm_parse_u64(duration, 0, UINT32_MAX, &d->rule->rule.capture_duration_ms,
                                 &ignored) < 0)
                        r = fail(d, cm_node_get(d->n, "capture_duration"),
                                 "the duration is a number of milliseconds");
        }
        return r;
}

static int load_source(const struct define *d)
{
        struct cm_sv source = CM_SV("syscall");
        int r = text_key(d, "source", &source, NULL);
        if (r < 0)
                return r;
        d->rule->source_is_unknown = false;
        if (cm_sv_eq(source, CM_SV("syscall"))) {
                d->rule->rule.source = CM_RULE_SYSCALL;
        } else if (cm_sv_eq(source, CM_SV("k8s_audit"))) {
                d->rule->rule.source = CM_RULE_K8S_AUDIT;
        } else {
                d->rule->source_is_unknown = true;
                cm_rule_warn(d->l, "LOAD_UNKNOWN_SOURCE",
                             cm_rule_place_of(d->l, cm_node_get(d->n, "source")), d->item,
                             "there are no events of the source '%s'; the rule is left out",
                             cm_escape(d->l->arena, source));
        }
        return 0;
}

/* A rule with all it needs: new, or in the place of an earlier one. */
static int define(struct define *d, struct cm_sv name, struct cm_rule_item *earlier)
{
        struct cm_rule_item *rule = CM_NEW(d->l->arena, struct cm_rule_item);
        size_t index = earlier == NULL ? d->l->next_index : earlier->index;
        enum cm_rule_source source = earlier == NULL ? CM_RULE_SYSCALL : earlier->rule.source;
        d->rule = rule;
        rule->rule.name = name;
        rule->rule.is_enabled = true;
        rule->warns_of_event_types = true;
        int r = text_key(d, "desc", &rule->rule.desc, NULL);
        if (r == 0)
                r = text_key(d, "condition", &rule->written, &rule->condition_place);
        if (r == 0)
                r = text_key(d, "output", &rule->rule.output, &rule->output_place);
        if (r == 0)
                r = load_flags(d);
        if (r == 0)
                r = load_tags(d, false);
        if (r == 0)
                r = load_source(d);
        if (r == 0)
                r = cm_rule_load_exceptions(d->l, d->n, rule, false, d->err);
        if (r < 0)
                return r;
        if (rule->written.len == 0)
                return fail(d, cm_node_get(d->n, "condition"), "the condition is empty");
        if (earlier != NULL && !earlier->source_is_unknown && cm_node_get(d->n, "source") != NULL &&
            source != rule->rule.source)
                return cm_rule_fail(d->l, "LOAD_ERR_VALIDATE", cm_rule_place_of(d->l, d->n),
                                    d->item, d->err,
                                    "an earlier rule of that name has another source");
        rule->index = index;
        rule->visibility = d->l->next_index++;
        rule->rule.place = cm_rule_place_of(d->l, d->n);
        if (earlier != NULL)
                *earlier = *rule;
        else
                cm_map_put(&d->l->rules, name, rule);
        return 0;
}

/* The old text and, behind a blank, the new one. */
static int append_text(const struct define *d, const char *key, struct cm_sv *text)
{
        struct cm_sv more;
        if (!cm_rule_scalar(cm_node_get(d->n, key), &more))
                return fail(d, cm_node_get(d->n, key), "the value is no text");
        *text = cm_sv_printf(d->l->arena, "%.*s %.*s", CM_SV_ARG(*text), CM_SV_ARG(more));
        return 0;
}

static int append(struct define *d, const struct cm_rule_override *o)
{
        struct cm_rule_item *rule = d->rule;
        bool all = o->is_append;
        int r = 0;
        if (cm_rule_override_is(o, "condition", "append") ||
            (all && cm_node_get(d->n, "condition") != NULL))
                r = append_text(d, "condition", &rule->written);
        if (r == 0 && cm_rule_override_is(o, "output", "append"))
                r = append_text(d, "output", &rule->rule.output);
        if (r == 0 && cm_rule_override_is(o, "desc", "append"))
                r = append_text(d, "desc", &rule->rule.desc);
        if (r == 0 && cm_rule_override_is(o, "tags", "append"))
                r = load_tags(d, true);
        if (r == 0 && (all || cm_rule_override_is(o, "exceptions", "append")))
                r = cm_rule_load_exceptions(d->l, d->n, rule, true, d->err);
        return r;
}

static int replace(struct define *d, const struct cm_rule_override *o)
{
        struct cm_rule_item *rule = d->rule;
        int r = load_flags(d);
        if (r == 0 && cm_rule_override_is(o, "condition", "replace"))
                r = text_key(d, "condition", &rule->written, &rule->condition_place);
        if (r == 0 && cm_rule_override_is(o, "output", "replace"))
                r = text_key(d, "output", &rule->rule.output, &rule->output_place);
        if (r == 0 && cm_rule_override_is(o, "desc", "replace"))
                r = text_key(d, "desc", &rule->rule.desc, NULL);
        if (r == 0 && cm_rule_override_is(o, "tags", "replace"))
                r = load_tags(d, false);
        if (r == 0 && cm_rule_override_is(o, "exceptions", "replace"))
                r = cm_rule_load_exceptions(d->l, d->n, rule, false, d->err);
        return r;
}

static int change(struct define *d, const struct cm_rule_override *o)
{
        int r = 0;
        if (d->rule == NULL)
                return cm_rule_fail(d->l, "LOAD_ERR_VALIDATE", cm_rule_place_of(d->l, d->n),
                                    d->item, d->err,
                                    "it changes a rule of that name, and there is none before it");
        if (o->is_append && cm_node_get(d->n, "condition") == NULL &&
            cm_node_get(d->n, "exceptions") == NULL)
                return fail(d, NULL, "what is appended has a condition or exceptions");
        if (o->is_append || cm_rule_override_any(o, "append"))
                r = append(d, o);
        if (r == 0 && cm_rule_override_any(o, "replace"))
                r = replace(d, o);
        d->rule->visibility = d->l->next_index++;
        return r;
}

/* A rule of nothing but a name and "enabled" turns an earlier one on or off. */
static int toggle(struct define *d)
{
        bool on = false;
        int r = boolean_key(d, "enabled", &on);
        if (r < 0)
                return r;
        if (d->rule == NULL)
                return cm_rule_fail(d->l, "LOAD_ERR_VALIDATE", cm_rule_place_of(d->l, d->n),
                                    d->item, d->err,
                                    "it is turned on or off, and there is no rule of that "
                                    "name before it");
        cm_rule_warn(
                d->l, "LOAD_DEPRECATED_ITEM", cm_rule_place_of(d->l, d->n), d->item,
                "a lone 'enabled' is deprecated; 'override' with enabled: replace says the same");
        d->rule->rule.is_enabled = on;
        return 0;
}

int cm_rule_load_rule(struct cm_rule_loader *l, const struct cm_node *n, struct cm_err *err)
{
        static const char *const needed[] = { "condition", "output", "desc", "priority" };
        struct define d = { .l = l, .n = n, .err = err };
        struct cm_rule_override o;
        struct cm_sv name;
        size_t have = 0;
        if (!cm_rule_scalar(cm_node_get(n, "rule"), &name) || name.len == 0)
                return fail(&d, NULL, "the name of a rule is missing or is no text");
        d.item =
                cm_sv_printf(l->arena, "rule '%.*s'", (int)CM_MIN(name.len, (size_t)200), name.ptr);
        d.rule = cm_map_get(&l->rules, name);
        cm_rule_check_keys(l, n, d.item, known_keys);
        int r = cm_rule_load_override(l, n, d.item, appendable, replaceable, &o, err);
        if (r < 0)
                return r;
        if (o.is_append || o.map != NULL)
                return change(&d, &o);
        for (size_t i = 0; i < CM_ARRAY_LEN(needed); i++)
                have += cm_node_get(n, needed[i]) != NULL;
        if (have == 0 && cm_node_get(n, "enabled") != NULL)
                return toggle(&d);
        if (have < CM_ARRAY_LEN(needed))
                return fail(&d, NULL, "a rule has a condition, an output, a desc and a priority");
        return define(&d, name, d.rule);
}
