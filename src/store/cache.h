/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cache of byte blocks by key: one file per key below a directory, written by rename, so it is
 * lock-free and safe for any number of processes. A damaged or foreign file counts as absent.
 * Nothing depends on the cache: every failure to write it is silent. Large blocks are written and
 * read in pieces, so that memory does not grow with them.
 */
#pragma once

#include "base/arena.h"
#include "base/hash.h"
#include "base/sv.h"

struct cm_cache; /* NULL is a cache that holds nothing */

/* `kind` is a sub-directory ("layers"). Returns NULL when no directory can be used. */
struct cm_cache *cm_cache_open(const char *dir, const char *kind);
struct cm_cache *cm_cache_close(struct cm_cache *cache);
/* Content of a key, in `arena`; false when absent. `key` is a hexadecimal name. */
bool cm_cache_get(struct cm_cache *cache, struct cm_arena *arena, const char *key,
                  struct cm_sv *ret);
void cm_cache_put(struct cm_cache *cache, const char *key, struct cm_sv content);

/*
 * A random key that all users of this cache directory share, made by the first: false when it can
 * be neither read nor made. Only its owner may read it.
 */
bool cm_cache_secret(struct cm_cache *cache, struct cm_siphash_key *ret);

/* A block in the making, seen by nobody; it borrows the cache. NULL takes bytes and keeps none. */
struct cm_cache_writer;
struct cm_cache_writer *cm_cache_write_open(struct cm_cache *cache);
void cm_cache_write(struct cm_cache_writer *writer, struct cm_sv bytes);
/* Keeps the block under `key`, or nothing when that is NULL or a write failed. Returns NULL. */
struct cm_cache_writer *cm_cache_write_close(struct cm_cache_writer *writer, const char *key);

/* An open block, whole and undamaged when it was opened; one that is replaced stays readable. */
struct cm_cache_reader;
struct cm_cache_reader *cm_cache_read_open(struct cm_cache *cache, const char *key); /* or NULL */
uint64_t cm_cache_read_size_bytes(const struct cm_cache_reader *reader);
/* Exactly `len` bytes of the content; false when they cannot be read. */
bool cm_cache_read(struct cm_cache_reader *reader, uint64_t offset_bytes, char *ret, size_t len);
struct cm_cache_reader *cm_cache_read_close(struct cm_cache_reader *reader);

/* Default directory: $XDG_CACHE_HOME/coaming, $HOME/.cache/coaming, or /var/cache/coaming. */
const char *cm_cache_default_dir(struct cm_arena *arena);
