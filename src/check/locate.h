/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON pointer (RFC 6901) of a node within its document: found by looking, only for results. */
#pragma once

#include "codec/node.h"

/* False when `wanted` is not part of the tree (it was made by a view). */
bool cm_node_locate(struct cm_arena *arena, const struct cm_node *root,
                    const struct cm_node *wanted, struct cm_sv *ret);
