/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What rule files say before it is compiled: items by name, with the two numbers that decide who sees
 * whom. `index` is the place of an item's first definition, `visibility` that of its last change; a
 * list or macro may use those whose index is smaller than its own visibility. Internal to rule/.
 */
#pragma once

#include "base/map.h"
#include "base/vec.h"
#include "codec/node.h"
#include "rule/ruleset.h"

struct cm_rule_list {
        struct cm_sv name;
        struct cm_rule_place place;
        size_t index;
        size_t visibility;
        CM_VEC(struct cm_sv) items;
        bool is_used;
        enum {
                LIST_RAW,
                LIST_EXPANDING,
                LIST_EXPANDED
        } state;
        struct cm_sv text; /* "a, b, c" */
};

struct cm_rule_macro {
        struct cm_sv name;
        struct cm_rule_place place;
        size_t index;
        size_t visibility;
        struct cm_sv condition;
        bool is_used;
        enum {
                MACRO_RAW,
                MACRO_COMPILING,
                MACRO_COMPILED
        } state;
        uint32_t node;
};

struct cm_rule_exception {
        struct cm_sv name;
        struct cm_rule_place place;
        bool fields_are_list;
        CM_VEC(struct cm_sv) fields;
        CM_VEC(struct cm_sv) comps;
        CM_VEC(const struct cm_node *) values;
};

struct cm_rule_item {
        struct cm_rule rule;
        struct cm_sv written; /* condition without exceptions */
        struct cm_rule_place condition_place;
        struct cm_rule_place output_place;
        size_t index;
        size_t visibility;
        bool warns_of_event_types;
        bool may_be_unknown; /* skip-if-unknown-filter */
        bool source_is_unknown;
        CM_VEC(struct cm_sv) tags;
        CM_VEC(struct cm_rule_exception) exceptions;
};

struct cm_rule_loader {
        struct cm_arena *arena;
        struct cm_sv file; /* that is being read */
        size_t next_index;
        size_t item_count;
        struct cm_map lists;  /* name → struct cm_rule_list */
        struct cm_map macros; /* name → struct cm_rule_macro */
        struct cm_map rules;  /* name → struct cm_rule_item */
        CM_VEC(struct cm_rule_diagnostic) diagnostics;
        uint64_t diagnostic_count;
};

struct cm_rule_place cm_rule_place_of(const struct cm_rule_loader *l, const struct cm_node *n);
void cm_rule_warn(struct cm_rule_loader *l, const char *kind, struct cm_rule_place place,
                  struct cm_sv item, const char *format, ...) CM_PRINTF(5, 6);
/* Adds the error as a diagnostic and raises it. */
int cm_rule_fail(struct cm_rule_loader *l, const char *kind, struct cm_rule_place place,
                 struct cm_sv item, struct cm_err *err, const char *format, ...) CM_PRINTF(6, 7);
/* The same with the line of a condition in which the error is. */
int cm_rule_fail_at(struct cm_rule_loader *l, const char *kind, struct cm_rule_place place,
                    struct cm_sv item, struct cm_sv condition, size_t offset, const char *what,
                    struct cm_err *err);

/* A scalar's text; false for anything else. */
bool cm_rule_scalar(const struct cm_node *n, struct cm_sv *ret);
/* "true", "yes", "on" and the opposites, as YAML 1.1 has them. */
bool cm_rule_boolean(const struct cm_node *n, bool *ret);

/* Items (rule_load.c, rule_define.c). */
CM_MUST_CHECK int cm_rule_load_list(struct cm_rule_loader *l, const struct cm_node *n,
                                    struct cm_err *err);
CM_MUST_CHECK int cm_rule_load_macro(struct cm_rule_loader *l, const struct cm_node *n,
                                     struct cm_err *err);
CM_MUST_CHECK int cm_rule_load_rule(struct cm_rule_loader *l, const struct cm_node *n,
                                    struct cm_err *err);
/* Warns of keys that are none of these (NULL-terminated). */
void cm_rule_check_keys(struct cm_rule_loader *l, const struct cm_node *n, struct cm_sv item,
                        const char *const *known);

/* How an item changes an earlier one (rule_override.c). */
struct cm_rule_override {
        bool is_append;            /* the deprecated key */
        const struct cm_node *map; /* key → append or replace; NULL */
};
CM_MUST_CHECK int cm_rule_load_override(struct cm_rule_loader *l, const struct cm_node *n,
                                        struct cm_sv item, const char *const *appendable,
                                        const char *const *replaceable,
                                        struct cm_rule_override *ret, struct cm_err *err);
bool cm_rule_override_is(const struct cm_rule_override *o, const char *key, const char *what);
bool cm_rule_override_any(const struct cm_rule_override *o, const char *what);

/* Exceptions (rule_exception.c). */
CM_MUST_CHECK int cm_rule_load_exceptions(struct cm_rule_loader *l, const struct cm_node *n,
                                          struct cm_rule_item *rule, bool append,
                                          struct cm_err *err);
/* The condition with all exceptions behind it. */
CM_MUST_CHECK int cm_rule_apply_exceptions(struct cm_rule_loader *l, struct cm_rule_item *rule,
                                           struct cm_sv *ret, struct cm_err *err);

/*
 * Lists (rule_expand.c): the condition with every name of a list replaced by its values.
 * Errors: CM_E_LIMIT (rule_condition_bytes_max).
 */
CM_MUST_CHECK int cm_rule_expand_lists(struct cm_rule_loader *l, struct cm_sv condition,
                                       struct cm_sv *ret, struct cm_err *err);
