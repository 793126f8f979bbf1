/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The worker and walker roles: sandboxed readers of images and directories. They get descriptors
 * and send records (image/protocol.h); nothing else leaves them.
 */
#include "sandbox/worker.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "codec/inflate.h"
#include "codec/json.h"
#include "image/archive.h"
#include "image/layer.h"
#include "image/pour.h"
#include "image/protocol.h"
#include "image/resolve.h"
#include "image/walk.h"

int cm_role_worker(struct cm_chan *chan, char *notes);
int cm_role_walker(struct cm_chan *chan, char *notes);

enum {
        READ_CHUNK = 256 << 10,
        PIECE_BYTES = 1 << 20,
        ARENA_BYTES_MAX = 1 << 30
};

struct note_slot {
        char *notes;
        size_t slot;
        char name[40];
};

struct job_context {
        struct cm_chan *chan;
        char *notes;
        struct cm_arena *arena;
        struct cm_job job;
        int fd; /* archive or directory */
        const struct cm_path_table *paths;
        uint64_t capture_left;
        const struct cm_consumer *consumers[3];
        size_t consumer_count;
        struct cm_key_sink keys;
        struct cm_archive *archive; /* or NULL */
        pthread_mutex_t want_mutex; /* one question to the parent at a time */
        /* layers */
        struct cm_image image;
        struct cm_shadow_order *order;
        struct cm_records *paths_of; /* of each layer: kept until all are done, the order borrows */
        const struct cm_sv *known;
        size_t next_layer;
        bool failed;
        struct cm_err err; /* the first failure */
        pthread_mutex_t mutex;
};

static void note_set(void *ctx, struct cm_sv path)
{
        struct note_slot *slot = ctx;
        cm_note_set(slot->notes, slot->slot, cm_sv_from_cstr(slot->name), path);
}

static int setup(struct job_context *c, struct cm_err *err)
{
        c->capture_left = CM_CAPTURE_TOTAL_BYTES_MAX;
        if (c->job.contexts != 0)
                c->consumers[c->consumer_count++] = &cm_consumer_catalog;
        if (c->job.hash_files)
                c->consumers[c->consumer_count++] = &cm_consumer_hash;
        if (c->job.facts)
                c->consumers[c->consumer_count++] = &cm_consumer_facts;
        pthread_mutex_init(&c->want_mutex, NULL);
        pthread_mutex_init(&c->mutex, NULL);
        return cm_path_table_new(c->arena, c->job.contexts, &c->paths, err);
}

/* Asks the parent for a blob. Returns 0, or 1 when there is none. */
static int want(struct job_context *c, struct cm_sv name, int *ret_fd, struct cm_err *err)
{
        struct cm_frame frame;
        cm_frame_init(&frame);
        pthread_mutex_lock(&c->want_mutex);
        int r = cm_chan_send(c->chan, CM_SCAN_WANT, name, -1, err);
        if (r == 0)
                r = cm_chan_recv(c->chan, -1, &frame, err);
        pthread_mutex_unlock(&c->want_mutex);
        if (r == CM_CHAN_END)
                exit(0); /* the parent went away */
        if (r == 0 && frame.type != CM_SCAN_BLOB)
                r = CM_RAISE(err, CM_E_WORKER, "parent answered with another message");
        if (r == 0 && frame.fd >= 0)
                *ret_fd = CM_TAKE_FD(frame.fd);
        else if (r == 0 && frame.payload.len == 0)
                r = 1;
        else if (r == 0)
                r = cm_fail_parse(cm_buf_sv(&frame.payload), err);
        cm_frame_fini(&frame);
        return r;
}

static int read_whole(struct cm_arena *arena, int fd, struct cm_sv *ret, struct cm_err *err)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_IMAGE_JSON_BYTES_MAX);
        for (;;) {
                char *p = cm_buf_reserve(&buf, CM_KIB(16));
                if (p == NULL)
                        return cm_buf_check(&buf, "image document (limit image_json_bytes_max)",
                                            err);
                ssize_t n = read(fd, p, CM_KIB(16));
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not read a document");
                if (n == 0)
                        break;
                cm_buf_commit(&buf, (size_t)n);
        }
        *ret = cm_sv_dup(arena, cm_buf_sv(&buf));
        return 0;
}

static int doc_from_parent(void *ctx, struct cm_arena *arena, struct cm_sv name, struct cm_sv *ret,
                           struct cm_err *err)
{
        int fd = -1;
        int r = want(ctx, name, &fd, err);
        if (r == 0) {
                r = read_whole(arena, fd, ret, err);
                close(fd);
        }
        return r;
}

static int doc_from_archive(void *ctx, struct cm_arena *arena, struct cm_sv name, struct cm_sv *ret,
                            struct cm_err *err)
{
        struct job_context *c = ctx;
        uint64_t offset = 0;
        uint64_t size = 0;
        int r = cm_archive_find(c->archive, arena, name, &offset, &size, err);
        if (r != 0)
                return r;
        if (size > CM_IMAGE_JSON_BYTES_MAX)
                return CM_RAISE(err, CM_E_LIMIT, "document is over limit image_json_bytes_max");
        char *bytes = CM_NEW_ARRAY(arena, char, (size_t)size);
        r = cm_read_at(c->fd, offset, bytes, (size_t)size, err);
        if (r < 0)
                return r;
        *ret = cm_sv_make(bytes, (size_t)size);
        return 0;
}

static bool has_failed(struct job_context *c)
{
        pthread_mutex_lock(&c->mutex);
        bool failed = c->failed;
        pthread_mutex_unlock(&c->mutex);
        return failed;
}

static void set_failed(struct job_context *c, const struct cm_err *err)
{
        pthread_mutex_lock(&c->mutex);
        if (!c->failed)
                c->err = *err;
        c->failed = true;
        pthread_mutex_unlock(&c->mutex);
        cm_shadow_order_abort(c->order);
}

/* Reads [offset, offset + size) of the archive into a layer. */
static int feed_at(struct job_context *c, struct cm_layer *layer, uint64_t offset, uint64_t size,
                   char *chunk, struct cm_err *err)
{
        while (size > 0) {
                size_t n = (size_t)CM_MIN(size, (uint64_t)READ_CHUNK);
                int r = cm_read_at(c->fd, offset, chunk, n, err);
                if (r == 0)
                        r = cm_layer_push(layer, cm_sv_make(chunk, n), err);
                if (r < 0)
                        return r;
                offset += n;
                size -= n;
        }
        return 0;
}

static int feed_fd(int fd, struct cm_layer *layer, char *chunk, struct cm_err *err)
{
        for (;;) {
                ssize_t n = read(fd, chunk, READ_CHUNK);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not read a blob");
                if (n == 0)
                        return 0;
                int r = cm_layer_push(layer, cm_sv_make(chunk, (size_t)n), err);
                if (r < 0)
                        return r;
        }
}

static int feed_layer(struct job_context *c, struct cm_layer *layer,
                      const struct cm_image_layer_ref *ref, struct cm_err *err)
{
        char *chunk = malloc(READ_CHUNK);
        CM_ASSERT(chunk != NULL);
        int r = 0;
        if (c->archive != NULL) {
                struct cm_arena *scratch CM_CLEANUP(cm_arena_freep)
                = cm_arena_new(CM_MIB(1));
                uint64_t offset = 0;
                uint64_t size = 0;
                r = cm_archive_find(c->archive, scratch, ref->name, &offset, &size, err);
                if (r == 0)
                        r = feed_at(c, layer, offset, size, chunk, err);
        } else {
                int fd = -1;
                r = want(c, ref->name, &fd, err);
                if (r == 0) {
                        r = feed_fd(fd, layer, chunk, err);
                        close(fd);
                }
        }
        free(chunk);
        if (r > 0)
                return CM_RAISE(err, CM_E_MALFORMED, "its blob is not there");
        return r;
}

static int send_piece(struct job_context *c, const struct cm_layer_piece *piece, struct cm_err *err)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_FRAME_BYTES_MAX);
        cm_layer_piece_write(&buf, piece);
        return cm_chan_send(c->chan, CM_SCAN_LAYER, cm_buf_sv(&buf), -1, err);
}

static int send_keys(void *ctx, size_t index, const uint64_t *keys, size_t count,
                     struct cm_err *err)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_KEYS_PIECE * sizeof(*keys));
        for (size_t i = 0; i < count; i++)
                cm_buf_put_le64(&buf, keys[i]);
        const struct cm_layer_piece piece = { .index = index,
                                              .part = CM_LAYER_KEYS,
                                              .bytes = cm_buf_sv(&buf) };
        return send_piece(ctx, &piece, err);
}

static int send_layer(struct job_context *c, size_t index, const struct cm_layer_result *result,
                      struct cm_err *err)
{
        struct cm_layer_piece piece = { .index = index, .part = CM_LAYER_SHADOWS };
        for (struct cm_sv rest = result->shadows; rest.len > 0;) {
                piece.bytes = cm_sv_slice(rest, 0, PIECE_BYTES);
                rest = cm_sv_skip(rest, piece.bytes.len);
                int r = send_piece(c, &piece, err);
                if (r < 0)
                        return r;
        }
        struct cm_sv rest = result->records;
        do {
                struct cm_sv now = cm_sv_slice(rest, 0, PIECE_BYTES);
                rest = cm_sv_skip(rest, now.len);
                piece = (struct cm_layer_piece){
                        .index = index,
                        .part = CM_LAYER_RECORDS,
                        .is_last = rest.len == 0,
                        .is_crowded = result->is_crowded,
                        .tar_bytes = result->tar_bytes,
                        .diff_id = cm_sv_make(result->diff_id, sizeof(result->diff_id)),
                        .bytes = now,
                };
                int r = send_piece(c, &piece, err);
                if (r < 0)
                        return r;
        } while (rest.len > 0);
        return 0;
}

static struct cm_shadow_options shadow_options(const struct job_context *c, size_t index)
{
        return (struct cm_shadow_options){ .hash_key = c->job.hash_key,
                                           .order = c->order,
                                           .layer = index,
                                           .keys = c->job.keep_keys ? &c->keys : NULL };
}

static int scan_layer(struct job_context *c, size_t index, struct cm_err *err)
{
        struct note_slot slot = { .notes = c->notes, .slot = index };
        snprintf(slot.name, sizeof(slot.name), "layer %zu", index);
        const struct cm_layer_options options = {
                .consumers = c->consumers,
                .consumer_count = c->consumer_count,
                .paths = c->paths,
                .capture_left = &c->capture_left,
                .shadow = shadow_options(c, index),
                .note = { note_set, &slot },
                .name = slot.name,
        };
        struct cm_layer *layer = cm_layer_new(&options);
        struct cm_layer_result result;
        int r = feed_layer(c, layer, &c->image.layers[index], err);
        if (r == 0)
                r = cm_layer_finish(layer, &result, err);
        else if (cm_sv_find(cm_sv_from_cstr(err->text), CM_SV("layer ")) != 0)
                cm_err_context(err, "%s", slot.name);
        if (r == 0) /* the full records go to the parent and are not needed here any more */
                r = cm_records_condense(result.records, CM_LAYER_RECORDS_BYTES_MAX,
                                        &c->paths_of[index], err);
        if (r == 0) {
                cm_shadow_order_done(c->order, index, cm_buf_sv(&c->paths_of[index].buf));
                r = send_layer(c, index, &result, err);
        } else {
                cm_shadow_order_abort(c->order);
        }
        cm_layer_free(layer);
        return r;
}

static void *layer_thread(void *arg)
{
        struct job_context *c = arg;
        while (!has_failed(c)) {
                size_t index = __atomic_fetch_add(&c->next_layer, 1, __ATOMIC_RELAXED);
                if (index >= c->image.layer_count)
                        break;
                if (index < c->image.layer_count && c->known[index].len > 0)
                        continue;
                struct cm_err err = CM_ERR_INIT;
                if (scan_layer(c, index, &err) < 0)
                        set_failed(c, &err);
        }
        return NULL;
}

/* IMAGE out, PLAN in. */
static int exchange_plan(struct job_context *c, struct cm_err *err)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_FRAME_BYTES_MAX);
        cm_image_write(&buf, &c->image);
        int r = cm_buf_check(&buf, "image description", err);
        if (r == 0)
                r = cm_chan_send(c->chan, CM_SCAN_IMAGE, cm_buf_sv(&buf), -1, err);
        if (r < 0)
                return r;
        struct cm_frame frame;
        cm_frame_init(&frame);
        r = cm_chan_recv(c->chan, -1, &frame, err);
        if (r > 0)
                exit(0);
        size_t count = 0;
        if (r == 0 && frame.type != CM_SCAN_PLAN)
                r = CM_RAISE(err, CM_E_WORKER, "parent sent no plan");
        if (r == 0) {
                struct cm_sv bytes = cm_sv_dup(c->arena, cm_buf_sv(&frame.payload));
                r = cm_plan_parse(c->arena, bytes, &c->known, &count, err);
        }
        if (r == 0 && count != c->image.layer_count)
                r = CM_RAISE(err, CM_E_WORKER, "plan and image differ in layers");
        cm_frame_fini(&frame);
        return r;
}

static int scan_layers(struct job_context *c, struct cm_err *err)
{
        int r = exchange_plan(c, err);
        if (r < 0)
                return r;
        size_t count = c->image.layer_count;
        c->order = cm_shadow_order_new(count);
        c->paths_of = CM_NEW_ARRAY(c->arena, struct cm_records, count);
        for (size_t i = 0; i < count; i++)
                if (c->known[i].len > 0)
                        cm_shadow_order_done(c->order, i, c->known[i]);
        size_t threads = CM_MIN((size_t)c->job.threads, count);
        pthread_t *ids = CM_NEW_ARRAY(c->arena, pthread_t, threads);
        for (size_t i = 0; i < threads; i++)
                CM_ASSERT(pthread_create(&ids[i], NULL, layer_thread, c) == 0);
        for (size_t i = 0; i < threads; i++)
                pthread_join(ids[i], NULL);
        cm_shadow_order_free(c->order);
        for (size_t i = 0; i < count; i++)
                cm_records_fini(&c->paths_of[i]);
        return c->failed ? cm_err_copy(err, &c->err) : 0;
}

struct fd_source {
        int fd;
        char *chunk;
};

static int fd_next(void *ctx, struct cm_sv *ret, struct cm_err *err)
{
        struct fd_source *s = ctx;
        ssize_t n = 0;
        size_t got = 0;
        /* Pipes give little at a time; the first piece must hold a whole magic number. */
        while (got < READ_CHUNK) {
                n = read(s->fd, s->chunk + got, READ_CHUNK - got);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        break;
                got += (size_t)n;
        }
        if (n < 0)
                return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not read the archive");
        *ret = cm_sv_make(s->chunk, got);
        return 0;
}

static int scan_stream(struct job_context *c, struct cm_err *err)
{
        struct note_slot slot = { .notes = c->notes, .name = "archive" };
        const struct cm_layer_options options = {
                .consumers = c->consumers,
                .consumer_count = c->consumer_count,
                .paths = c->paths,
                .capture_left = &c->capture_left,
                .shadow = shadow_options(c, 0),
                .note = { note_set, &slot },
                .name = "layer",
        };
        struct fd_source fd_source = { c->fd, cm_arena_alloc(c->arena, READ_CHUNK, 64) };
        const struct cm_byte_source source = { fd_next, &fd_source };
        struct cm_pour pour;
        int r = cm_pour_read(c->arena, &source, &options, &c->job.choice, &pour, err);
        if (r < 0)
                return r;
        c->image = pour.image;
        r = exchange_plan(c, err);
        for (size_t i = 0; i < c->image.layer_count && r == 0; i++) {
                if (c->known[i].len > 0)
                        continue; /* a stream is read whole, whatever is known */
                r = cm_layer_put_keys(pour.layers[i].layer, i, err);
                if (r == 0)
                        r = send_layer(c, i, &pour.layers[i].result, err);
        }
        return r;
}

static int scan_archive(struct job_context *c, struct cm_err *err)
{
        struct stat st;
        char head[512];
        bool seekable = fstat(c->fd, &st) == 0 && S_ISREG(st.st_mode);
        ssize_t n = seekable ? pread(c->fd, head, sizeof(head), 0) : 0;
        if (!seekable ||
            cm_compression_detect(cm_sv_make(head, n > 0 ? (size_t)n : 0)) != CM_COMPRESSION_NONE)
                return scan_stream(c, err);
        int r = cm_archive_index(c->arena, c->fd, &c->archive, err);
        const struct cm_docs docs = { doc_from_archive, c };
        if (r == 0)
                r = cm_image_resolve(c->arena, &docs, &c->job.choice, &c->image, err);
        return r < 0 ? r : scan_layers(c, err);
}

static int scan_blobs(struct job_context *c, struct cm_err *err)
{
        const struct cm_docs docs = { doc_from_parent, c };
        int r = cm_image_resolve(c->arena, &docs, &c->job.choice, &c->image, err);
        return r < 0 ? r : scan_layers(c, err);
}

static int scan_dir(struct job_context *c, struct cm_err *err)
{
        struct note_slot slot = { .notes = c->notes, .name = "" };
        const struct cm_walk_options options = {
                .consumers = c->consumers,
                .consumer_count = c->consumer_count,
                .paths = c->paths,
                .capture_left = &c->capture_left,
                .note = { note_set, &slot },
                .read_caps = c->job.facts,
                .skip_vcs = (c->job.contexts & CM_CONTEXT_SOURCE) != 0,
        };
        struct cm_records records;
        cm_records_init(&records, CM_LAYER_RECORDS_BYTES_MAX);
        int r = cm_walk_dir(c->fd, &options, &records, err);
        if (r == 0) {
                const struct cm_layer_result result = { .records = cm_buf_sv(&records.buf) };
                r = send_layer(c, 0, &result, err);
        }
        cm_records_fini(&records);
        return r;
}

static int do_job(struct job_context *c, struct cm_err *err)
{
        c->keys = (struct cm_key_sink){ send_keys, c };
        int r = setup(c, err);
        if (r < 0)
                return r;
        switch (c->job.kind) {
        case CM_JOB_ARCHIVE:
                return scan_archive(c, err);
        case CM_JOB_BLOBS:
                return scan_blobs(c, err);
        case CM_JOB_WALK:
                return scan_dir(c, err);
        }
        return CM_RAISE(err, CM_E_WORKER, "job has no known kind");
}

CM_NORETURN static void memory_limit(void *ctx, size_t limit_bytes)
{
        (void)ctx;
        (void)limit_bytes;
        _exit(cm_err_exit_status(CM_E_LIMIT));
}

static int receive_job(struct job_context *c, struct cm_frame *frame, struct cm_err *err)
{
        int r = cm_chan_recv(c->chan, -1, frame, err);
        if (r > 0)
                exit(0);
        if (r == 0 && frame->type != CM_SCAN_JOB)
                r = CM_RAISE(err, CM_E_WORKER, "parent sent no job");
        if (r == 0)
                r = cm_job_parse(cm_buf_sv(&frame->payload), &c->job, err);
        if (r == 0 && c->job.kind != CM_JOB_BLOBS && frame->fd < 0)
                r = CM_RAISE(err, CM_E_WORKER, "job came without a descriptor");
        c->fd = frame->fd;
        return r;
}

static int run(enum cm_role role, struct cm_chan *chan, char *notes)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_sandbox_report report;
        /*
         * One malloc arena: glibc (2.36) opens /proc/sys/vm/overcommit_memory when it shrinks a
         * second one, which the sandbox forbids; the hot path hardly allocates. Large blocks go
         * back to the kernel at once, which keeps memory flat.
         */
        mallopt(M_ARENA_MAX, 1);
        mallopt(M_MMAP_THRESHOLD, 1 << 20);
        mallopt(M_TRIM_THRESHOLD, 8 << 20);
        cm_arena_set_default_limit_handler(memory_limit, NULL);
        uint64_t seed = 0;
        if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
                return cm_err_exit_status(CM_E_ENV);
        cm_json_seed(seed | 1);
        struct job_context c = { .chan = chan, .notes = notes, .fd = -1 };
        struct cm_frame frame;
        cm_frame_init(&frame);
        int r = 0;
        /* The walker needs its directory for Landlock; that frame comes from the parent only. */
        if (role == CM_ROLE_WALKER)
                r = receive_job(&c, &frame, &err);
        if (r == 0)
                r = cm_sandbox_enter(role, c.fd, &report, &err);
        if (r == 0 && role == CM_ROLE_WORKER)
                r = receive_job(&c, &frame, &err);
        c.arena = cm_arena_new(ARENA_BYTES_MAX);
        if (r == 0)
                r = do_job(&c, &err);
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_FRAME_BYTES_MAX);
        if (r < 0)
                cm_fail_write(&buf, &err);
        cm_err_clear(&err);
        CM_IGNORE(
                cm_chan_send(chan, r < 0 ? CM_SCAN_FAIL : CM_SCAN_DONE, cm_buf_sv(&buf), -1, &err));
        cm_arena_free(c.arena);
        cm_frame_fini(&frame);
        return 0;
}

int cm_role_worker(struct cm_chan *chan, char *notes)
{
        return run(CM_ROLE_WORKER, chan, notes);
}

int cm_role_walker(struct cm_chan *chan, char *notes)
{
        return run(CM_ROLE_WALKER, chan, notes);
}
