/* SPDX-License-Identifier: Apache-2.0 */
/* JSON pointers (RFC 6901) token by token. */
#pragma once

#include "base/buf.h"
#include "codec/node.h"

/* Takes the next token off "/token..."; false when nothing is left, or it does not begin with '/'. */
bool cm_pointer_next(struct cm_arena *arena, struct cm_sv *rest, struct cm_sv *ret_token);
/* "/token", escaped. */
void cm_pointer_put(struct cm_buf *out, struct cm_sv token);
/* The pointer to a member of what `pointer` leads to. */
struct cm_sv cm_pointer_join(struct cm_arena *arena, struct cm_sv pointer, struct cm_sv token);
/* What a pointer leads to; NULL: nothing. */
const struct cm_node *cm_pointer_get(struct cm_arena *arena, const struct cm_node *root,
                                     struct cm_sv pointer);
/* The number of the member or item; the count when there is none. */
size_t cm_pointer_child(const struct cm_node *n, struct cm_sv token);
