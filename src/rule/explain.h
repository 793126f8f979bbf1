/* SPDX-License-Identifier: Apache-2.0 */
/* Compiled rules as text again, for people. */
#pragma once

#include "base/buf.h"
#include "rule/ruleset.h"

/* The condition with macros and lists written out and constants folded, one check a line. Bounded by
 * the buffer: macros within macros may write out to more than there is memory. */
void cm_rule_explain_condition(const struct cm_ruleset *set, const struct cm_rule *rule,
                               struct cm_buf *out);
/* Names of the fields that the condition looks at, with blanks between them, sorted. */
void cm_rule_explain_fields(const struct cm_ruleset *set, const struct cm_rule *rule,
                            struct cm_buf *out);
