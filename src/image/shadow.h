/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which recorded files of lower layers does a layer replace?
 *
 * A file of a lower layer is gone when an upper layer has the same path, or a non-directory at one
 * of its parent directories, or a whiteout. Whiteouts are rare and recorded as they are; but any
 * entry may replace, and keeping millions of paths to find out would break the memory bound. So an
 * entry is looked up in the (small) table of what lower layers recorded, as soon as these are
 * done; until then only its 64-bit key is kept, and a layer with very many entries waits. The
 * answers are SHADOW records, apart from what the layer says by itself.
 *
 * The layer cache wants to ask the same over any other base: for it all keys go to a sink.
 *
 * The same is done within a layer: a tar may hold a path twice, and the last one counts.
 */
#pragma once

#include "base/arena.h"
#include "image/record.h"
#include "image/recorded.h"

/* Order of the layers of one image, shared by its threads. */
struct cm_shadow_order;
struct cm_shadow_order *cm_shadow_order_new(size_t layer_count);
struct cm_shadow_order *cm_shadow_order_free(struct cm_shadow_order *order);
/* Publishes what a layer recorded; `records` stay valid until the order is freed. */
void cm_shadow_order_done(struct cm_shadow_order *order, size_t layer, struct cm_sv records);
/* Something failed: nobody may wait for a layer that will never be done. */
void cm_shadow_order_abort(struct cm_shadow_order *order);

/* Takes the entry keys of a layer (image/recorded.h), in pieces of at most CM_KEYS_PIECE. */
enum {
        CM_KEYS_PIECE = 1 << 15
};
struct cm_key_sink {
        int (*put)(void *ctx, size_t layer, const uint64_t *keys, size_t count, struct cm_err *err);
        void *ctx;
};

struct cm_shadow_options {
        struct cm_siphash_key hash_key;
        struct cm_shadow_order *order; /* NULL: the place of the layer is not known yet (streams) */
        size_t layer;                  /* with an order */
        const struct cm_key_sink *keys; /* NULL when nobody wants them */
};

/* One layer's view. */
struct cm_shadow;
struct cm_shadow *cm_shadow_new(const struct cm_shadow_options *options,
                                struct cm_records *records);
struct cm_shadow *cm_shadow_free(struct cm_shadow *shadow);

/* For every entry, before consumers see it. Errors: CM_E_LIMIT (streams: 16 million entries). */
CM_MUST_CHECK int cm_shadow_entry(struct cm_shadow *shadow, struct cm_sv path, bool is_dir,
                                  struct cm_err *err);
/* The current entry was recorded. */
void cm_shadow_recorded(struct cm_shadow *shadow, struct cm_sv path);
/* Ends the layer; waits for the lower layers. Without an order: see resolve. Errors: CM_E_LIMIT. */
CM_MUST_CHECK int cm_shadow_finish(struct cm_shadow *shadow, struct cm_err *err);
/*
 * For streams, now that the order is known: the same for each place that the layer has, with what is
 * recorded below it; appends to `ret`.
 */
void cm_shadow_resolve(const struct cm_shadow *shadow, const struct cm_recorded *lower,
                       struct cm_records *ret);
/* For streams: gives the keys to the sink, for a place that the layer has. */
CM_MUST_CHECK int cm_shadow_put_keys(struct cm_shadow *shadow, size_t layer, struct cm_err *err);
/* The SHADOW records, after finish; they live as long as `shadow`. */
struct cm_sv cm_shadow_records(const struct cm_shadow *shadow);
