/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arenas: one per unit of work (an image layer, a package database, a request), with a byte limit,
 * passed explicitly, freed once. Allocation never returns NULL: past the limit (or out of memory)
 * the arena's `on_limit` handler runs and must not return; the default prints "memory limit" and
 * exits with the status of CM_E_LIMIT. Code that must survive uses cm_arena_try_alloc().
 */
#pragma once

#include <string.h>

#include "base/macros.h"

struct cm_arena;

typedef void (*cm_arena_limit_fn)(void *ctx, size_t limit_bytes);

/* `limit_bytes` counts what is handed out plus block overhead. Thread: one thread at a time. */
struct cm_arena *cm_arena_new(size_t limit_bytes);
void cm_arena_set_limit_handler(struct cm_arena *arena, cm_arena_limit_fn fn, void *ctx);
/* The handler that arenas made from now on start with (a worker sets it once at start). */
void cm_arena_set_default_limit_handler(cm_arena_limit_fn fn, void *ctx);
struct cm_arena *cm_arena_free(struct cm_arena *arena); /* takes NULL; returns NULL */
void cm_arena_freep(struct cm_arena **arena);           /* for CM_CLEANUP */
/* Forgets everything allocated, keeps one block for reuse; runs the on_free hooks. */
void cm_arena_reset(struct cm_arena *arena);

/* Uninitialised memory; `align` is a power of two up to 64; size 0 gives a valid pointer. */
void *cm_arena_alloc(struct cm_arena *arena, size_t size_bytes, size_t align);
void *cm_arena_try_alloc(struct cm_arena *arena, size_t size_bytes,
                         size_t align); /* NULL past it */
void *cm_arena_alloc_array(struct cm_arena *arena, size_t count, size_t size_bytes, size_t align);
/* Calls fn(ctx) when the arena is freed or reset; last registered runs first. */
void cm_arena_on_free(struct cm_arena *arena, void (*fn)(void *ctx), void *ctx);

size_t cm_arena_used(const struct cm_arena *arena); /* bytes held */

/* Zeroed memory of a type. */
#define CM_NEW(arena, T) \
        ((T *)memset(cm_arena_alloc((arena), sizeof(T), _Alignof(T)), 0, sizeof(T)))
#define CM_NEW_ARRAY(arena, T, count)                                                   \
        ((T *)memset(cm_arena_alloc_array((arena), (count), sizeof(T), _Alignof(T)), 0, \
                     sizeof(T) * (count)))
