/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A check: one control, read from one YAML file of checks/, with a rule for each kind of object
 * that it can be seen in. The format is docs/formats/check-file.md; the rules are CEL expressions
 * (cel/cel.h). Everything is immutable after loading and may be used by many threads.
 */
#pragma once

#include "cel/cel.h"
#include "codec/node.h"
#include "model/check_result.h"

/* Variables that every expression sees, in slot order; those of the view follow. */
#define CM_CHECK_COMMON_VARIABLES(X)                                                  \
        X(SUBJECT, "subject") /* the object itself */                                 \
        X(PARAMS, "params")   /* of the check: defaults, overridden by the profile */ \
        X(PROFILE, "profile") /* {name, tags} */                                      \
        X(RUN, "run")         /* {now, k8s: {major, minor}} */                        \
        X(POLICY, "policy")   /* what a policy of Kubernetes was made from */         \
        X(EACH, "")           /* the rule's own variable of `each: LIST as NAME` */

enum cm_check_slot {
#define X(slot, name) CM_CHECK_SLOT_##slot,
        CM_CHECK_COMMON_VARIABLES(X)
#undef X
        CM_CHECK_SLOT_VIEW
};

enum {
        CM_CHECK_VIEW_VARIABLES_MAX = 8,
        CM_CHECK_VARIABLES_MAX = 64, /* that one check declares */
        CM_CHECK_SLOTS_MAX =
                CM_CHECK_SLOT_VIEW + CM_CHECK_VIEW_VARIABLES_MAX + CM_CHECK_VARIABLES_MAX
};

/* A value that the rules of a check share: "variables.NAME", which may use those before it. */
struct cm_check_variable {
        struct cm_sv name; /* with "variables." */
        struct cm_sv text;
};

/*
 * A kind of object that rules can be about ("k8s.pod"), given by a document kind (document.h).
 * `variables` are names besides the common ones, in slot order.
 */
struct cm_check_view {
        const char *name;
        const char *summary;
        const char *const *variables; /* NULL-terminated */
};

/* A text with expressions in braces, compiled: "container {c.name} is privileged". */
struct cm_check_message {
        struct cm_check_message_part {
                struct cm_sv text;                    /* literal text before the expression */
                const struct cm_cel_program *program; /* or NULL: only text */
        } * parts;
        size_t count;
};

/* Kubernetes versions that a rule or check is for: minor numbers of 1.x, inclusive. */
struct cm_check_versions {
        uint32_t since;
        uint32_t until;
};

struct cm_check_fix_step;

struct cm_check_rule {
        const struct cm_check_view *view;
        struct cm_sv kind; /* "k8s.Service" is k8s.object of this kind; or "" */
        struct cm_node_pos pos;
        const struct cm_check_variable *variables; /* the check's */
        size_t variable_count;
        struct cm_check_versions versions;
        /* Expressions (cm_check_compile()); "" is not there. */
        struct cm_sv when;   /* false: NOT_APPLICABLE */
        struct cm_sv reason; /* of that NOT_APPLICABLE, or ""; no expression */
        struct cm_sv each;   /* list whose items are looked at one by one */
        struct cm_sv each_name;
        struct cm_sv expect;  /* true: PASS, false: FAIL; not there: MANUAL */
        struct cm_sv message; /* see cm_check_message_compile(); of MANUAL what was seen, or "" */
        struct cm_sv message_expression;     /* its text goes before `message` when it has one */
        const struct cm_check_fix_step *fix; /* what mends a failure (fix.h), or none */
        size_t fix_count;
};

struct cm_check_map {
        struct cm_sv framework;
        const struct cm_sv *rows;
        size_t row_count;
};

struct cm_check {
        struct cm_sv id;
        struct cm_sv title;
        enum cm_severity severity;
        bool is_optional; /* style: only when asked for by profile or id */
        struct cm_sv rationale;
        struct cm_sv remediation;
        struct cm_sv question;          /* what a person must answer, or "" */
        const struct cm_node *evidence; /* name -> what the answer must give, or NULL */
        const struct cm_node *references;
        const struct cm_node *params;   /* name -> {default, doc} */
        const struct cm_node *defaults; /* name -> value */
        const struct cm_node *policy;   /* of checks made from one (policy_load.h), or NULL */
        const struct cm_check_variable *variables;
        size_t variable_count;
        const struct cm_node *tests;
        const struct cm_check_map *maps;
        size_t map_count;
        struct cm_sv maps_text; /* "FRAMEWORK ROW", one a line */
        const struct cm_check_rule *rules;
        size_t rule_count;
        struct cm_sv source; /* the file */
};

/*
 * Reads one check.
 *
 * Input:   `root` is the tree of one YAML or JSON document; its texts are borrowed. `is_verified`:
 *          it was read before without error (the built-in pack), expressions are not tried again.
 * Errors:  CM_E_MALFORMED: "FILE:LINE:COLUMN: what", also of expressions.
 * Owns:    *ret lives in `arena` and borrows from the tree.
 */
CM_MUST_CHECK int cm_check_load(struct cm_arena *arena, struct cm_sv source,
                                const struct cm_node *root, bool is_verified, struct cm_check *ret,
                                struct cm_err *err);
/* The names that a rule's expressions see, for the expression engine. */
struct cm_check_names {
        struct cm_sv names[CM_CHECK_SLOTS_MAX];
        struct cm_cel_options options; /* points at `names`: not to be copied */
};
void cm_check_names(const struct cm_check_rule *rule, struct cm_check_names *ret);
/* The slot of the check's first variable; the others follow. */
size_t cm_check_variable_slot(const struct cm_check_rule *rule);
/* An expression with the names that the rule sees. `is_verified`: it was compiled before without error;
 * the program is then of one thread. Errors: CM_E_MALFORMED, CM_E_LIMIT. */
CM_MUST_CHECK int cm_check_compile(struct cm_arena *arena, const struct cm_check_rule *rule,
                                   struct cm_sv text, bool is_verified,
                                   const struct cm_cel_program **ret, struct cm_err *err);
/* The rule's message. In the text "{{" is a brace. Errors: CM_E_MALFORMED, CM_E_LIMIT. */
CM_MUST_CHECK int cm_check_message_compile(struct cm_arena *arena, const struct cm_check_rule *rule,
                                           struct cm_check_message *ret, struct cm_err *err);
/* Puts the message together; parts whose expression has no value become "?". */
struct cm_sv cm_check_message_text(struct cm_arena *arena, const struct cm_check_message *message,
                                   const struct cm_cel_value *slots);
