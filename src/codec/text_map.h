/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the bytes of a text stand that was put together from pieces of another one (lines joined at
 * their continuation marks, heredocs appended to a command).
 */
#pragma once

#include "codec/node.h"

struct cm_text_piece {
        size_t offset; /* in the joined text; ascending, the first is 0 */
        struct cm_node_pos pos;
};

struct cm_text_map {
        struct cm_text_piece *items;
        size_t count;
        size_t capacity;
};

/* A piece ends where the next begins and lies on one line. */
static inline struct cm_node_pos cm_text_map_pos(const struct cm_text_map *map, size_t offset)
{
        size_t low = 0;
        size_t high = map->count;
        while (high - low > 1) {
                size_t middle = low + (high - low) / 2;
                if (map->items[middle].offset <= offset)
                        low = middle;
                else
                        high = middle;
        }
        if (map->count == 0)
                return (struct cm_node_pos){ 0 };
        struct cm_node_pos pos = map->items[low].pos;
        pos.column += (uint32_t)(offset - map->items[low].offset);
        return pos;
}
