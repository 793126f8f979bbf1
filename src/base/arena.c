/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arena allocator of arena.h: a list of blocks, the newest first, bump allocation inside the
 * newest. Blocks double from 4 KiB to 1 MiB so that small units stay small and large ones make few
 * calls of malloc; a request larger than a block gets a block of its own.
 */
#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"

enum {
        BLOCK_BYTES_MIN = 4096,
        BLOCK_BYTES_MAX = 1 << 20
};

struct block {
        struct block *next;
        size_t size_bytes; /* of data */
        size_t used_bytes;
        _Alignas(64) char data[];
};

struct hook {
        struct hook *next;
        void (*fn)(void *ctx);
        void *ctx;
};

struct cm_arena {
        struct block *blocks;
        struct hook *hooks;
        size_t limit_bytes;
        size_t held_bytes; /* sum of all blocks with headers */
        size_t next_block_bytes;
        cm_arena_limit_fn on_limit;
        void *on_limit_ctx;
};

static void limit_default(void *ctx, size_t limit_bytes)
{
        (void)ctx;
        fprintf(stderr, "coaming: memory limit of %zu bytes for one unit of work is reached\n",
                limit_bytes);
        exit(cm_err_exit_status(CM_E_LIMIT));
}

static cm_arena_limit_fn default_fn = limit_default;
static void *default_ctx;

void cm_arena_set_default_limit_handler(cm_arena_limit_fn fn, void *ctx)
{
        default_fn = fn == NULL ? limit_default : fn;
        default_ctx = ctx;
}

struct cm_arena *cm_arena_new(size_t limit_bytes)
{
        struct cm_arena *arena = calloc(1, sizeof(*arena));
        if (arena == NULL) {
                default_fn(default_ctx, limit_bytes);
                abort();
        }
        arena->limit_bytes = limit_bytes;
        arena->next_block_bytes = BLOCK_BYTES_MIN;
        arena->on_limit = default_fn;
        arena->on_limit_ctx = default_ctx;
        return arena;
}

void cm_arena_set_limit_handler(struct cm_arena *arena, cm_arena_limit_fn fn, void *ctx)
{
        arena->on_limit = fn;
        arena->on_limit_ctx = ctx;
}

static void run_hooks(struct cm_arena *arena)
{
        struct hook *hook = arena->hooks;
        arena->hooks = NULL;
        for (; hook != NULL; hook = hook->next)
                hook->fn(hook->ctx);
}

struct cm_arena *cm_arena_free(struct cm_arena *arena)
{
        if (arena == NULL)
                return NULL;
        run_hooks(arena);
        for (struct block *b = arena->blocks; b != NULL;) {
                struct block *next = b->next;
                free(b);
                b = next;
        }
        free(arena);
        return NULL;
}

void cm_arena_freep(struct cm_arena **arena)
{
        *arena = cm_arena_free(*arena);
}

void cm_arena_reset(struct cm_arena *arena)
{
        run_hooks(arena);
        struct block *keep = arena->blocks;
        if (keep == NULL)
                return;
        for (struct block *b = keep->next; b != NULL;) {
                struct block *next = b->next;
                free(b);
                b = next;
        }
        keep->next = NULL;
        keep->used_bytes = 0;
        arena->held_bytes = sizeof(*keep) + keep->size_bytes;
}

static struct block *block_add(struct cm_arena *arena, size_t need_bytes)
{
        size_t size = CM_MAX(arena->next_block_bytes, need_bytes);
        size_t total = 0;
        size_t held = 0;
        if (__builtin_add_overflow(size, sizeof(struct block), &total) ||
            __builtin_add_overflow(arena->held_bytes, total, &held))
                return NULL;
        if (held > arena->limit_bytes) {
                /* The doubling must not waste the last part of the budget. */
                size = need_bytes;
                if (__builtin_add_overflow(size, sizeof(struct block), &total) ||
                    __builtin_add_overflow(arena->held_bytes, total, &held) ||
                    held > arena->limit_bytes)
                        return NULL;
        }
        struct block *b = aligned_alloc(_Alignof(struct block), (total + 63) & ~(size_t)63);
        if (b == NULL)
                return NULL;
        b->size_bytes = size;
        b->used_bytes = 0;
        b->next = arena->blocks;
        arena->blocks = b;
        arena->held_bytes = held;
        if (arena->next_block_bytes < BLOCK_BYTES_MAX)
                arena->next_block_bytes *= 2;
        return b;
}

void *cm_arena_try_alloc(struct cm_arena *arena, size_t size_bytes, size_t align)
{
        CM_ASSERT(align > 0 && align <= 64 && (align & (align - 1)) == 0);
        struct block *b = arena->blocks;
        if (b != NULL) {
                size_t at = (b->used_bytes + align - 1) & ~(align - 1);
                if (at <= b->size_bytes && size_bytes <= b->size_bytes - at) {
                        b->used_bytes = at + size_bytes;
                        return b->data + at;
                }
        }
        b = block_add(arena, size_bytes);
        if (b == NULL)
                return NULL;
        b->used_bytes = size_bytes;
        return b->data;
}

void *cm_arena_alloc(struct cm_arena *arena, size_t size_bytes, size_t align)
{
        void *p = cm_arena_try_alloc(arena, size_bytes, align);
        if (CM_UNLIKELY(p == NULL)) {
                arena->on_limit(arena->on_limit_ctx, arena->limit_bytes);
                abort(); /* the handler promised not to return */
        }
        return p;
}

void *cm_arena_alloc_array(struct cm_arena *arena, size_t count, size_t size_bytes, size_t align)
{
        size_t total = 0;
        if (__builtin_mul_overflow(count, size_bytes, &total)) {
                arena->on_limit(arena->on_limit_ctx, arena->limit_bytes);
                abort();
        }
        return cm_arena_alloc(arena, total, align);
}

void cm_arena_on_free(struct cm_arena *arena, void (*fn)(void *ctx), void *ctx)
{
        struct hook *hook = CM_NEW(arena, struct hook);
        hook->fn = fn;
        hook->ctx = ctx;
        hook->next = arena->hooks;
        arena->hooks = hook;
}

size_t cm_arena_used(const struct cm_arena *arena)
{
        return arena->held_bytes;
}
