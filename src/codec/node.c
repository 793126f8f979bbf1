/* SPDX-License-Identifier: Apache-2.0 */
/* Building and reading of node.h. Maps of more than a dozen members get a hash index. */
#include "codec/node.h"

#include <stdarg.h>

#include "base/hash.h"
#include "base/vec.h"

enum {
        INDEX_FROM = 12 /* below, comparing lengths and bytes is as fast */
};

static struct cm_node *new_node(struct cm_arena *arena, enum cm_node_type type,
                                struct cm_node_pos pos)
{
        struct cm_node *n = CM_NEW(arena, struct cm_node);
        n->type = type;
        n->pos = pos;
        return n;
}

struct cm_node *cm_node_new_null(struct cm_arena *arena, struct cm_node_pos pos)
{
        return new_node(arena, CM_NODE_NULL, pos);
}

struct cm_node *cm_node_new_bool(struct cm_arena *arena, struct cm_node_pos pos, bool value)
{
        struct cm_node *n = new_node(arena, CM_NODE_BOOL, pos);
        n->boolean = value;
        return n;
}

struct cm_node *cm_node_new_int(struct cm_arena *arena, struct cm_node_pos pos, int64_t value)
{
        struct cm_node *n = new_node(arena, CM_NODE_INT, pos);
        n->integer = value;
        return n;
}

struct cm_node *cm_node_new_real(struct cm_arena *arena, struct cm_node_pos pos, double value)
{
        struct cm_node *n = new_node(arena, CM_NODE_REAL, pos);
        n->real = value;
        return n;
}

struct cm_node *cm_node_new_string(struct cm_arena *arena, struct cm_node_pos pos,
                                   struct cm_sv value)
{
        struct cm_node *n = new_node(arena, CM_NODE_STRING, pos);
        n->text = value;
        return n;
}

struct cm_node *cm_node_new_list(struct cm_arena *arena, struct cm_node_pos pos)
{
        return new_node(arena, CM_NODE_LIST, pos);
}

struct cm_node *cm_node_new_map(struct cm_arena *arena, struct cm_node_pos pos)
{
        return new_node(arena, CM_NODE_MAP, pos);
}

void cm_node_add(struct cm_arena *arena, struct cm_node *list, const struct cm_node *item)
{
        CM_ASSERT(list->type == CM_NODE_LIST);
        list->list.items =
                cm_vec_grow(arena, list->list.items, list->list.count, &list->list.capacity,
                            sizeof(*list->list.items), _Alignof(const struct cm_node *));
        list->list.items[list->list.count++] = item;
}

/* Seeded by the map's address, which nobody outside knows: keys cannot be made to collide. */
static size_t slot_of(const struct cm_node *map, struct cm_sv key)
{
        size_t at = (size_t)cm_hash64(key, (uintptr_t)map) & (map->map.slot_count - 1);
        while (map->map.slots[at] != 0 &&
               !cm_sv_eq(map->map.members[map->map.slots[at] - 1].key, key))
                at = (at + 1) & (map->map.slot_count - 1);
        return at;
}

static void rebuild_index(struct cm_arena *arena, struct cm_node *map)
{
        size_t count = map->map.slot_count == 0 ? 64 : map->map.slot_count * 2;
        map->map.slots = CM_NEW_ARRAY(arena, uint32_t, count);
        map->map.slot_count = count;
        for (size_t i = 0; i < map->map.count; i++)
                map->map.slots[slot_of(map, map->map.members[i].key)] = (uint32_t)i + 1;
}

static struct cm_node_member *find(const struct cm_node *n, struct cm_sv key)
{
        if (n == NULL || n->type != CM_NODE_MAP)
                return NULL;
        if (n->map.slot_count > 0) {
                uint32_t number = n->map.slots[slot_of(n, key)];
                return number == 0 ? NULL : &n->map.members[number - 1];
        }
        for (size_t i = 0; i < n->map.count; i++)
                if (cm_sv_eq(n->map.members[i].key, key))
                        return &n->map.members[i];
        return NULL;
}

bool cm_node_put(struct cm_arena *arena, struct cm_node *map, struct cm_sv key,
                 struct cm_node_pos key_pos, const struct cm_node *value)
{
        CM_ASSERT(map->type == CM_NODE_MAP);
        struct cm_node_member *old = find(map, key);
        if (old != NULL) {
                *old = (struct cm_node_member){ key, key_pos, value };
                return false;
        }
        map->map.members = cm_vec_grow(arena, map->map.members, map->map.count, &map->map.capacity,
                                       sizeof(*map->map.members), _Alignof(struct cm_node_member));
        map->map.members[map->map.count++] = (struct cm_node_member){ key, key_pos, value };
        if (map->map.count > INDEX_FROM && map->map.count * 2 > map->map.slot_count)
                rebuild_index(arena, map);
        else if (map->map.slot_count > 0)
                map->map.slots[slot_of(map, key)] = (uint32_t)map->map.count;
        return true;
}

enum cm_node_type cm_node_type(const struct cm_node *n)
{
        return n == NULL ? CM_NODE_NULL : n->type;
}

const struct cm_node_member *cm_node_member(const struct cm_node *n, struct cm_sv key)
{
        return find(n, key);
}

const struct cm_node *cm_node_get_sv(const struct cm_node *n, struct cm_sv key)
{
        const struct cm_node_member *m = find(n, key);
        return m == NULL ? NULL : m->value;
}

const struct cm_node *cm_node_get(const struct cm_node *n, const char *key)
{
        return cm_node_get_sv(n, cm_sv_from_cstr(key));
}

const struct cm_node *cm_node_path(const struct cm_node *n, ...)
{
        va_list keys;
        va_start(keys, n);
        for (const char *key; n != NULL && (key = va_arg(keys, const char *)) != NULL;)
                n = cm_node_get(n, key);
        va_end(keys);
        return n;
}

const struct cm_node *cm_node_at(const struct cm_node *n, size_t index)
{
        return cm_node_type(n) == CM_NODE_LIST && index < n->list.count ? n->list.items[index]
                                                                        : NULL;
}

const struct cm_node *cm_node_child(const struct cm_node *n, size_t number)
{
        CM_ASSERT(number < cm_node_count(n));
        return n->type == CM_NODE_MAP ? n->map.members[number].value : n->list.items[number];
}

size_t cm_node_count(const struct cm_node *n)
{
        if (cm_node_type(n) == CM_NODE_LIST)
                return n->list.count;
        return cm_node_type(n) == CM_NODE_MAP ? n->map.count : 0;
}

struct cm_sv cm_node_string(const struct cm_node *n)
{
        return cm_node_type(n) == CM_NODE_STRING ? n->text : CM_SV("");
}

struct cm_sv cm_node_get_string(const struct cm_node *n, const char *key)
{
        return cm_node_string(cm_node_get(n, key));
}

int64_t cm_node_int(const struct cm_node *n, int64_t otherwise)
{
        return cm_node_type(n) == CM_NODE_INT ? n->integer : otherwise;
}

bool cm_node_bool(const struct cm_node *n, bool otherwise)
{
        return cm_node_type(n) == CM_NODE_BOOL ? n->boolean : otherwise;
}

const struct cm_node *cm_node_move(struct cm_arena *arena, const struct cm_node *n,
                                   struct cm_node_pos pos)
{
        struct cm_node *copy = NULL;
        if (cm_node_type(n) == CM_NODE_MAP) {
                copy = cm_node_new_map(arena, pos);
                for (size_t i = 0; i < n->map.count; i++)
                        cm_node_put(arena, copy, n->map.members[i].key, pos,
                                    cm_node_move(arena, n->map.members[i].value, pos));
        } else if (cm_node_type(n) == CM_NODE_LIST) {
                copy = cm_node_new_list(arena, pos);
                for (size_t i = 0; i < n->list.count; i++)
                        cm_node_add(arena, copy, cm_node_move(arena, n->list.items[i], pos));
        } else if (n != NULL) {
                copy = CM_NEW(arena, struct cm_node);
                *copy = *n;
                copy->pos = pos;
        }
        return copy;
}

const struct cm_node *cm_node_dup(struct cm_arena *arena, const struct cm_node *n)
{
        struct cm_node *copy = NULL;
        if (cm_node_type(n) == CM_NODE_MAP) {
                copy = cm_node_new_map(arena, n->pos);
                for (size_t i = 0; i < n->map.count; i++)
                        cm_node_put(arena, copy, cm_sv_dup(arena, n->map.members[i].key),
                                    n->map.members[i].key_pos,
                                    cm_node_dup(arena, n->map.members[i].value));
        } else if (cm_node_type(n) == CM_NODE_LIST) {
                copy = cm_node_new_list(arena, n->pos);
                for (size_t i = 0; i < n->list.count; i++)
                        cm_node_add(arena, copy, cm_node_dup(arena, n->list.items[i]));
        } else if (n != NULL) {
                copy = CM_NEW(arena, struct cm_node);
                *copy = *n;
                if (n->type == CM_NODE_STRING)
                        copy->text = cm_sv_dup(arena, n->text);
        }
        return copy;
}
