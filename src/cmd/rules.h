/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands of `coaming rules` share. */
#pragma once

#include "cmd/command.h"
#include "rule/evaluate.h"

/*
 * Loads rule files, directories of them (*.yml and *.yaml, sorted) and compiles them. Diagnostics go
 * to stderr: errors always, warnings when `show_warnings`.
 * Errors: those of the loader; CM_E_USAGE when there is no such file.
 */
CM_MUST_CHECK int cm_rules_open(struct cm_arena *arena, const char *const *files, size_t count,
                                bool show_warnings, struct cm_rule_loader **ret_loader,
                                const struct cm_ruleset **ret, struct cm_err *err);
/* One diagnostic, with the line of the condition and a caret under the place. */
void cm_rules_put_diagnostic(struct cm_buf *out, const struct cm_rule_diagnostic *d);
CM_MUST_CHECK int cm_rules_read(struct cm_arena *arena, const char *file, size_t bytes_max,
                                struct cm_sv *ret, struct cm_err *err);

extern const struct cm_cmd cm_rules_explain_command;
extern const struct cm_cmd cm_rules_test_command;
extern const struct cm_cmd cm_rules_run_command;
extern const struct cm_cmd cm_rules_bench_command;
