/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming check --fix` and `--write`: what is done with the fixes that the checker made. */
#pragma once

#include "cmd/check_run.h"

/*
 * Patches to standard output, unless --write is given; what was not fixed, and why, to standard
 * error. Errors: CM_E_IO.
 */
CM_MUST_CHECK int cm_check_fix_tell(const struct cm_args *args,
                                    const struct cm_check_outcome *outcome, struct cm_err *err);
/*
 * Replaces the files, each whole or not at all, with its mode and owner. Nothing is written when one
 * of them cannot be opened, is a symbolic link, or is not what was checked any more.
 * Errors: CM_E_IO, CM_E_USAGE.
 */
CM_MUST_CHECK int cm_check_fix_write(const struct cm_check_outcome *outcome,
                                     const struct cm_check_kept_list *kept, struct cm_err *err);
