/* SPDX-License-Identifier: Apache-2.0 */
/* The audit rules that the running kernel has loaded. Spec: linux/audit.h, AUDIT_LIST_RULES. */
#pragma once

#include "base/err.h"
#include "base/sv.h"

/*
 * Calls `put` with the bytes of each struct audit_rule_data, which are borrowed.
 *
 * Errors: CM_E_ENV: not permitted (CAP_AUDIT_CONTROL, or another user namespace), or the kernel has
 *         no auditing; CM_E_MALFORMED: the answer is none.
 * Limits: waits a second at most.
 */
CM_MUST_CHECK int cm_audit_rules_list(void (*put)(void *ctx, struct cm_sv rule), void *ctx,
                                      struct cm_err *err);
