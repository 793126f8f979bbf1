/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cache of layer records. A layer is known by its diff id, over whatever base it lies: beside
 * its records the cache keeps the keys of all its entries (image/recorded.h), and what it replaces
 * of the layers below is looked up anew in each image. Keys are written as they come and read in
 * pieces, so that memory does not grow with a layer's entries. docs/formats/layer-records.md
 */
#pragma once

#include "image/recorded.h"

struct cm_layer_cache; /* NULL is a cache that holds nothing */

/* `contexts` and `hash_files` change what a layer records. NULL when the directory is of no use. */
struct cm_layer_cache *cm_layer_cache_open(const char *dir, uint32_t contexts, bool hash_files);
struct cm_layer_cache *cm_layer_cache_close(struct cm_layer_cache *cache);
/* Of all keys in it; what is stored must be made with it. */
const struct cm_siphash_key *cm_layer_cache_hash_key(const struct cm_layer_cache *cache);

/* A layer as it was stored. */
struct cm_cached_layer;
struct cm_cached_layer *cm_layer_cache_load(struct cm_layer_cache *cache, struct cm_arena *arena,
                                            struct cm_sv diff_id); /* or NULL */
struct cm_cached_layer *cm_cached_layer_close(struct cm_cached_layer *layer);
struct cm_sv cm_cached_layer_records(const struct cm_cached_layer *layer); /* in the arena */
uint64_t cm_cached_layer_tar_bytes(const struct cm_cached_layer *layer);
/* Appends SHADOW records: what the layer replaces of `lower`. Errors: CM_E_IO. */
CM_MUST_CHECK int cm_cached_layer_resolve(struct cm_cached_layer *layer,
                                          const struct cm_recorded *lower, struct cm_records *ret,
                                          struct cm_err *err);

/* A layer that is being read: keys in pieces (as bytes, little-endian), records at the end. */
struct cm_cache_writer;
struct cm_cache_writer *cm_layer_cache_begin(struct cm_layer_cache *cache);
void cm_layer_cache_put_keys(struct cm_cache_writer *writer, struct cm_sv keys);
/* All functions that write take NULL. Returns NULL. */
struct cm_cache_writer *cm_layer_cache_keep(struct cm_layer_cache *cache,
                                            struct cm_cache_writer *writer, struct cm_sv diff_id,
                                            struct cm_sv records, uint64_t tar_bytes);
struct cm_cache_writer *cm_layer_cache_drop(struct cm_cache_writer *writer);
