/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frameworks and examples that are built into the program: packed from checks/frameworks by
 * tools/pack_checks.c, which refuses those that do not fit the checks.
 */
#pragma once

#include "base/buf.h"
#include "comply/examples.h"

/* Errors: CM_E_INTERNAL (the pack is damaged). Owns: all lives in `arena`. */
CM_MUST_CHECK int cm_frameworks_open(struct cm_arena *arena, struct cm_frameworks *ret,
                                     struct cm_err *err);
CM_MUST_CHECK int cm_examples_open(struct cm_arena *arena, struct cm_examples *ret,
                                   struct cm_err *err);

/* One framework or file of examples, for the build's own tool. */
void cm_frameworks_pack_write(struct cm_buf *buf, struct cm_sv source, const struct cm_node *root);
