/* SPDX-License-Identifier: Apache-2.0 */
/* Comparing a run of checks with earlier ones: --baseline and --history of `check` and `comply`. */
#pragma once

#include "cmd/command.h"
#include "model/check_record.h"

/* The rows of the options. */
/* clang-format off */
#define CM_OPTS_HISTORY                                                                         \
        { .name = "baseline",                                                                   \
          .kind = CM_OPT_VALUE,                                                                 \
          .arg = "FILE",                                                                        \
          .help = "saved report (json): only failures that it does not have count",             \
          .in_config = true,                                                                    \
          .heading = "Earlier runs" },                                                          \
                { .name = "history",                                                            \
                  .kind = CM_OPT_VALUE,                                                         \
                  .arg = "FILE.db",                                                             \
                  .help = "add this run to a history",                                          \
                  .in_config = true }
/* clang-format on */

/* A saved report. Errors: CM_E_USAGE (no such file), CM_E_MALFORMED, CM_E_IO. */
CM_MUST_CHECK int cm_check_record_load(struct cm_arena *arena, const char *path,
                                       struct cm_check_record *ret, struct cm_err *err);
/* Says of the outcome which checks there were, and applies --baseline. */
CM_MUST_CHECK int cm_check_baseline(const struct cm_args *args, struct cm_arena *arena,
                                    struct cm_check_outcome *outcome, struct cm_err *err);
/* Adds the run to --history. `framework` is "" for coaming check; its totals are then rows. */
CM_MUST_CHECK int cm_check_history(const struct cm_args *args, struct cm_arena *arena,
                                   const struct cm_check_outcome *outcome, struct cm_sv framework,
                                   const uint64_t totals[CM_CHECK_STATE_COUNT], struct cm_err *err);
