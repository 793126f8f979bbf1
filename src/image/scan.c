/* SPDX-License-Identifier: Apache-2.0 */
/* The parent's side of a scan; see scan.h. */
#include "image/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/limits.h"
#include "crypto/sha256.h"
#include "image/layer_cache.h"
#include "image/protocol.h"
#include "image/source.h"
#include "inventory/cataloger.h"
#include "os/file.h"
#include "os/rooted.h"
#include "sandbox/worker.h"
#include "store/cache.h"

enum {
        POLL_MS = 100,
        QUIET_MS = 300
};

struct layer_state {
        struct cm_buf records;       /* as they arrive */
        struct cm_buf shadows;       /* likewise */
        struct cm_merge_layer final; /* complete, in the arena */
        bool done;
        uint64_t tar_bytes;
        struct cm_cached_layer *cached; /* or NULL */
        struct cm_cache_writer *writer; /* from its first piece to its last */
        bool is_begun;
        uint64_t key_bytes; /* that came */
};

struct scan {
        struct cm_arena *arena;
        const struct cm_scan_options *options;
        struct cm_source source;
        struct cm_worker worker;
        bool worker_runs;
        int fd; /* archive or directory, or -1 */
        struct cm_image image;
        bool has_image;
        struct layer_state *layers;
        size_t layer_count;
        struct cm_layer_cache *cache;
        size_t cached_count;
        struct cm_siphash_key hash_key; /* of paths */
        struct cm_cache *images; /* descriptions by image id: an engine need not export again */
        struct cm_fetch *fetch;
        struct cm_fetch_image fetched;
        int64_t started_ms;
};

static uint32_t contexts_of(const struct scan *s)
{
        if (s->options->facts)
                return 0;
        return s->source.kind == CM_SOURCE_DIR ? CM_CONTEXT_SOURCE : CM_CONTEXT_INSTALLED;
}

/* Paths only: what the worker needs to know of a layer that it does not read. */
static int condense(struct scan *s, struct cm_sv records, struct cm_sv *ret, struct cm_err *err)
{
        struct cm_records out;
        int r = cm_records_condense(records, CM_FRAME_BYTES_MAX, &out, err);
        if (r == 0)
                *ret = cm_sv_dup(s->arena, cm_buf_sv(&out.buf));
        cm_records_fini(&out);
        return r;
}

/* *ret_known gets the paths that each cached layer recorded. */
static void load_cached(struct scan *s, struct cm_sv *ret_known)
{
        size_t budget = CM_FRAME_BYTES_MAX - CM_KIB(64);
        for (size_t i = 0; i < s->layer_count; i++) {
                struct layer_state *layer = &s->layers[i];
                if (s->cached_count == CM_LAYER_CACHE_OPEN_MAX)
                        return;
                struct cm_cached_layer *cached =
                        cm_layer_cache_load(s->cache, s->arena, s->image.layers[i].diff_id);
                if (cached == NULL)
                        continue;
                struct cm_sv records = cm_cached_layer_records(cached);
                struct cm_err ignored = CM_ERR_INIT;
                struct cm_sv paths = CM_SV("");
                if (condense(s, records, &paths, &ignored) < 0 || paths.len + 16 > budget) {
                        cm_cached_layer_close(cached); /* the frame would be too large */
                        continue;
                }
                budget -= paths.len + 16;
                ret_known[i] = paths;
                layer->final.records = records;
                layer->tar_bytes = cm_cached_layer_tar_bytes(cached);
                layer->cached = cached;
                layer->done = true;
                s->cached_count++;
        }
}

/* What cached layers replace, now that all layers are there. */
static int resolve_cached(struct scan *s, struct cm_err *err)
{
        struct cm_recorded lower;
        cm_recorded_init(&lower, &s->hash_key);
        size_t left = s->cached_count;
        int r = 0;
        for (size_t i = 0; i < s->layer_count && left > 0 && r >= 0; i++) {
                struct layer_state *layer = &s->layers[i];
                if (layer->cached != NULL) {
                        struct cm_records shadows;
                        cm_records_init(&shadows, CM_LAYER_RECORDS_BYTES_MAX);
                        r = cm_cached_layer_resolve(layer->cached, &lower, &shadows, err);
                        if (r == 0)
                                r = cm_records_finish(&shadows, err);
                        if (r == 0)
                                layer->final.shadows = cm_sv_dup(s->arena, cm_buf_sv(&shadows.buf));
                        cm_records_fini(&shadows);
                        left--;
                }
                if (r == 0 && left > 0)
                        r = cm_recorded_add(&lower, layer->final.records, err);
        }
        cm_recorded_fini(&lower);
        return r;
}

static void free_layers(struct scan *s)
{
        for (size_t i = 0; i < s->layer_count; i++) {
                struct layer_state *layer = &s->layers[i];
                cm_buf_fini(&layer->records);
                cm_buf_fini(&layer->shadows);
                layer->cached = cm_cached_layer_close(layer->cached);
                layer->writer = cm_layer_cache_drop(layer->writer);
        }
        s->layers = NULL;
        s->layer_count = s->cached_count = 0;
}

static void new_layers(struct scan *s, size_t count)
{
        s->layer_count = count;
        s->layers = CM_NEW_ARRAY(s->arena, struct layer_state, count);
        for (size_t i = 0; i < count; i++) {
                cm_buf_init(&s->layers[i].records, CM_LAYER_RECORDS_BYTES_MAX);
                cm_buf_init(&s->layers[i].shadows, CM_LAYER_RECORDS_BYTES_MAX);
        }
}

/* Takes an image description; *ret_known gets the paths of the layers that are cached. */
static int take_image(struct scan *s, struct cm_sv description, struct cm_sv **ret_known,
                      struct cm_err *err)
{
        int r = cm_image_parse(s->arena, cm_sv_dup(s->arena, description), &s->image, err);
        if (r < 0)
                return r;
        s->has_image = true;
        new_layers(s, s->image.layer_count);
        *ret_known = CM_NEW_ARRAY(s->arena, struct cm_sv, s->layer_count);
        load_cached(s, *ret_known);
        return 0;
}

/* Image ids are digests: their hexadecimal part is the key. */
static const char *image_key(struct scan *s, struct cm_sv image_id)
{
        struct cm_sv algorithm, hex;
        if (!cm_sv_cut(image_id, ':', &algorithm, &hex) || hex.len != 64)
                return NULL;
        for (size_t i = 0; i < hex.len; i++)
                if (!cm_is_xdigit(hex.ptr[i]))
                        return NULL;
        return cm_sv_printf(s->arena, "%.*s", CM_SV_ARG(hex)).ptr;
}

static int on_image(struct scan *s, struct cm_sv payload, struct cm_err *err)
{
        if (s->has_image)
                return CM_RAISE(err, CM_E_WORKER, "worker described the image twice");
        struct cm_sv *known = NULL;
        int r = take_image(s, payload, &known, err);
        if (r < 0)
                return r;
        const char *key = image_key(s, s->image.image_id);
        if (key != NULL)
                cm_cache_put(s->images, key, payload);
        struct cm_buf plan CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&plan, CM_FRAME_BYTES_MAX);
        cm_plan_write(&plan, known, s->layer_count);
        r = cm_buf_check(&plan, "scan plan", err);
        return r < 0 ? r : cm_worker_send(&s->worker, CM_SCAN_PLAN, cm_buf_sv(&plan), -1, err);
}

static int check_diff_id(struct scan *s, size_t i, struct cm_sv digest, struct cm_err *err)
{
        if (digest.len != CM_SHA256_BYTES)
                return CM_RAISE(err, CM_E_WORKER, "worker sent no digest for layer %zu", i);
        char text[CM_SHA256_TEXT_BYTES];
        cm_sha256_format((const unsigned char *)digest.ptr, text);
        if (!cm_sv_eq(s->image.layers[i].diff_id, cm_sv_from_cstr(text)))
                return CM_RAISE(err, CM_E_DIGEST,
                                "layer %zu has diff id %s, but the image config says %.*s", i, text,
                                CM_SV_ARG(s->image.layers[i].diff_id));
        return 0;
}

/* The last piece came. */
static int finish_layer(struct scan *s, const struct cm_layer_piece *piece, struct cm_err *err)
{
        struct layer_state *layer = &s->layers[piece->index];
        int r = s->has_image ? check_diff_id(s, (size_t)piece->index, piece->diff_id, err) : 0;
        if (r < 0)
                return r;
        layer->tar_bytes = piece->tar_bytes;
        /* Into the arena: the receive buffer has up to twice the room. */
        layer->final.records = cm_sv_dup(s->arena, cm_buf_sv(&layer->records));
        layer->final.shadows = cm_sv_dup(s->arena, cm_buf_sv(&layer->shadows));
        cm_buf_fini(&layer->records);
        cm_buf_fini(&layer->shadows);
        layer->done = true;
        if (s->has_image && !piece->is_crowded)
                layer->writer = cm_layer_cache_keep(s->cache, layer->writer,
                                                    s->image.layers[piece->index].diff_id,
                                                    layer->final.records, layer->tar_bytes);
        return 0;
}

static int on_layer(struct scan *s, struct cm_sv payload, struct cm_err *err)
{
        struct cm_layer_piece piece;
        int r = cm_layer_piece_parse(payload, &piece, err);
        if (r < 0)
                return r;
        if (piece.index >= s->layer_count)
                return CM_RAISE(err, CM_E_WORKER, "worker sent a layer that is not there");
        struct layer_state *layer = &s->layers[piece.index];
        if (layer->done)
                return CM_RAISE(err, CM_E_WORKER, "worker sent a layer twice");
        if (s->has_image && !layer->is_begun)
                layer->writer = cm_layer_cache_begin(s->cache);
        layer->is_begun = true;
        struct cm_buf *buf = piece.part == CM_LAYER_SHADOWS ? &layer->shadows : &layer->records;
        if (piece.part == CM_LAYER_KEYS) {
                layer->key_bytes += piece.bytes.len;
                if (layer->key_bytes / 8 > CM_TAR_ENTRIES_MAX)
                        return CM_RAISE(err, CM_E_WORKER, "worker sent more keys than entries");
                cm_layer_cache_put_keys(layer->writer, piece.bytes);
                return 0;
        }
        cm_buf_put_sv(buf, piece.bytes);
        r = cm_buf_check(buf, "records of one layer (limit layer_records_bytes_max)", err);
        return r < 0 || !piece.is_last ? r : finish_layer(s, &piece, err);
}

static int answer_error(struct scan *s, struct cm_err *problem, struct cm_err *err)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_KIB(4));
        cm_fail_write(&buf, problem);
        return cm_worker_send(&s->worker, CM_SCAN_BLOB, cm_buf_sv(&buf), -1, err);
}

/* A blob or document of a layout on disk, or of a registry. */
static int on_want(struct scan *s, struct cm_sv name, struct cm_err *err)
{
        const char *path = NULL;
        struct cm_err problem = CM_ERR_INIT;
        int fd = -1;
        int r = cm_cstr(s->arena, name, &path, &problem);
        if (r == 0)
                r = s->fetch != NULL ? cm_fetch_want(s->fetch, name, &fd, &problem)
                                     : cm_root_open_file(s->fd, path, &fd, &problem);
        if (r < 0)
                return answer_error(s, &problem, err);
        r = cm_worker_send(&s->worker, CM_SCAN_BLOB, CM_SV(""), fd, err);
        if (fd >= 0)
                close(fd);
        return r;
}

/* Returns 1 when the worker is done. */
static int on_frame(struct scan *s, const struct cm_frame *frame, struct cm_err *err)
{
        struct cm_sv payload = cm_buf_sv(&frame->payload);
        switch (frame->type) {
        case CM_SCAN_WANT:
                return on_want(s, payload, err);
        case CM_SCAN_IMAGE:
                return on_image(s, payload, err);
        case CM_SCAN_LAYER:
                return on_layer(s, payload, err);
        case CM_SCAN_DONE:
                return 1;
        case CM_SCAN_FAIL:
                return cm_fail_parse(payload, err);
        default:
                return CM_RAISE(err, CM_E_WORKER, "worker sent message %u", frame->type);
        }
}

static void show_progress(struct scan *s)
{
        if (s->options->progress == NULL || cm_clock_monotonic_ms() - s->started_ms < QUIET_MS)
                return;
        struct cm_arena *scratch CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_KIB(256));
        s->options->progress(s->options->progress_ctx, cm_worker_current(&s->worker, scratch));
}

static int converse(struct scan *s, struct cm_err *err)
{
        struct cm_frame frame;
        cm_frame_init(&frame);
        int r = 0;
        while (r == 0) {
                r = cm_worker_poll(&s->worker, POLL_MS, &frame, err);
                if (r == CM_CHAN_TIMEOUT) {
                        show_progress(s);
                        r = 0;
                        continue;
                }
                if (r == 0)
                        r = on_frame(s, &frame, err);
        }
        cm_frame_fini(&frame);
        if (r < 0)
                return r;
        for (size_t i = 0; i < s->layer_count; i++)
                if (!s->layers[i].done)
                        return CM_RAISE(err, CM_E_WORKER, "worker sent no records for layer %zu",
                                        i);
        return 0;
}

static uint32_t thread_count(const struct scan *s)
{
        if (s->options->threads > 0)
                return s->options->threads;
        long n = sysconf(_SC_NPROCESSORS_ONLN);
        return n < 1 ? 1 : n > 64 ? 64 : (uint32_t)n;
}

static int send_job(struct scan *s, enum cm_job_kind kind, struct cm_err *err)
{
        struct cm_job job = { .kind = kind,
                              .contexts = contexts_of(s),
                              .hash_files = s->options->hash_files,
                              .facts = s->options->facts,
                              .keep_keys = s->cache != NULL,
                              .hash_key = s->hash_key,
                              .threads = thread_count(s),
                              .choice = s->source.choice };
        if (s->options->image.len > 0)
                job.choice.tag = s->options->image;
        job.choice.platform = s->options->platform;
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_KIB(64));
        cm_job_write(&buf, &job);
        int r = cm_buf_check(&buf, "scan job", err);
        return r < 0 ? r
                     : cm_worker_send(&s->worker, CM_SCAN_JOB, cm_buf_sv(&buf),
                                      kind == CM_JOB_BLOBS ? -1 : s->fd, err);
}

static int open_target(struct scan *s, struct cm_err *err)
{
        bool is_dir = s->source.kind != CM_SOURCE_ARCHIVE;
        s->fd = open(s->source.name, O_RDONLY | O_CLOEXEC | (is_dir ? O_DIRECTORY : O_NOCTTY));
        if (s->fd < 0)
                return CM_RAISE_ERRNO(err,
                                      errno == EACCES || errno == EPERM ? CM_E_ENV : CM_E_NOT_FOUND,
                                      errno, "could not open '%.200s'", s->source.name);
        return 0;
}

/* An engine's image whose description and layers are all in the cache needs no export. */
static bool use_cached_image(struct scan *s)
{
        const char *key = image_key(s, s->fetched.image_id);
        struct cm_sv description = CM_SV("");
        struct cm_sv *known = NULL;
        struct cm_err ignored = CM_ERR_INIT;
        if (key == NULL || !cm_cache_get(s->images, s->arena, key, &description) ||
            take_image(s, description, &known, &ignored) < 0)
                return false;
        bool whole = s->layer_count == s->fetched.diff_id_count;
        for (size_t i = 0; i < s->layer_count && whole; i++)
                whole = s->layers[i].done &&
                        cm_sv_eq(s->image.layers[i].diff_id, s->fetched.diff_ids[i]);
        if (whole)
                return true;
        free_layers(s);
        s->has_image = false;
        return false;
}

static int open_fetch(struct scan *s, struct cm_err *err)
{
        struct cm_fetch_options options = s->options->fetch;
        options.name = cm_sv_from_cstr(s->source.name);
        options.budget_s = s->options->budget_s;
        options.kind = s->source.kind == CM_SOURCE_DOCKER     ? CM_FETCH_DOCKER
                       : s->source.kind == CM_SOURCE_PODMAN   ? CM_FETCH_PODMAN
                       : s->source.kind == CM_SOURCE_REGISTRY ? CM_FETCH_REGISTRY
                                                              : CM_FETCH_ENGINE;
        return cm_fetch_open(s->arena, &options, &s->fetch, &s->fetched, err);
}

static int start_and_converse(struct scan *s, enum cm_job_kind kind, struct cm_err *err)
{
        int r = cm_worker_start(kind == CM_JOB_WALK ? CM_ROLE_WALKER : CM_ROLE_WORKER, NULL,
                                s->options->budget_s, &s->worker, err);
        if (r < 0)
                return r;
        s->worker_runs = true;
        r = send_job(s, kind, err);
        return r < 0 ? r : converse(s, err);
}

/* Only when every stream had its verdict are the bytes that were read the ones asked for. */
static int read_fetched(struct scan *s, struct cm_err *err)
{
        int r = open_fetch(s, err);
        if (r < 0)
                return r;
        if (cm_fetch_is_registry(s->fetch)) {
                r = start_and_converse(s, CM_JOB_BLOBS, err);
        } else {
                if (use_cached_image(s))
                        return 0;
                r = cm_fetch_export(s->fetch, &s->fd, err);
                if (r == 0)
                        r = start_and_converse(s, CM_JOB_ARCHIVE, err);
        }
        return r < 0 ? cm_fetch_explain(s->fetch, err) : cm_fetch_finish(s->fetch, err);
}

static int read_target(struct scan *s, struct cm_err *err)
{
        enum cm_job_kind kind = CM_JOB_ARCHIVE;
        switch (s->source.kind) {
        case CM_SOURCE_ARCHIVE:
                break;
        case CM_SOURCE_LAYOUT:
                kind = CM_JOB_BLOBS;
                break;
        case CM_SOURCE_ROOTFS:
        case CM_SOURCE_DIR:
                kind = CM_JOB_WALK;
                break;
        case CM_SOURCE_DOCKER:
        case CM_SOURCE_PODMAN:
        case CM_SOURCE_REGISTRY:
        case CM_SOURCE_ENGINE:
                return read_fetched(s, err);
        }
        int r = open_target(s, err);
        if (r < 0)
                return r;
        if (kind == CM_JOB_WALK)
                new_layers(s, 1);
        return start_and_converse(s, kind, err);
}

static int build_target(struct scan *s, struct cm_target *ret, struct cm_merge_result *ret_files,
                        struct cm_err *err)
{
        struct cm_target t = {
                .kind = s->source.kind == CM_SOURCE_ROOTFS ? CM_TARGET_ROOTFS
                        : s->source.kind == CM_SOURCE_DIR  ? CM_TARGET_DIR
                                                           : CM_TARGET_IMAGE,
                .name = cm_sv_from_cstr(s->options->target),
                .source = cm_sv_from_cstr(cm_source_kind_to_string(s->source.kind)),
                .image_id = s->image.image_id,
                .digest = s->fetched.digest.len > 0 ? s->fetched.digest : s->image.digest,
                .platform = s->image.platform,
                .created = s->image.created,
                .media_type = s->image.media_type,
                .config = s->image.config,
        };
        struct cm_merge_layer *inputs =
                CM_NEW_ARRAY(s->arena, struct cm_merge_layer, s->layer_count);
        struct cm_target_layer *layers =
                CM_NEW_ARRAY(s->arena, struct cm_target_layer, s->layer_count);
        for (size_t i = 0; i < s->layer_count; i++) {
                inputs[i] = s->layers[i].final;
                if (!s->has_image)
                        continue;
                layers[i].digest = s->image.layers[i].digest;
                layers[i].media_type = s->image.layers[i].media_type;
                layers[i].diff_id = s->image.layers[i].diff_id;
                layers[i].created_by = s->image.layers[i].created_by;
                layers[i].size_bytes = s->layers[i].tar_bytes;
                layers[i].from_cache = s->layers[i].cached != NULL;
        }
        t.layers = layers;
        t.layer_count = s->has_image ? s->layer_count : 0;
        int r = cm_merge_layers(s->arena, inputs, s->layer_count, &t, ret_files, err);
        if (r < 0)
                return r;
        *ret = t;
        return 0;
}

/* The key of path hashes is the cache's, or one for this scan only. */
static int open_caches(struct scan *s, struct cm_err *err)
{
        const char *dir = s->options->cache_dir;
        if (dir != NULL) {
                s->cache = cm_layer_cache_open(dir, contexts_of(s), s->options->hash_files);
                s->images = cm_cache_open(dir, "images");
        }
        if (s->cache != NULL)
                s->hash_key = *cm_layer_cache_hash_key(s->cache);
        else if (getrandom(s->hash_key.bytes, sizeof(s->hash_key.bytes), 0) !=
                 (ssize_t)sizeof(s->hash_key.bytes))
                return CM_RAISE_ERRNO(err, CM_E_ENV, errno, "could not get random bytes");
        return 0;
}

int cm_scan(struct cm_arena *arena, const struct cm_scan_options *options, struct cm_target *ret,
            struct cm_merge_result *ret_files, struct cm_err *err)
{
        struct scan s = { .arena = arena, .options = options, .fd = -1 };
        s.started_ms = cm_clock_monotonic_ms();
        int r = cm_source_parse(arena, options->target, &s.source, err);
        if (r < 0)
                return r;
        r = open_caches(&s, err);
        if (r == 0)
                r = read_target(&s, err);
        if (s.worker_runs)
                cm_worker_stop(&s.worker);
        if (s.fd >= 0)
                close(s.fd);
        cm_fetch_close(s.fetch);
        if (r == 0)
                r = resolve_cached(&s, err);
        if (r == 0)
                r = build_target(&s, ret, ret_files, err);
        free_layers(&s);
        cm_layer_cache_close(s.cache);
        cm_cache_close(s.images);
        return r;
}
