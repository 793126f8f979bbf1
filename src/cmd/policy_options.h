/* SPDX-License-Identifier: Apache-2.0 */
/* What commands that judge have in common: severities as words, and files of waivers. */
#pragma once

#include "cmd/command.h"
#include "model/severity.h"

/* Sets *ret to what option `name` says, one of its choices; leaves it alone when it is not given. */
void cm_policy_severity(const struct cm_args *args, const char *name, enum cm_severity *ret);
/*
 * The text of the file that option `name` names, in args->arena; `what` it is a file of ("waivers").
 * Returns: 0; 1 when the option is not given. Errors: CM_E_USAGE (no such file), CM_E_IO, CM_E_LIMIT.
 */
CM_MUST_CHECK int cm_policy_file(const struct cm_args *args, const char *name, const char *what,
                                 struct cm_sv *ret, struct cm_err *err);
/* The same for a file of waivers. */
CM_MUST_CHECK int cm_policy_waivers(const struct cm_args *args, const char *name, struct cm_sv *ret,
                                    struct cm_err *err);
