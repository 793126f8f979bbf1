/* SPDX-License-Identifier: Apache-2.0 */
/* The stack of open containers of node_build.h. */
#include "codec/node_build.h"

#include "base/vec.h"

enum {
        BLOCK_NODES = 64,
        SMALL_MAP = 8
};

struct cm_node *cm_node_build_new(struct cm_node_build *b, enum cm_node_type type,
                                  struct cm_node_pos pos)
{
        if (b->nodes >= CM_NODE_COUNT_MAX)
                return NULL;
        b->nodes++;
        if (b->block_left == 0) {
                b->block_left = b->nodes < BLOCK_NODES ? 8 : BLOCK_NODES;
                b->block = CM_NEW_ARRAY(b->arena, struct cm_node, b->block_left);
        }
        b->block_left--;
        struct cm_node *n = b->block++;
        n->type = type;
        n->pos = pos;
        return n;
}

void cm_node_build_place(struct cm_node_build *b, const struct cm_node *n)
{
        struct cm_node_level *top = cm_node_build_top(b);
        if (top == NULL) {
                b->root = n;
                return;
        }
        CM_ASSERT(top->node->type == CM_NODE_LIST || top->has_key);
        if (b->count == b->capacity)
                b->entries = cm_vec_grow(b->arena, b->entries, b->count, &b->capacity,
                                         sizeof(*b->entries), _Alignof(struct cm_node_member));
        b->entries[b->count++] = (struct cm_node_member){ top->key, top->key_pos, n };
        top->has_key = false;
}

bool cm_node_build_open(struct cm_node_build *b, struct cm_node *container)
{
        if (b->depth >= CM_NODE_DEPTH_MAX)
                return false;
        cm_node_build_place(b, container);
        b->levels = cm_vec_grow(b->arena, b->levels, b->depth, &b->levels_capacity,
                                sizeof(*b->levels), _Alignof(struct cm_node_level));
        b->levels[b->depth++] = (struct cm_node_level){ .node = container, .base = b->count };
        return true;
}

static void fill_list(struct cm_node_build *b, struct cm_node *list, size_t base)
{
        size_t count = b->count - base;
        list->list.items = cm_arena_alloc_array(b->arena, count, sizeof(*list->list.items),
                                                _Alignof(const struct cm_node *));
        list->list.count = count;
        list->list.capacity = count;
        for (size_t i = 0; i < count; i++)
                list->list.items[i] = b->entries[base + i].value;
}

/* Few members of different keys: no index is needed and comparing is quickest. */
static bool fill_small_map(struct cm_node *map, const struct cm_node_member *from, size_t count)
{
        if (count > SMALL_MAP)
                return false;
        for (size_t i = 1; i < count; i++)
                for (size_t k = 0; k < i; k++)
                        if (from[i].key.len == from[k].key.len &&
                            cm_sv_eq(from[i].key, from[k].key))
                                return false;
        memcpy(map->map.members, from, count * sizeof(*from));
        map->map.count = count;
        return true;
}

static size_t fill_map(struct cm_node_build *b, struct cm_node *map, size_t base,
                       struct cm_node_member *ret_first, struct cm_node_member *ret_again)
{
        size_t count = b->count - base;
        size_t dropped = 0;
        map->map.capacity = count;
        map->map.members = cm_arena_alloc_array(b->arena, count, sizeof(*map->map.members),
                                                _Alignof(struct cm_node_member));
        if (fill_small_map(map, b->entries + base, count))
                return 0;
        for (size_t i = base; i < b->count; i++) {
                const struct cm_node_member *m = &b->entries[i];
                const struct cm_node_member *old = cm_node_member(map, m->key);
                if (old != NULL) {
                        dropped++;
                        *ret_first = *old;
                        *ret_again = *m;
                }
                cm_node_put(b->arena, map, m->key, m->key_pos, m->value);
        }
        return dropped;
}

size_t cm_node_build_close(struct cm_node_build *b, struct cm_node_member *ret_first,
                           struct cm_node_member *ret_again)
{
        CM_ASSERT(b->depth > 0);
        struct cm_node_level *top = cm_node_build_top(b);
        size_t dropped = 0;
        if (b->count > top->base) {
                if (top->node->type == CM_NODE_LIST)
                        fill_list(b, top->node, top->base);
                else
                        dropped = fill_map(b, top->node, top->base, ret_first, ret_again);
        }
        b->count = top->base;
        b->depth--;
        return dropped;
}
