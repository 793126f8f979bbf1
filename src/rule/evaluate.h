/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules at work: which of them an event matches, and what the alert says. A state belongs to one
 * thread; rules are shared. In the steady state nothing is allocated.
 */
#pragma once

#include "base/buf.h"
#include "model/process.h"
#include "rule/ruleset.h"

struct cm_rule_state;

/* Owns: borrows `rules` until it is freed. */
struct cm_rule_state *cm_rule_state_new(const struct cm_ruleset *rules);
void cm_rule_state_free(struct cm_rule_state *state); /* takes NULL */
void cm_rule_state_freep(struct cm_rule_state **state);

/*
 * Looks for rules that an event matches, in their order.
 *
 * Input:   `c` borrowed until the next call: values of fields point into it.
 * Returns: how many were found, at most `max` (1: the first, as Falco has it by default).
 */
size_t cm_rules_match(struct cm_rule_state *state, const struct cm_event_context *c,
                      const struct cm_rule **ret, size_t max);
/* Checks that were looked at, and events for which a value did not fit into memory, since the start. */
uint64_t cm_rule_state_checks(const struct cm_rule_state *state);
uint64_t cm_rule_state_shortages(const struct cm_rule_state *state);

/* The output of a rule for the event of the last cm_rules_match(), without time and priority. */
void cm_rule_put_message(struct cm_rule_state *state, const struct cm_rule *rule,
                         struct cm_buf *out);
/* "08:00:00.000000000: Warning MESSAGE", as Falco prints it; the time is UTC. */
void cm_rule_put_text(struct cm_rule_state *state, const struct cm_rule *rule, struct cm_buf *out);
/* One line of JSON with Falco's keys. */
void cm_rule_put_json(struct cm_rule_state *state, const struct cm_rule *rule, struct cm_buf *out);
