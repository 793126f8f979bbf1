/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which recorded files of lower layers does a layer replace?
 *
 * A file of a lower layer is gone when an upper layer has the same path, or a non-directory at one
 * of its parent directories, or a whiteout. Whiteouts are rare and recorded as they are; but any
 * entry may replace, and keeping millions of paths to find out would break the memory bound. So an
 * entry is looked up in the (small) table of what lower layers recorded, as soon as these are
 * done; until then only its 64-bit hash is kept, and a layer with very many entries waits.
 *
 * The same is done within a layer: a tar may hold a path twice, and the last one counts.
 */
#pragma once

#include "base/arena.h"
#include "image/record.h"

/* Order of the layers of one image, shared by its threads. */
struct cm_shadow_order;
struct cm_shadow_order *cm_shadow_order_new(size_t layer_count);
struct cm_shadow_order *cm_shadow_order_free(struct cm_shadow_order *order);
/* Publishes what a layer recorded; `records` stay valid until the order is freed. */
void cm_shadow_order_done(struct cm_shadow_order *order, size_t layer, struct cm_sv records);
/* Something failed: nobody may wait for a layer that will never be done. */
void cm_shadow_order_abort(struct cm_shadow_order *order);

/* One layer's view. `order` may be NULL: the place of the layer is not known yet (streams). */
struct cm_shadow;
struct cm_shadow *cm_shadow_new(struct cm_shadow_order *order, size_t layer,
                                struct cm_records *records);
struct cm_shadow *cm_shadow_free(struct cm_shadow *shadow);

/* For every entry, before consumers see it. Errors: CM_E_LIMIT (streams: 16 million entries). */
CM_MUST_CHECK int cm_shadow_entry(struct cm_shadow *shadow, struct cm_sv path, bool is_dir,
                                  struct cm_err *err);
/* The current entry was recorded. */
void cm_shadow_recorded(struct cm_shadow *shadow, struct cm_sv path);
/* Writes what is still open; waits for the lower layers. Without an order: see resolve. */
CM_MUST_CHECK int cm_shadow_finish(struct cm_shadow *shadow, struct cm_err *err);
/* For streams: the records of all lower layers, now that the order is known. */
void cm_shadow_resolve(struct cm_shadow *shadow, const struct cm_sv *lower, size_t count);
