/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evaluates checks on subjects: the state of each pair, what decided it and where that stands.
 *
 * One pair may give several results: with `each`, every item that fails or is unknown has its own.
 * A pair without any gets none. An expression that has no value (a key is missing, a type is wrong,
 * a source was unavailable, the cost limit is reached) is UNKNOWN with the sub-expression that
 * failed; never PASS.
 */
#pragma once

#include "base/vec.h"
#include "check/document.h"

struct cm_check_set;

struct cm_check_settings {
        uint32_t k8s_minor;            /* 1.<this>; rules for other versions do not apply */
        const struct cm_node *profile; /* {name, tags} */
        const struct cm_node *params;  /* check id -> name -> value, over the checks' defaults */
        int64_t now_s;
        bool with_fixes; /* results say what would mend them */
};

/* Orders rules by view. `checks` are borrowed and must outlive the set. Lives in `arena`. */
struct cm_check_set *cm_check_set_new(struct cm_arena *arena, const struct cm_check *checks,
                                      size_t count, const struct cm_check_settings *settings);

/* Does some check have a rule for this view? */
bool cm_check_set_has(const struct cm_check_set *set, const struct cm_check_view *view);

/* Where results go. What one points at lives until put() returns, or longer. */
struct cm_check_sink {
        int (*put)(struct cm_check_sink *sink, const struct cm_check_result *result,
                   struct cm_err *err);
};

/* A check without rules, asked once: MANUAL, of no object. Errors: those of the sink. */
CM_MUST_CHECK int cm_check_ask(const struct cm_check *check, struct cm_check_sink *sink,
                               struct cm_err *err);

/*
 * Gives out the results of all checks that have a rule for the subject's view.
 * Input:   `scratch` is for values of expressions: the caller resets it between subjects.
 * Errors:  those of the sink.
 * Thread:  one per set.
 */
CM_MUST_CHECK int cm_check_subject(struct cm_check_set *set, struct cm_arena *scratch,
                                   const struct cm_subject *subject, struct cm_check_sink *sink,
                                   struct cm_err *err);
