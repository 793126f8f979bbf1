/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a foreign program that the user configured (a credential helper), without a shell. Not for:
 * roles of this program (os/spawn.h).
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/*
 * Input:   argv[0] is looked for on PATH. `input` is its standard input; standard error is kept.
 * Returns: 0 with its wait status and what it printed; 1 when there is no such program.
 * Errors:  CM_E_ENV: could not start, or still running after `timeout_ms` (then it is killed);
 *          CM_E_LIMIT: printed more than the buffer's maximum.
 */
CM_MUST_CHECK int cm_run_capture(const char *const *argv, struct cm_sv input, int timeout_ms,
                                 struct cm_buf *ret_output, int *ret_status, struct cm_err *err);
