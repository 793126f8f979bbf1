/* SPDX-License-Identifier: Apache-2.0 */
/* SIGINT and SIGTERM for commands that stay until they are told to go. */
#pragma once

#include "base/err.h"

/*
 * From now on the two signals end nothing by themselves: they make *ret_fd readable, once and for all.
 * System calls that they interrupt go on, but for poll() and its like. Owns: *ret_fd stays open.
 * Errors: CM_E_ENV.
 */
CM_MUST_CHECK int cm_stop_catch(int *ret_fd, struct cm_err *err);
/* Did one come? */
bool cm_stop_came(void);
