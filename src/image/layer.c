/* SPDX-License-Identifier: Apache-2.0 */
/* The two-thread pipeline of layer.h. */
#include "image/layer.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/limits.h"
#include "codec/inflate.h"
#include "crypto/sha256.h"
#include "image/ring.h"

struct cm_layer {
        struct cm_layer_options options;
        struct cm_records records;
        struct cm_stream_env env; /* consumers keep its address */
        struct cm_ring *ring;
        /* producer */
        struct cm_inflate *inflate;
        char *block; /* acquired from the ring, being filled */
        size_t block_len;
        char magic[8]; /* first bytes, until the compression is known */
        size_t magic_len;
        /* consumer */
        pthread_t thread;
        bool thread_runs;
        struct cm_sha256 *sha;
        struct cm_tar *tar;
        struct cm_stream *stream;
        struct cm_shadow *shadow;
        struct cm_err walk_err;
        unsigned char diff_id[32];
        uint64_t tar_bytes;
        bool is_crowded;
        size_t records_mark;
        bool skip_entry;
        bool recordable;
        char path_bytes[CM_TAR_PATH_BYTES_MAX];
        struct cm_sv path;
};

/* OCI image-spec layer.md "Whiteouts": ".wh..wh..opq" empties a directory, ".wh.x" removes x. */
static bool whiteout(struct cm_layer *layer, struct cm_sv path)
{
        struct cm_sv dir, base;
        if (!cm_sv_cut_last(path, '/', &dir, &base)) {
                base = path;
                dir = CM_SV("");
        }
        if (!cm_sv_has_prefix(base, CM_SV(".wh.")))
                return false;
        if (cm_sv_eq(base, CM_SV(".wh..wh..opq"))) {
                cm_records_put_path(&layer->records, CM_RECORD_OPAQUE, dir);
                return true;
        }
        if (cm_sv_has_prefix(base, CM_SV(".wh..wh.")))
                return true; /* aufs bookkeeping: .wh..wh.plnk, .wh..wh.aufs */
        char removed[CM_TAR_PATH_BYTES_MAX];
        size_t len = 0;
        if (dir.len > 0) {
                memcpy(removed, dir.ptr, dir.len);
                removed[dir.len] = '/';
                len = dir.len + 1;
        }
        struct cm_sv name = cm_sv_skip(base, 4);
        if (name.len > 0)
                memcpy(removed + len, name.ptr, name.len);
        cm_records_put_path(&layer->records, CM_RECORD_WHITEOUT,
                            cm_sv_make(removed, len + name.len));
        return true;
}

static int entry_begin(struct cm_layer *layer, const struct cm_tar_entry *entry, struct cm_err *err)
{
        int r = cm_tar_clean_path(entry->path, layer->path_bytes, &layer->path, err);
        if (r < 0) {
                struct cm_arena *scratch CM_CLEANUP(cm_arena_freep)
                = cm_arena_new(CM_KIB(64));
                return cm_err_context(err, "entry '%s'", cm_escape(scratch, entry->path));
        }
        layer->options.note.set(layer->options.note.ctx, layer->path);
        layer->skip_entry =
                layer->path.len == 0 || entry->type == CM_TAR_OTHER || whiteout(layer, layer->path);
        if (layer->skip_entry)
                return 0;
        r = cm_shadow_entry(layer->shadow, layer->path, entry->type == CM_TAR_DIR, err);
        if (r < 0)
                return r;
        layer->records_mark = layer->records.buf.len;
        const struct cm_stream_file file = {
                .path = layer->path,
                .link = entry->link,
                .type = entry->type,
                .mode = entry->mode,
                .uid = entry->uid,
                .gid = entry->gid,
                .caps = entry->caps,
                .size_bytes = entry->size_bytes,
                .is_sparse = entry->is_sparse,
        };
        layer->skip_entry = !cm_stream_begin(layer->stream, &file);
        if (layer->records.buf.len != layer->records_mark)
                cm_shadow_recorded(layer->shadow, layer->path);
        return 0;
}

static int walk_block(struct cm_layer *layer, struct cm_sv block, struct cm_err *err)
{
        for (;;) {
                enum cm_tar_event event;
                const struct cm_tar_entry *entry = NULL;
                struct cm_sv piece;
                int r = cm_tar_next(layer->tar, &block, &event, &entry, &piece, err);
                if (r < 0)
                        return r;
                switch (event) {
                case CM_TAR_NEED_MORE:
                        return 0;
                case CM_TAR_ENTRY:
                        r = entry_begin(layer, entry, err);
                        break;
                case CM_TAR_DATA:
                        if (!layer->skip_entry)
                                r = cm_stream_data(layer->stream, piece, err);
                        break;
                case CM_TAR_ENTRY_END:
                        if (layer->skip_entry)
                                break;
                        r = cm_stream_end(layer->stream, err);
                        if (layer->records.buf.len != layer->records_mark)
                                cm_shadow_recorded(layer->shadow, layer->path);
                        break;
                case CM_TAR_END:
                        break;
                }
                if (r < 0)
                        return r;
        }
}

static int walk(struct cm_layer *layer, struct cm_err *err)
{
        const char *bytes = NULL;
        size_t len = 0;
        while (cm_ring_next(layer->ring, &bytes, &len)) {
                struct cm_sv block = cm_sv_make(bytes, len);
                cm_sha256_update(layer->sha, block);
                layer->tar_bytes += len;
                int r = walk_block(layer, block, err);
                if (r < 0)
                        return r;
                cm_ring_release(layer->ring);
        }
        /* Some writers store an empty layer as no bytes at all; the diff id tells whether it is. */
        int r = layer->tar_bytes == 0 ? 0 : cm_tar_finish(layer->tar, err);
        if (r < 0)
                return r;
        r = cm_shadow_finish(layer->shadow, err);
        if (r < 0)
                return r;
        cm_sha256_final(layer->sha, layer->diff_id);
        return cm_records_finish(&layer->records, err);
}

static void *walk_thread(void *arg)
{
        struct cm_layer *layer = arg;
        if (walk(layer, &layer->walk_err) < 0)
                cm_ring_abandon(layer->ring);
        return NULL;
}

struct cm_layer *cm_layer_new(const struct cm_layer_options *options)
{
        struct cm_layer *layer = calloc(1, sizeof(*layer));
        CM_ASSERT(layer != NULL);
        layer->options = *options;
        cm_records_init(&layer->records, CM_LAYER_RECORDS_BYTES_MAX);
        layer->ring = cm_ring_new();
        layer->tar = cm_tar_new();
        layer->shadow = cm_shadow_new(&options->shadow, &layer->records);
        layer->sha = cm_sha256_new();
        layer->env = (struct cm_stream_env){ options->paths, &layer->records, options->capture_left,
                                             &layer->is_crowded };
        layer->stream = cm_stream_new(options->consumers, options->consumer_count, &layer->env);
        layer->thread_runs = pthread_create(&layer->thread, NULL, walk_thread, layer) == 0;
        CM_ASSERT(layer->thread_runs);
        return layer;
}

static void join(struct cm_layer *layer)
{
        if (!layer->thread_runs)
                return;
        cm_ring_close(layer->ring);
        pthread_join(layer->thread, NULL);
        layer->thread_runs = false;
}

/* What only the walk needs: a finished layer keeps its records and, for streams, its shadow. */
static void free_pipeline(struct cm_layer *layer)
{
        layer->stream = cm_stream_free(layer->stream);
        layer->tar = cm_tar_free(layer->tar);
        layer->sha = cm_sha256_free(layer->sha);
        layer->ring = cm_ring_free(layer->ring);
        layer->inflate = cm_inflate_free(layer->inflate);
}

struct cm_layer *cm_layer_free(struct cm_layer *layer)
{
        if (layer == NULL)
                return NULL;
        join(layer);
        free_pipeline(layer);
        cm_shadow_free(layer->shadow);
        cm_records_fini(&layer->records);
        free(layer);
        return NULL;
}

/* The walk failed: its error is the layer's, and reading on is of no use. */
static int walk_failed(struct cm_layer *layer, struct cm_err *err)
{
        join(layer);
        if (layer->walk_err.code == CM_E_OK)
                return CM_RAISE(err, CM_E_INTERNAL, "%s: reader stopped without a reason",
                                layer->options.name);
        cm_err_copy(err, &layer->walk_err);
        return cm_err_context(err, "%s", layer->options.name);
}

static int inflate_some(struct cm_layer *layer, struct cm_sv *in, struct cm_err *err)
{
        for (;;) {
                if (layer->block == NULL) {
                        layer->block = cm_ring_acquire(layer->ring);
                        layer->block_len = 0;
                        if (layer->block == NULL)
                                return walk_failed(layer, err);
                }
                size_t before = in->len;
                size_t written = 0;
                int r = cm_inflate_step(layer->inflate, in, layer->block + layer->block_len,
                                        CM_RING_BLOCK_BYTES - layer->block_len, &written, err);
                if (r < 0)
                        return cm_err_context(err, "%s", layer->options.name);
                layer->block_len += written;
                if (layer->block_len == CM_RING_BLOCK_BYTES) {
                        cm_ring_publish(layer->ring, layer->block_len);
                        layer->block = NULL;
                } else if (in->len == 0 && written == 0) {
                        return 0;
                } else if (in->len == before && written == 0) {
                        return 0;
                }
        }
}

static int start_inflate(struct cm_layer *layer, struct cm_err *err)
{
        struct cm_sv head = cm_sv_make(layer->magic, layer->magic_len);
        layer->inflate = cm_inflate_new(cm_compression_detect(head), CM_LAYER_BYTES_MAX);
        cm_inflate_trust_digest(layer->inflate); /* the parent knows the layer's diff id */
        return inflate_some(layer, &head, err);
}

int cm_layer_push(struct cm_layer *layer, struct cm_sv bytes, struct cm_err *err)
{
        while (layer->inflate == NULL && bytes.len > 0) {
                layer->magic[layer->magic_len++] = bytes.ptr[0];
                bytes = cm_sv_skip(bytes, 1);
                if (layer->magic_len == sizeof(layer->magic)) {
                        int r = start_inflate(layer, err);
                        if (r < 0)
                                return r;
                }
        }
        while (bytes.len > 0) {
                size_t before = bytes.len;
                int r = inflate_some(layer, &bytes, err);
                if (r < 0)
                        return r;
                CM_ASSERT(bytes.len < before);
        }
        return 0;
}

static int flush_last(struct cm_layer *layer, struct cm_err *err)
{
        if (layer->inflate == NULL) {
                int r = start_inflate(layer, err);
                if (r < 0)
                        return r;
        }
        int r = cm_inflate_finish(layer->inflate, err);
        if (r < 0)
                return cm_err_context(err, "%s", layer->options.name);
        if (layer->block != NULL && layer->block_len > 0)
                cm_ring_publish(layer->ring, layer->block_len);
        layer->block = NULL;
        return 0;
}

int cm_layer_finish(struct cm_layer *layer, struct cm_layer_result *ret, struct cm_err *err)
{
        int r = flush_last(layer, err);
        if (r < 0)
                return r;
        join(layer);
        if (layer->walk_err.code != CM_E_OK)
                return walk_failed(layer, err);
        free_pipeline(layer);
        ret->records = cm_buf_sv(&layer->records.buf);
        ret->shadows = cm_shadow_records(layer->shadow);
        memcpy(ret->diff_id, layer->diff_id, sizeof(ret->diff_id));
        ret->tar_bytes = layer->tar_bytes;
        ret->is_crowded = layer->is_crowded;
        return 0;
}

void cm_layer_resolve(const struct cm_layer *layer, const struct cm_recorded *lower,
                      struct cm_records *ret)
{
        cm_shadow_resolve(layer->shadow, lower, ret);
}

int cm_layer_put_keys(struct cm_layer *layer, size_t index, struct cm_err *err)
{
        return cm_shadow_put_keys(layer->shadow, index, err);
}
