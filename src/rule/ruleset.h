/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules: reading rule files, and what they compile to. A loader takes files one after another (later
 * ones change what earlier ones said), then makes one immutable set of rules that any number of
 * threads may share, each with a state of its own (rule/evaluate.h).
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/sv.h"

/* name in files, name in alerts */
#define CM_RULE_PRIORITIES(X)                              \
        X(EMERGENCY, "emergency", "Emergency")             \
        X(ALERT, "alert", "Alert")                         \
        X(CRITICAL, "critical", "Critical")                \
        X(ERROR, "error", "Error")                         \
        X(WARNING, "warning", "Warning")                   \
        X(NOTICE, "notice", "Notice")                      \
        X(INFORMATIONAL, "informational", "Informational") \
        X(DEBUG, "debug", "Debug")

enum cm_rule_priority {
#define X(name, text, shown) CM_RULE_##name,
        CM_RULE_PRIORITIES(X)
#undef X
};

const char *cm_rule_priority_name(enum cm_rule_priority priority); /* "Warning" */

struct cm_rule_place {
        struct cm_sv file;
        uint32_t line;
        uint32_t column;
};

/* Names of what a loader complains of are Falco's, so that people find what is written of them. */
struct cm_rule_diagnostic {
        bool is_error;
        const char *kind; /* "LOAD_ERR_COMPILE_CONDITION", "LOAD_UNUSED_MACRO" */
        struct cm_rule_place place;
        struct cm_sv item; /* "rule 'x'", or "" */
        struct cm_sv text;
        struct cm_sv excerpt; /* one line of a condition, or "" */
        size_t caret;         /* where in it */
};

/* Types of events by number. */
struct cm_event_set {
        uint64_t bits[8];
};

enum cm_rule_source {
        CM_RULE_SYSCALL,
        CM_RULE_K8S_AUDIT
};

struct cm_rule_template;

struct cm_rule {
        struct cm_sv name;
        struct cm_sv desc;
        struct cm_sv condition; /* as written, with appended parts and exceptions */
        struct cm_sv output;
        enum cm_rule_priority priority;
        enum cm_rule_source source;
        bool is_enabled;
        bool is_skipped;          /* a field is not known and the rule allows that */
        const struct cm_sv *tags; /* sorted, each once */
        size_t tag_count;
        bool wants_capture;
        uint64_t capture_duration_ms;
        struct cm_rule_place place;
        uint32_t node; /* its condition in the graph */
        struct cm_event_set events;
        const struct cm_rule_template *template;
};

struct cm_graph;

struct cm_ruleset {
        const struct cm_rule *rules; /* in the order in which they are tried */
        size_t count;
        const struct cm_graph *graph;
        /* By type of event: indexes of the enabled rules that may match it. */
        const uint32_t *by_event[512];
        size_t by_event_count[512];
        size_t macro_count;
        size_t list_count;
        size_t check_count; /* checks of all conditions, macros written out */
};

struct cm_rule_loader;

/* Owns: everything lives in `arena`, also what diagnostics and rules point to. */
struct cm_rule_loader *cm_rule_loader_new(struct cm_arena *arena);
/*
 * Reads one file.
 *
 * Input:   `file` its name for messages; `text` borrowed until the end of the arena, hostile.
 * Errors:  CM_E_MALFORMED (the text is "FILE:LINE:COLUMN: KIND: what"; also a diagnostic),
 *          CM_E_LIMIT.
 */
CM_MUST_CHECK int cm_rule_loader_add(struct cm_rule_loader *loader, struct cm_sv file,
                                     struct cm_sv text, struct cm_err *err);
/* Errors: as above. */
CM_MUST_CHECK int cm_rule_loader_compile(struct cm_rule_loader *loader,
                                         const struct cm_ruleset **ret, struct cm_err *err);
const struct cm_rule_diagnostic *cm_rule_loader_diagnostics(const struct cm_rule_loader *loader,
                                                            size_t *ret_count);

/* Engine version that rule files may require: 0.63.0. */
enum {
        CM_RULE_ENGINE_MINOR = 63
};

static inline bool cm_event_set_has(const struct cm_event_set *set, size_t number)
{
        return (set->bits[number / 64] >> (number % 64) & 1) != 0;
}
static inline void cm_event_set_add(struct cm_event_set *set, size_t number)
{
        set->bits[number / 64] |= (uint64_t)1 << (number % 64);
}
size_t cm_event_set_count(const struct cm_event_set *set);
