/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tree with one thing changed. What does not change is shared with the tree it was made from.
 *
 * Spec: RFC 6901 (pointers; "-" is behind the last item).
 */
#pragma once

#include "base/err.h"
#include "codec/node.h"

/*
 * The tree with `value` at `pointer`; maps on the way that are missing or
 * null are made. `value` NULL: what is
 * there is left out.
 * Errors: CM_E_MALFORMED: the pointer leads through something that is neither map nor list, or
 *         past the end of a list; there is nothing to leave out.
 */
CM_MUST_CHECK int cm_node_with(struct cm_arena *arena, const struct cm_node *root,
                               struct cm_sv pointer, const struct cm_node *value,
                               const struct cm_node **ret, struct cm_err *err);
