/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cache of byte blocks by key: one file per key below a directory, written by rename, so it is
 * lock-free and safe for any number of processes. A damaged or foreign file counts as absent.
 * Nothing depends on the cache: every failure to write it is silent.
 */
#pragma once

#include "base/arena.h"
#include "base/sv.h"

struct cm_cache; /* NULL is a cache that holds nothing */

/* `kind` is a sub-directory ("layers"). Returns NULL when no directory can be used. */
struct cm_cache *cm_cache_open(const char *dir, const char *kind);
struct cm_cache *cm_cache_close(struct cm_cache *cache);
/* Content of a key, in `arena`; false when absent. `key` is a hexadecimal name. */
bool cm_cache_get(struct cm_cache *cache, struct cm_arena *arena, const char *key,
                  struct cm_sv *ret);
void cm_cache_put(struct cm_cache *cache, const char *key, struct cm_sv content);
/* Default directory: $XDG_CACHE_HOME/coaming, $HOME/.cache/coaming, or /var/cache/coaming. */
const char *cm_cache_default_dir(struct cm_arena *arena);
