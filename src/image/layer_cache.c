/* SPDX-License-Identifier: Apache-2.0 */
/* Layout of a block: keys, records, le64 bytes of the records, le64 bytes of the tar. */
#include "image/layer_cache.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "crypto/sha256.h"
#include "store/cache.h"

enum {
        TAIL_BYTES = 16,
        READ_CHUNK = 64 << 10
};

struct cm_layer_cache {
        struct cm_cache *blocks;
        struct cm_siphash_key hash_key;
        char program[192]; /* what reads layers, and how */
};

struct cm_cached_layer {
        struct cm_cache_reader *reader;
        uint64_t key_bytes;
        struct cm_sv records;
        uint64_t tar_bytes;
};

struct cm_layer_cache *cm_layer_cache_open(const char *dir, uint32_t contexts, bool hash_files)
{
        struct cm_layer_cache *cache = calloc(1, sizeof(*cache));
        CM_ASSERT(cache != NULL);
        cache->blocks = cm_cache_open(dir, "layers");
        if (!cm_cache_secret(cache->blocks, &cache->hash_key))
                return cm_layer_cache_close(cache);
        struct stat st = { 0 };
        if (stat("/proc/self/exe", &st) != 0)
                return cm_layer_cache_close(cache);
        snprintf(cache->program, sizeof(cache->program), "coaming layer %d %s %lld.%lld.%ld %u %d ",
                 CM_RECORDS_VERSION, CM_VERSION, (long long)st.st_size,
                 (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec, contexts, hash_files);
        return cache;
}

struct cm_layer_cache *cm_layer_cache_close(struct cm_layer_cache *cache)
{
        if (cache != NULL)
                cm_cache_close(cache->blocks);
        free(cache);
        return NULL;
}

const struct cm_siphash_key *cm_layer_cache_hash_key(const struct cm_layer_cache *cache)
{
        return &cache->hash_key;
}

/* The secret is part of it: keys made with another one are of no use. */
static const char *block_key(const struct cm_layer_cache *cache, struct cm_sv diff_id,
                             char text[CM_SHA256_TEXT_BYTES])
{
        struct cm_sha256 *sha CM_CLEANUP(cm_sha256_freep)
        = cm_sha256_new();
        cm_sha256_update(sha, cm_sv_from_cstr(cache->program));
        cm_sha256_update(sha, cm_sv_make(cache->hash_key.bytes, sizeof(cache->hash_key.bytes)));
        cm_sha256_update(sha, diff_id);
        return cm_sha256_text(sha, text) + 7; /* "sha256:" */
}

/* Sizes that add up, and records that can be read. */
static bool load(struct cm_cached_layer *layer, struct cm_arena *arena)
{
        char tail[TAIL_BYTES];
        uint64_t size = cm_cache_read_size_bytes(layer->reader);
        if (size < TAIL_BYTES || !cm_cache_read(layer->reader, size - TAIL_BYTES, tail, TAIL_BYTES))
                return false;
        struct cm_cursor c = cm_cursor_make(cm_sv_make(tail, TAIL_BYTES));
        uint64_t record_bytes = cm_cursor_le64(&c);
        layer->tar_bytes = cm_cursor_le64(&c);
        if (record_bytes > CM_MIN(size - TAIL_BYTES, (uint64_t)CM_LAYER_RECORDS_BYTES_MAX))
                return false;
        layer->key_bytes = size - TAIL_BYTES - record_bytes;
        if (layer->key_bytes % 8 != 0)
                return false;
        char *records = CM_NEW_ARRAY(arena, char, (size_t)record_bytes + 1);
        layer->records = cm_sv_make(records, (size_t)record_bytes);
        return cm_cache_read(layer->reader, layer->key_bytes, records, (size_t)record_bytes);
}

struct cm_cached_layer *cm_layer_cache_load(struct cm_layer_cache *cache, struct cm_arena *arena,
                                            struct cm_sv diff_id)
{
        char text[CM_SHA256_TEXT_BYTES];
        if (cache == NULL)
                return NULL;
        struct cm_cache_reader *reader =
                cm_cache_read_open(cache->blocks, block_key(cache, diff_id, text));
        if (reader == NULL)
                return NULL;
        struct cm_cached_layer *layer = calloc(1, sizeof(*layer));
        CM_ASSERT(layer != NULL);
        layer->reader = reader;
        return load(layer, arena) ? layer : cm_cached_layer_close(layer);
}

struct cm_cached_layer *cm_cached_layer_close(struct cm_cached_layer *layer)
{
        if (layer != NULL)
                cm_cache_read_close(layer->reader);
        free(layer);
        return NULL;
}

struct cm_sv cm_cached_layer_records(const struct cm_cached_layer *layer)
{
        return layer->records;
}

uint64_t cm_cached_layer_tar_bytes(const struct cm_cached_layer *layer)
{
        return layer->tar_bytes;
}

int cm_cached_layer_resolve(struct cm_cached_layer *layer, const struct cm_recorded *lower,
                            struct cm_records *ret, struct cm_err *err)
{
        char chunk[READ_CHUNK];
        if (lower->count == 0)
                return 0;
        for (uint64_t at = 0; at < layer->key_bytes;) {
                size_t n = (size_t)CM_MIN(layer->key_bytes - at, (uint64_t)sizeof(chunk));
                if (!cm_cache_read(layer->reader, at, chunk, n))
                        return CM_RAISE(err, CM_E_IO, "could not read a block of the layer cache");
                struct cm_cursor c = cm_cursor_make(cm_sv_make(chunk, n));
                while (c.len > 0)
                        cm_recorded_shadow(lower, cm_cursor_le64(&c), ret);
                at += n;
        }
        return 0;
}

struct cm_cache_writer *cm_layer_cache_begin(struct cm_layer_cache *cache)
{
        return cache == NULL ? NULL : cm_cache_write_open(cache->blocks);
}

void cm_layer_cache_put_keys(struct cm_cache_writer *writer, struct cm_sv keys)
{
        CM_ASSERT(keys.len % 8 == 0);
        cm_cache_write(writer, keys);
}

struct cm_cache_writer *cm_layer_cache_keep(struct cm_layer_cache *cache,
                                            struct cm_cache_writer *writer, struct cm_sv diff_id,
                                            struct cm_sv records, uint64_t tar_bytes)
{
        char text[CM_SHA256_TEXT_BYTES];
        if (writer == NULL)
                return NULL;
        struct cm_buf tail CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&tail, TAIL_BYTES);
        cm_buf_put_le64(&tail, records.len);
        cm_buf_put_le64(&tail, tar_bytes);
        cm_cache_write(writer, records);
        cm_cache_write(writer, cm_buf_sv(&tail));
        return cm_cache_write_close(writer, block_key(cache, diff_id, text));
}

struct cm_cache_writer *cm_layer_cache_drop(struct cm_cache_writer *writer)
{
        return cm_cache_write_close(writer, NULL);
}
