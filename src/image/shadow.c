/* SPDX-License-Identifier: Apache-2.0 */
/* Implementation of shadow.h. */
#include "image/shadow.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/limits.h"
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

struct cm_shadow {
        struct cm_shadow_options options;
        struct cm_records *records; /* of the layer */
        struct cm_records shadows;
        struct cm_u64set own; /* keys of what this layer recorded */
        bool lower_ready;
        struct cm_recorded lower;
        uint64_t *pending; /* entry keys that were not looked up yet; of a stream: all */
        size_t pending_count;
        size_t pending_capacity;
        size_t until_poll;
        uint64_t *piece; /* for the sink, of a layer in its place */
        size_t piece_count;
};

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

struct cm_shadow *cm_shadow_new(const struct cm_shadow_options *options, struct cm_records *records)
{
        struct cm_shadow *s = calloc(1, sizeof(*s));
        CM_ASSERT(s != NULL);
        s->options = *options;
        s->records = records;
        cm_records_init(&s->shadows, CM_LAYER_RECORDS_BYTES_MAX);
        cm_recorded_init(&s->lower, &s->options.hash_key);
        if (options->keys != NULL && options->order != NULL) {
                s->piece = malloc(CM_KEYS_PIECE * sizeof(*s->piece));
                CM_ASSERT(s->piece != NULL);
        }
        return s;
}

static void free_pending(struct cm_shadow *s)
{
        free(s->pending);
        s->pending = NULL;
        s->pending_count = s->pending_capacity = 0;
}

struct cm_shadow *cm_shadow_free(struct cm_shadow *s)
{
        if (s == NULL)
                return NULL;
        cm_records_fini(&s->shadows);
        cm_recorded_fini(&s->lower);
        cm_u64set_fini(&s->own);
        free_pending(s);
        free(s->piece);
        free(s);
        return NULL;
}

static void look_up(struct cm_shadow *s, uint64_t entry_key)
{
        cm_recorded_shadow(&s->lower, entry_key, &s->shadows);
}

/* Takes the lower layers' records when they are all there; waits for that when told to. */
static bool load_lower(struct cm_shadow *s, bool wait)
{
        if (s->lower_ready)
                return true;
        struct cm_shadow_order *order = s->options.order;
        pthread_mutex_lock(&order->mutex);
        while (wait && order->done_prefix < s->options.layer && !order->aborted)
                pthread_cond_wait(&order->changed, &order->mutex);
        bool ready = order->done_prefix >= s->options.layer;
        pthread_mutex_unlock(&order->mutex);
        if (!ready)
                return false;
        struct cm_err err = CM_ERR_INIT;
        for (size_t i = 0; i < s->options.layer; i++)
                CM_IGNORE(cm_recorded_add(&s->lower, order->records[i], &err));
        CM_ASSERT(err.code == CM_E_OK); /* this process wrote them */
        s->lower_ready = true;
        cm_shadow_resolve(s, &s->lower, &s->shadows);
        free_pending(s);
        return true;
}

static int remember(struct cm_shadow *s, uint64_t entry_key, struct cm_err *err)
{
        bool is_stream = s->options.order == NULL;
        if (s->pending_count == (is_stream ? (size_t)PENDING_MAX : (size_t)PENDING_WAIT)) {
                if (is_stream)
                        return CM_RAISE(err, CM_E_LIMIT,
                                        "layer of a streamed archive has more than %d entries: "
                                        "scan the archive as an uncompressed file",
                                        PENDING_MAX);
                if (!load_lower(s, true))
                        return CM_RAISE(err, CM_E_WORKER, "a lower layer failed");
                look_up(s, entry_key);
                return 0;
        }
        if (s->pending_count == s->pending_capacity) {
                s->pending_capacity = s->pending_capacity == 0 ? 1024 : s->pending_capacity * 2;
                s->pending = realloc(s->pending, s->pending_capacity * sizeof(*s->pending));
                CM_ASSERT(s->pending != NULL);
        }
        s->pending[s->pending_count++] = entry_key;
        return 0;
}

/* Hands the collected piece to the sink. */
static int put_piece(struct cm_shadow *s, struct cm_err *err)
{
        const struct cm_key_sink *sink = s->options.keys;
        size_t count = s->piece_count;
        s->piece_count = 0;
        return count == 0 ? 0 : sink->put(sink->ctx, s->options.layer, s->piece, count, err);
}

int cm_shadow_entry(struct cm_shadow *s, struct cm_sv path, bool is_dir, struct cm_err *err)
{
        if (path.len == 0)
                return 0;
        uint64_t key = cm_path_key(path, &s->options.hash_key);
        if (!is_dir && cm_u64set_has(&s->own, key | 1))
                cm_records_put_path(s->records, CM_RECORD_REPLACED_TREE, path);
        else if (cm_u64set_has(&s->own, key))
                cm_records_put_path(s->records, CM_RECORD_REPLACED, path);
        uint64_t entry_key = cm_entry_key(key, is_dir);
        if (s->piece != NULL) {
                s->piece[s->piece_count++] = entry_key;
                int r = s->piece_count == CM_KEYS_PIECE ? put_piece(s, err) : 0;
                if (r < 0)
                        return r;
        }
        bool is_stream = s->options.order == NULL;
        if (!is_stream && s->options.layer == 0)
                return 0;
        if (!is_stream && !s->lower_ready && s->until_poll-- == 0) {
                s->until_poll = POLL_EVERY;
                load_lower(s, false);
        }
        if (!s->lower_ready)
                return remember(s, entry_key, err);
        look_up(s, entry_key);
        return 0;
}

void cm_shadow_recorded(struct cm_shadow *s, struct cm_sv path)
{
        const struct cm_siphash_key *hash_key = &s->options.hash_key;
        cm_u64set_add(&s->own, cm_path_key(path, hash_key));
        for (struct cm_sv dir, base; cm_sv_cut_last(path, '/', &dir, &base); path = dir)
                if (!cm_u64set_add(&s->own, cm_path_key(dir, hash_key) | 1))
                        break;
}

int cm_shadow_finish(struct cm_shadow *s, struct cm_err *err)
{
        int r = put_piece(s, err);
        if (r < 0 || s->options.order == NULL || s->options.layer == 0)
                return r;
        if (!load_lower(s, true))
                return CM_RAISE(err, CM_E_WORKER, "a lower layer failed");
        return cm_records_finish(&s->shadows, err);
}

void cm_shadow_resolve(const struct cm_shadow *s, const struct cm_recorded *lower,
                       struct cm_records *ret)
{
        for (size_t i = 0; i < s->pending_count && lower->count > 0; i++)
                cm_recorded_shadow(lower, s->pending[i], ret);
}

int cm_shadow_put_keys(struct cm_shadow *s, size_t layer, struct cm_err *err)
{
        const struct cm_key_sink *sink = s->options.keys;
        if (sink == NULL)
                return 0;
        for (size_t i = 0; i < s->pending_count; i += CM_KEYS_PIECE) {
                size_t n = CM_MIN(s->pending_count - i, (size_t)CM_KEYS_PIECE);
                int r = sink->put(sink->ctx, layer, s->pending + i, n, err);
                if (r < 0)
                        return r;
        }
        return 0;
}

struct cm_sv cm_shadow_records(const struct cm_shadow *s)
{
        return cm_buf_sv(&s->shadows.buf);
}
