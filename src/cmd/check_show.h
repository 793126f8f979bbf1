/* SPDX-License-Identifier: Apache-2.0 */
/* The library of checks for commands, and what a check is in words. */
#pragma once

#include "check/library.h"
#include "cmd/command.h"

/* The built-in checks, and those of the files that are named. Owns: *ret lives in args->arena. */
CM_MUST_CHECK int cm_check_library_open(const struct cm_args *args, const char *const *files,
                                        size_t count, struct cm_check_library **ret,
                                        struct cm_err *err);
/* Prints a built-in check. Returns: 0; 1 when no check has this id. */
CM_MUST_CHECK int cm_check_show(const struct cm_args *args, const char *id, struct cm_err *err);
