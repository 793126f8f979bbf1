/* SPDX-License-Identifier: Apache-2.0 */
/* Audit rules in the kernel's own form, to the nodes that cm_host_text_audit() makes. Pure. */
#pragma once

#include "host/host_internal.h"

/*
 * One struct audit_rule_data. Bytes that are none are passed over. System calls that checks do not
 * name are given as numbers.
 * Spec: linux/audit.h; auditctl(8).
 */
void cm_host_audit_loaded(struct cm_arena *arena, struct cm_sv rule, struct cm_node *list);
