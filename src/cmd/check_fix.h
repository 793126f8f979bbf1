/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming check --fix` and `--write`: what is done with the fixes that the checker made. */
#pragma once

#include "cmd/check_run.h"

/*
 * Runs the checks on all targets. Patches go to standard output, what was not fixed, and why, to
 * standard error. With --write files are replaced instead, each whole or not at all, with its mode
 * and owner, and the checks run again: *ret and *job are then of that run. Nothing is written when one of
 * them cannot be opened, is a symbolic link, or is not what was checked any more.
 * Errors: CM_E_IO, CM_E_USAGE; those of cm_check_run().
 */
CM_MUST_CHECK int cm_check_fix_run(const struct cm_args *args, struct cm_check_job *job,
                                   const struct cm_check_targets *targets,
                                   struct cm_check_outcome *ret, struct cm_err *err);
