/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a foreign program that the user configured or asked for (a credential helper, helm), without a
 * shell. Not for: roles of this program (os/spawn.h).
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct cm_run_options {
        const char *const *argv;        /* argv[0] is looked for on PATH; NULL-terminated */
        const char *const *environment; /* "NAME=value" beside our own, or instead of it where the
                                           name is the same; NULL-terminated, or NULL */
        struct cm_sv input;             /* its standard input, at most 4 KiB */
        int timeout_ms;
        struct cm_buf *errors; /* what it prints to standard error, as far as it fits; NULL: kept */
};

/*
 * Returns: 0 with its wait status and what it printed; 1 when there is no such program.
 * Errors:  CM_E_ENV: could not start, or still running after `timeout_ms` (then it is killed);
 *          CM_E_LIMIT: printed more than the buffer's maximum.
 */
CM_MUST_CHECK int cm_run_capture(const struct cm_run_options *options, struct cm_buf *ret_output,
                                 int *ret_status, struct cm_err *err);
