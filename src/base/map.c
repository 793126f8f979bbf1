/* SPDX-License-Identifier: Apache-2.0 */
/* Open-addressing tables of map.h. The seed comes from the address space layout: cheap, per run. */
#include "base/map.h"

#include <stdlib.h>

#include "base/hash.h"

void cm_map_init(struct cm_map *map, struct cm_arena *arena)
{
        *map = (struct cm_map){ .arena = arena };
        map->seed = cm_hash64_mix((uint64_t)(uintptr_t)arena, (uint64_t)(uintptr_t)map);
}

static size_t slot_of(const struct cm_map *map, struct cm_sv key)
{
        size_t at = (size_t)cm_hash64(key, map->seed) & (map->slot_count - 1);
        while (map->slots[at] != 0 && !cm_sv_eq(map->entries[map->slots[at] - 1].key, key))
                at = (at + 1) & (map->slot_count - 1);
        return at;
}

static void grow(struct cm_map *map)
{
        size_t capacity = map->capacity == 0 ? 8 : map->capacity * 2;
        CM_ASSERT(capacity < UINT32_MAX / 2);
        struct cm_map_entry *entries = CM_NEW_ARRAY(map->arena, struct cm_map_entry, capacity);
        if (map->count > 0)
                memcpy(entries, map->entries, map->count * sizeof(*entries));
        map->entries = entries;
        map->capacity = capacity;
        map->slot_count = capacity * 2;
        map->slots = CM_NEW_ARRAY(map->arena, uint32_t, map->slot_count);
        for (size_t i = 0; i < map->count; i++)
                map->slots[slot_of(map, entries[i].key)] = (uint32_t)i + 1;
}

void *cm_map_get(const struct cm_map *map, struct cm_sv key)
{
        if (map->count == 0)
                return NULL;
        uint32_t index = map->slots[slot_of(map, key)];
        return index == 0 ? NULL : map->entries[index - 1].value;
}

bool cm_map_has(const struct cm_map *map, struct cm_sv key)
{
        return map->count != 0 && map->slots[slot_of(map, key)] != 0;
}

bool cm_map_put(struct cm_map *map, struct cm_sv key, void *value)
{
        if (map->count == map->capacity)
                grow(map);
        size_t at = slot_of(map, key);
        if (map->slots[at] != 0) {
                map->entries[map->slots[at] - 1].value = value;
                return false;
        }
        map->entries[map->count] = (struct cm_map_entry){ key, value };
        map->slots[at] = (uint32_t)++map->count;
        return true;
}

void cm_u64set_fini(struct cm_u64set *set)
{
        free(set->slots);
        *set = (struct cm_u64set){ 0 };
}

static size_t u64_slot(const uint64_t *slots, size_t slot_count, uint64_t value)
{
        size_t at = (size_t)(value * 0x9e3779b97f4a7c15U >> 20) & (slot_count - 1);
        while (slots[at] != 0 && slots[at] != value)
                at = (at + 1) & (slot_count - 1);
        return at;
}

bool cm_u64set_has(const struct cm_u64set *set, uint64_t value)
{
        value = value == 0 ? 1 : value;
        return set->count != 0 && set->slots[u64_slot(set->slots, set->slot_count, value)] != 0;
}

static void u64_grow(struct cm_u64set *set)
{
        size_t slot_count = set->slot_count == 0 ? 64 : set->slot_count * 2;
        uint64_t *slots = calloc(slot_count, sizeof(*slots));
        CM_ASSERT(slots != NULL);
        for (size_t i = 0; i < set->slot_count; i++)
                if (set->slots[i] != 0)
                        slots[u64_slot(slots, slot_count, set->slots[i])] = set->slots[i];
        free(set->slots);
        set->slots = slots;
        set->slot_count = slot_count;
}

bool cm_u64set_add(struct cm_u64set *set, uint64_t value)
{
        value = value == 0 ? 1 : value;
        if (set->count * 4 >= set->slot_count * 3)
                u64_grow(set);
        size_t at = u64_slot(set->slots, set->slot_count, value);
        if (set->slots[at] != 0)
                return false;
        set->slots[at] = value;
        set->count++;
        return true;
}
