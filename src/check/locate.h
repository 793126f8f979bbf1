/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON pointers (RFC 6901) of nodes within their document. The index over the document is made at
 * the first question, which only results that fail ask.
 */
#pragma once

#include "codec/node.h"

struct cm_node_locator;

/* Everything lives in `arena`, also what is made later. */
struct cm_node_locator *cm_node_locator_new(struct cm_arena *arena, const struct cm_node *root);
/*
 * Finds the node, or, for one that a view made, the node of its kind that stands at the same place.
 * *ret_anchor is the same place where others come and go in lists: an item that has a name stands
 * there with its name instead of its number.
 * Returns: false when there is none. Owns: both live in `out`.
 */
bool cm_node_locate(struct cm_node_locator *locator, struct cm_arena *out,
                    const struct cm_node *wanted, struct cm_sv *ret, struct cm_sv *ret_anchor);
