/* SPDX-License-Identifier: Apache-2.0 */
/* Implementation of shadow.h. Hashes are seeded per process: collisions cannot be prepared. */
#include "image/shadow.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/hash.h"
#include "base/map.h"

enum {
        PENDING_WAIT = 1 << 18, /* entries kept before a layer waits for those below */
        PENDING_MAX = 16 << 20, /* of a stream, whose order is known only at its end */
        POLL_EVERY = 4096,      /* entries between looks at the lower layers */
};

struct cm_shadow_order {
        pthread_mutex_t mutex;
        pthread_cond_t changed;
        size_t layer_count;
        size_t done_prefix; /* layers [0, done_prefix) are done */
        bool aborted;
        bool *done;
        struct cm_sv *records;
};

struct target {
        uint64_t key;
        struct cm_sv path; /* owned */
};

struct cm_shadow {
        struct cm_shadow_order *order;
        size_t layer;
        struct cm_records *records;
        uint64_t seed;
        struct cm_u64set own; /* keys of what this layer recorded */
        bool lower_ready;
        struct target *lower; /* open addressing; key 0 is free */
        size_t lower_slots;
        size_t lower_count;
        uint64_t *pending;
        size_t pending_count;
        size_t pending_capacity;
        size_t until_poll;
};

static uint64_t process_seed(void)
{
        static uint64_t seed;
        uint64_t known = __atomic_load_n(&seed, __ATOMIC_RELAXED);
        if (known != 0)
                return known;
        uint64_t fresh = 0;
        if (getrandom(&fresh, sizeof(fresh), 0) != (ssize_t)sizeof(fresh))
                fresh = (uint64_t)(uintptr_t)&seed;
        fresh |= 1;
        /* Whoever came first wins: all layers must agree. */
        return __atomic_compare_exchange_n(&seed, &known, fresh, false, __ATOMIC_RELAXED,
                                           __ATOMIC_RELAXED)
                       ? fresh
                       : known;
}

/* Two key kinds: the path itself (even) and "some recorded path lies below" (odd). */
static uint64_t key_exact(const struct cm_shadow *s, struct cm_sv path)
{
        uint64_t h = cm_hash64(path, s->seed) & ~(uint64_t)1;
        return h == 0 ? 2 : h;
}

struct cm_shadow_order *cm_shadow_order_new(size_t layer_count)
{
        struct cm_shadow_order *order = calloc(1, sizeof(*order));
        CM_ASSERT(order != NULL);
        pthread_mutex_init(&order->mutex, NULL);
        pthread_cond_init(&order->changed, NULL);
        order->layer_count = layer_count;
        order->done = calloc(layer_count + 1, sizeof(*order->done));
        order->records = calloc(layer_count + 1, sizeof(*order->records));
        CM_ASSERT(order->done != NULL && order->records != NULL);
        return order;
}

struct cm_shadow_order *cm_shadow_order_free(struct cm_shadow_order *order)
{
        if (order == NULL)
                return NULL;
        pthread_mutex_destroy(&order->mutex);
        pthread_cond_destroy(&order->changed);
        free(order->done);
        free(order->records);
        free(order);
        return NULL;
}

void cm_shadow_order_done(struct cm_shadow_order *order, size_t layer, struct cm_sv records)
{
        CM_ASSERT(layer < order->layer_count);
        pthread_mutex_lock(&order->mutex);
        order->records[layer] = records;
        order->done[layer] = true;
        while (order->done_prefix < order->layer_count && order->done[order->done_prefix])
                order->done_prefix++;
        pthread_cond_broadcast(&order->changed);
        pthread_mutex_unlock(&order->mutex);
}

void cm_shadow_order_abort(struct cm_shadow_order *order)
{
        pthread_mutex_lock(&order->mutex);
        order->aborted = true;
        pthread_cond_broadcast(&order->changed);
        pthread_mutex_unlock(&order->mutex);
}

struct cm_shadow *cm_shadow_new(struct cm_shadow_order *order, size_t layer,
                                struct cm_records *records)
{
        struct cm_shadow *s = calloc(1, sizeof(*s));
        CM_ASSERT(s != NULL);
        s->order = order;
        s->layer = layer;
        s->records = records;
        s->seed = process_seed();
        return s;
}

static void lower_clear(struct cm_shadow *s)
{
        for (size_t i = 0; i < s->lower_slots; i++)
                free((void *)(uintptr_t)s->lower[i].path.ptr);
        free(s->lower);
        s->lower = NULL;
        s->lower_slots = s->lower_count = 0;
}

struct cm_shadow *cm_shadow_free(struct cm_shadow *s)
{
        if (s == NULL)
                return NULL;
        lower_clear(s);
        cm_u64set_fini(&s->own);
        free(s->pending);
        free(s);
        return NULL;
}

static struct target *lower_find(struct target *table, size_t slots, uint64_t key)
{
        size_t at = (size_t)(key >> 20) & (slots - 1);
        while (table[at].key != 0 && table[at].key != key)
                at = (at + 1) & (slots - 1);
        return &table[at];
}

static void lower_add(struct cm_shadow *s, uint64_t key, struct cm_sv path)
{
        if (s->lower_count * 2 >= s->lower_slots) {
                size_t slots = s->lower_slots == 0 ? 256 : s->lower_slots * 2;
                struct target *table = calloc(slots, sizeof(*table));
                CM_ASSERT(table != NULL);
                for (size_t i = 0; i < s->lower_slots; i++)
                        if (s->lower[i].key != 0)
                                *lower_find(table, slots, s->lower[i].key) = s->lower[i];
                free(s->lower);
                s->lower = table;
                s->lower_slots = slots;
        }
        struct target *t = lower_find(s->lower, s->lower_slots, key);
        if (t->key != 0)
                return;
        char *copy = malloc(path.len + 1);
        CM_ASSERT(copy != NULL);
        memcpy(copy, path.ptr, path.len);
        *t = (struct target){ key, cm_sv_make(copy, path.len) };
        s->lower_count++;
}

/* The path and all its parent directories. */
static void lower_add_path(struct cm_shadow *s, struct cm_sv path)
{
        lower_add(s, key_exact(s, path), path);
        for (struct cm_sv dir, base; cm_sv_cut_last(path, '/', &dir, &base); path = dir) {
                uint64_t key = key_exact(s, dir) | 1;
                if (s->lower_slots > 0 && lower_find(s->lower, s->lower_slots, key)->key == key)
                        break; /* its parents are there too */
                lower_add(s, key, dir);
        }
}

static void lower_add_records(struct cm_shadow *s, struct cm_sv bytes)
{
        struct cm_cursor c = cm_cursor_make(bytes);
        struct cm_record rec;
        struct cm_err err = CM_ERR_INIT;
        while (cm_record_next(&c, &rec, &err) == 0)
                if (rec.type == CM_RECORD_FILE || rec.type == CM_RECORD_UNREADABLE ||
                    rec.type == CM_RECORD_HASH || rec.type == CM_RECORD_LINK)
                        lower_add_path(s, rec.path);
        CM_ASSERT(err.code == CM_E_OK); /* this process wrote them */
}

/* Is one key (exact, with the directory bit of the entry) a replacement? */
static void check_key(struct cm_shadow *s, uint64_t exact, bool is_dir)
{
        if (s->lower_count == 0)
                return;
        struct target *t = lower_find(s->lower, s->lower_slots, exact);
        if (t->key == 0 && !is_dir)
                t = lower_find(s->lower, s->lower_slots, exact | 1);
        if (t->key != 0)
                cm_records_put_path(s->records, CM_RECORD_SHADOW, t->path);
}

static void flush_pending(struct cm_shadow *s)
{
        for (size_t i = 0; i < s->pending_count; i++)
                check_key(s, s->pending[i] & ~(uint64_t)1, (s->pending[i] & 1) != 0);
        free(s->pending);
        s->pending = NULL;
        s->pending_count = s->pending_capacity = 0;
}

/* Takes the lower layers' records when they are all there; waits for that when told to. */
static bool load_lower(struct cm_shadow *s, bool wait)
{
        if (s->lower_ready || s->order == NULL)
                return s->lower_ready;
        struct cm_shadow_order *order = s->order;
        pthread_mutex_lock(&order->mutex);
        while (wait && order->done_prefix < s->layer && !order->aborted)
                pthread_cond_wait(&order->changed, &order->mutex);
        bool ready = order->done_prefix >= s->layer;
        pthread_mutex_unlock(&order->mutex);
        if (!ready)
                return false;
        for (size_t i = 0; i < s->layer; i++)
                lower_add_records(s, order->records[i]);
        s->lower_ready = true;
        flush_pending(s);
        return true;
}

static int remember(struct cm_shadow *s, uint64_t key, bool is_dir, struct cm_err *err)
{
        if (s->pending_count == (s->order == NULL ? (size_t)PENDING_MAX : (size_t)PENDING_WAIT)) {
                if (s->order == NULL)
                        return CM_RAISE(err, CM_E_LIMIT,
                                        "layer of a streamed archive has more than %d entries: "
                                        "scan the archive as an uncompressed file",
                                        PENDING_MAX);
                if (!load_lower(s, true))
                        return CM_RAISE(err, CM_E_WORKER, "a lower layer failed");
                check_key(s, key, is_dir);
                return 0;
        }
        if (s->pending_count == s->pending_capacity) {
                s->pending_capacity = s->pending_capacity == 0 ? 1024 : s->pending_capacity * 2;
                s->pending = realloc(s->pending, s->pending_capacity * sizeof(*s->pending));
                CM_ASSERT(s->pending != NULL);
        }
        s->pending[s->pending_count++] = key | (is_dir ? 1U : 0U);
        return 0;
}

int cm_shadow_entry(struct cm_shadow *s, struct cm_sv path, bool is_dir, struct cm_err *err)
{
        if (path.len == 0)
                return 0;
        uint64_t key = key_exact(s, path);
        if (cm_u64set_has(&s->own, key) || (!is_dir && cm_u64set_has(&s->own, key | 1)))
                cm_records_put_path(s->records, CM_RECORD_REPLACED, path);
        if (s->order != NULL && s->layer == 0)
                return 0;
        if (!s->lower_ready && s->until_poll-- == 0) {
                s->until_poll = POLL_EVERY;
                load_lower(s, false);
        }
        if (!s->lower_ready)
                return remember(s, key, is_dir, err);
        check_key(s, key, is_dir);
        return 0;
}

void cm_shadow_recorded(struct cm_shadow *s, struct cm_sv path)
{
        cm_u64set_add(&s->own, key_exact(s, path));
        for (struct cm_sv dir, base; cm_sv_cut_last(path, '/', &dir, &base); path = dir)
                if (!cm_u64set_add(&s->own, key_exact(s, dir) | 1))
                        break;
}

int cm_shadow_finish(struct cm_shadow *s, struct cm_err *err)
{
        if (s->order == NULL || s->layer == 0)
                return 0;
        if (!load_lower(s, true))
                return CM_RAISE(err, CM_E_WORKER, "a lower layer failed");
        return 0;
}

void cm_shadow_resolve(struct cm_shadow *s, const struct cm_sv *lower, size_t count)
{
        for (size_t i = 0; i < count; i++)
                lower_add_records(s, lower[i]);
        s->lower_ready = true;
        flush_pending(s);
        lower_clear(s);
}
