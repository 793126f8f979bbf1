/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hash map from byte strings to pointers, in an arena; keys are borrowed (dup them first when
 * their buffer goes away). Insertion order is kept, so that walking it is deterministic. And a set
 * of 64-bit hashes, for paths too many to keep.
 */
#pragma once

#include "base/arena.h"
#include "base/sv.h"

struct cm_map_entry {
        struct cm_sv key;
        void *value;
};

struct cm_map {
        struct cm_arena *arena;
        struct cm_map_entry *entries; /* in insertion order */
        size_t count;
        size_t capacity;
        uint32_t *slots; /* index + 1 into entries; 0 is free */
        size_t slot_count;
        uint64_t seed;
};

void cm_map_init(struct cm_map *map, struct cm_arena *arena);
void *cm_map_get(const struct cm_map *map, struct cm_sv key); /* NULL when absent */
bool cm_map_has(const struct cm_map *map, struct cm_sv key);
/* Inserts or replaces; true when the key was new. */
bool cm_map_put(struct cm_map *map, struct cm_sv key, void *value);

/* Open-addressing set of non-zero 64-bit values, on the heap. */
struct cm_u64set {
        uint64_t *slots;
        size_t slot_count;
        size_t count;
};

void cm_u64set_fini(struct cm_u64set *set);
bool cm_u64set_has(const struct cm_u64set *set, uint64_t value);
/* true when it was new. Aborts the process when memory is out (callers cap the count). */
bool cm_u64set_add(struct cm_u64set *set, uint64_t value);
