/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What makes one tree of another, as a JSON patch.
 *
 * Spec: RFC 6902 (operations add, remove and replace), RFC 6901.
 */
#pragma once

#include "base/buf.h"
#include "codec/node.h"

/* Writes a JSON list of operations; "[]" when the trees are the same. Order of members is no change. */
void cm_json_patch_put(struct cm_arena *arena, struct cm_buf *out, const struct cm_node *before,
                       const struct cm_node *after);
