/* SPDX-License-Identifier: Apache-2.0 */
/* JSON pointers (RFC 6901) token by token. */
#pragma once

#include "codec/node.h"

/* Takes the next token off "/token..."; false when nothing is left, or it does not begin with '/'. */
bool cm_pointer_next(struct cm_arena *arena, struct cm_sv *rest, struct cm_sv *ret_token);
/* The number of the member or item; the count when there is none. */
size_t cm_pointer_child(const struct cm_node *n, struct cm_sv token);
