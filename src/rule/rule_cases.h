/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of rules as data: events with the process, descriptor and container that they are about, and
 * the rules that must match. The format is in docs/formats/rule-cases.md.
 */
#pragma once

#include "codec/node.h"
#include "rule/evaluate.h"

/* An event that was made from its description, with all it points to. */
struct cm_rule_case {
        struct cm_sv name;
        struct cm_node_pos pos;
        struct cm_event_context context;
        const struct cm_node *expect; /* list of names; NULL */
        struct cm_sv output;          /* of the first rule; "" */
        bool first_only;
};

/*
 * Input:   `source` the file's name; `root` one document of it: a map with "cases".
 * Errors:  CM_E_MALFORMED "FILE:LINE:COLUMN: ...".
 * Owns:    *ret lives in `arena` and borrows from `root`.
 */
CM_MUST_CHECK int cm_rule_cases_load(struct cm_arena *arena, struct cm_sv source,
                                     const struct cm_node *root, const struct cm_rule_case **ret,
                                     size_t *ret_count, struct cm_err *err);
/* Looks whether a case comes out as it should; otherwise `*ret_why` says how not. */
bool cm_rule_case_passes(struct cm_rule_state *state, struct cm_arena *arena,
                         const struct cm_rule_case *test, struct cm_sv *ret_why);
