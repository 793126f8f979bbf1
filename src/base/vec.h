/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Typed growable arrays inside an arena. Growing copies and leaves the old block to the arena, so
 * a vector costs at most twice its size there.
 *
 *     CM_VEC(struct cm_pkg) pkgs = { 0 };
 *     *CM_VEC_PUSH(arena, &pkgs) = pkg;
 *     for (size_t i = 0; i < pkgs.count; i++) use(&pkgs.items[i]);
 */
#pragma once

#include "base/arena.h"

#define CM_VEC(T)                \
        struct {                 \
                T *items;        \
                size_t count;    \
                size_t capacity; \
        }

/* Room for one more element, zeroed; yields its address. */
#define CM_VEC_PUSH(arena, vec)                                                                  \
        __extension__({                                                                          \
                (vec)->items =                                                                   \
                        cm_vec_grow((arena), (vec)->items, (vec)->count, &(vec)->capacity,       \
                                    sizeof(*(vec)->items), _Alignof(__typeof__(*(vec)->items))); \
                &(vec)->items[(vec)->count++];                                                   \
        })

/* Returns storage for at least count + 1 elements; element `count` is zeroed. */
void *cm_vec_grow(struct cm_arena *arena, void *items, size_t count, size_t *capacity,
                  size_t size_bytes, size_t align);
