/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the readers of codec/node.h share: nodes come in blocks, the members of open containers wait
 * on one stack and are copied once, to their size, when the container closes. Enforces
 * CM_NODE_DEPTH_MAX and CM_NODE_COUNT_MAX. Internal to codec/.
 */
#pragma once

#include "base/limits.h"
#include "codec/node.h"

struct cm_node_level {
        struct cm_node *node;
        size_t base; /* its first entry on the stack */
        struct cm_sv key;
        struct cm_node_pos key_pos;
        bool has_key;
};

struct cm_node_build {
        struct cm_arena *arena;
        struct cm_node_member *entries;
        size_t count;
        size_t capacity;
        struct cm_node_level *levels; /* open containers */
        size_t depth;
        size_t levels_capacity;
        size_t nodes;
        struct cm_node *block;
        size_t block_left;
        const struct cm_node *root;
};

/* A zeroed node; NULL when CM_NODE_COUNT_MAX are made. */
struct cm_node *cm_node_build_new(struct cm_node_build *b, enum cm_node_type type,
                                  struct cm_node_pos pos);
/* The container that is open, or NULL. */
static inline struct cm_node_level *cm_node_build_top(struct cm_node_build *b)
{
        return b->depth == 0 ? NULL : &b->levels[b->depth - 1];
}
static inline bool cm_node_build_wants_key(const struct cm_node_build *b)
{
        return b->depth > 0 && b->levels[b->depth - 1].node->type == CM_NODE_MAP &&
               !b->levels[b->depth - 1].has_key;
}
/* Puts a value into the open container (under the key that was set), or makes it the root. */
void cm_node_build_place(struct cm_node_build *b, const struct cm_node *n);
/* Places and opens; false when CM_NODE_DEPTH_MAX are open. */
bool cm_node_build_open(struct cm_node_build *b, struct cm_node *container);
/*
 * Closes the innermost container. Of members with the same key the last counts, in the first one's
 * place. Returns: how many were dropped so; *ret_again and *ret_first tell the last of them and the
 * one it replaced.
 */
size_t cm_node_build_close(struct cm_node_build *b, struct cm_node_member *ret_first,
                           struct cm_node_member *ret_again);
