/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fetch role: the only process that talks to engines and registries. It gets names and
 * credentials in frames and gives bytes into descriptors; it cannot read the user's files, write
 * any, or start programs.
 */
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/escape.h"
#include "base/limits.h"
#include "fetch/cluster_survey.h"
#include "fetch/curl_dl.h"
#include "fetch/engine.h"
#include "fetch/engine_survey.h"
#include "sandbox/worker.h"

int cm_role_fetch(struct cm_chan *chan, char *notes);
/* glibc's way to override nsswitch.conf; declared in no header since 2.33. */
int __nss_configure_lookup(const char *database,
                           const char *services); // NOLINT(bugprone-reserved-identifier)

enum {
        SETUP_ARENA_BYTES_MAX = 64 << 20,
        STREAM_ARENA_BYTES_MAX = 64 << 20
};

struct fetch {
        struct cm_chan *chan;
        char *notes;
        struct cm_arena *arena;
        struct cm_curl curl;
        struct cm_http *http;
        struct cm_fetch_setup setup;
        struct cm_engine engine;
        struct cm_registry *registry;
        pthread_mutex_t mutex;
        pthread_cond_t freed;
        size_t running;
};

struct stream {
        struct fetch *fetch;
        uint32_t id;
        struct cm_arena *arena;
        struct cm_sv digest; /* "" = the export of the engine's image; of a survey see message.h */
        int fd;
};

static int send_error(struct fetch *f, uint16_t type, const struct cm_err *problem)
{
        struct cm_err ignored = CM_ERR_INIT;
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_KIB(4));
        cm_fetch_error_write(&buf, problem);
        return cm_chan_send(f->chan, type, cm_buf_sv(&buf), -1, &ignored);
}

static int survey_cluster(struct stream *s, struct cm_transfer *transfer, struct cm_err *err)
{
        struct cm_cluster cluster = { .http = s->fetch->http,
                                      .setup = &s->fetch->setup,
                                      .notes = s->fetch->notes,
                                      .note_slot = s->id };
        return cm_cluster_survey(&cluster, s->arena, transfer, err);
}

static int answer_survey(struct stream *s, struct cm_transfer *transfer, struct cm_err *err)
{
        struct cm_engine *engine = &s->fetch->engine;
        if (!cm_sv_eq(s->digest, CM_SV("events")))
                return cm_engine_survey(engine, s->arena, cm_sv_eq(s->digest, CM_SV("processes")),
                                        transfer, err);
        transfer->bytes_max = UINT64_MAX; /* nothing is kept of it */
        return cm_engine_events(engine, s->arena, transfer, err);
}

/* Errors leave as a verdict, so that they are known before the reader meets the early end. */
static void *stream_main(void *arg)
{
        struct stream *s = arg;
        struct fetch *f = s->fetch;
        struct cm_transfer transfer = { .fd = s->fd,
                                        .bytes_max = f->setup.is_survey ? CM_NODE_BYTES_MAX
                                                                        : CM_LAYER_BYTES_MAX };
        struct cm_fetch_verdict verdict = { .id = s->id };
        int r;
        cm_note_set(f->notes, s->id, CM_SV("blob"), s->digest.len > 0 ? s->digest : f->setup.name);
        if (f->registry != NULL)
                r = cm_registry_get_digest(f->registry, s->arena, s->digest, &transfer,
                                           &verdict.err);
        else if (f->setup.is_cluster)
                r = survey_cluster(s, &transfer, &verdict.err);
        else if (f->setup.is_survey)
                r = answer_survey(s, &transfer, &verdict.err);
        else
                r = cm_engine_export(&f->engine, s->arena, &transfer, &verdict.err);
        if (r == 0 && transfer.write_errno != 0)
                CM_IGNORE(CM_RAISE_ERRNO(&verdict.err, CM_E_IO, transfer.write_errno,
                                         "could not pass a blob on"));
        verdict.size_bytes = transfer.received;
        struct cm_err ignored = CM_ERR_INIT;
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_KIB(4));
        cm_fetch_verdict_write(&buf, &verdict);
        CM_IGNORE(cm_chan_send(f->chan, CM_FETCH_VERDICT, cm_buf_sv(&buf), -1, &ignored));
        close(s->fd);
        cm_arena_free(s->arena);
        free(s);
        pthread_mutex_lock(&f->mutex);
        f->running--;
        pthread_cond_signal(&f->freed);
        pthread_mutex_unlock(&f->mutex);
        return NULL;
}

/* One thread per stream; more than the limit wait here, in the order of their frames. */
static int start_stream(struct fetch *f, struct cm_frame *frame, struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(cm_buf_sv(&frame->payload));
        uint32_t id = cm_cursor_le32(&c);
        struct cm_sv digest = cm_cursor_bytes(&c);
        bool is_engine = f->registry == NULL;
        if (c.failed || frame->fd < 0 || (!f->setup.is_survey && is_engine != (digest.len == 0)))
                return CM_RAISE(err, CM_E_WORKER, "parent sent a broken request");
        pthread_mutex_lock(&f->mutex);
        while (f->running >= CM_FETCH_STREAMS_MAX)
                pthread_cond_wait(&f->freed, &f->mutex);
        f->running++;
        pthread_mutex_unlock(&f->mutex);
        struct stream *s = calloc(1, sizeof(*s));
        CM_ASSERT(s != NULL);
        s->fetch = f;
        s->id = id;
        s->arena = cm_arena_new(STREAM_ARENA_BYTES_MAX);
        s->digest = cm_sv_dup(s->arena, digest);
        s->fd = CM_TAKE_FD(frame->fd);
        pthread_t thread;
        int failed = pthread_create(&thread, NULL, stream_main, s);
        if (failed != 0)
                return CM_RAISE_ERRNO(err, CM_E_ENV, failed, "could not start a thread");
        pthread_detach(thread);
        return 0;
}

static struct cm_sv make_index(struct cm_arena *arena, const struct cm_registry_document *doc)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_KIB(64));
        cm_buf_put_str(&buf, "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index."
                             "v1+json\",\"manifests\":[{\"mediaType\":");
        cm_buf_put_json(&buf, cm_sv_slice(doc->media_type, 0, 255));
        cm_buf_printf(&buf, ",\"digest\":\"%s\",\"size\":%zu}]}", doc->digest, doc->bytes.len);
        return cm_sv_dup(arena, cm_buf_sv(&buf));
}

static int resolve(struct fetch *f, struct cm_fetch_image *ret, struct cm_err *err)
{
        if (!f->setup.is_registry) {
                f->engine = (struct cm_engine){ .http = f->http, .setup = &f->setup };
                int r = f->setup.socket.len == 0
                                ? 0
                                : cm_cstr(f->arena, f->setup.socket, &f->engine.socket, err);
                /* There is no image to find: whether the engine answers shows in the survey. */
                return r < 0 || f->setup.is_survey
                               ? r
                               : cm_engine_inspect(&f->engine, f->arena, ret, err);
        }
        struct cm_registry *registry = cm_registry_new(
                f->http, f->setup.endpoints, f->setup.endpoint_count, f->setup.repository);
        f->registry = registry;
        struct cm_registry_document doc;
        int r = cm_registry_get_manifest(registry, f->arena, f->setup.selector, &doc, err);
        if (r < 0)
                return r;
        cm_registry_note_manifest(registry, cm_sv_from_cstr(doc.digest));
        *ret = (struct cm_fetch_image){
                .digest = cm_sv_dup(f->arena, cm_sv_from_cstr(doc.digest)),
                .index_json = make_index(f->arena, &doc),
        };
        return 0;
}

static int set_up(struct fetch *f, struct cm_frame *frame, struct cm_err *err)
{
        int r = cm_chan_recv(f->chan, -1, frame, err);
        if (r > 0)
                exit(0); /* the parent went away */
        if (r == 0 && frame->type != CM_FETCH_SETUP)
                r = CM_RAISE(err, CM_E_WORKER, "parent sent no setup");
        if (r < 0)
                return r;
        struct cm_sv bytes = cm_sv_dup(f->arena, cm_buf_sv(&frame->payload));
        explicit_bzero(frame->payload.ptr, frame->payload.len);
        return cm_fetch_setup_parse(f->arena, bytes, &f->setup, err);
}

static int answer_image(struct fetch *f, struct cm_err *err)
{
        struct cm_fetch_image image = { 0 };
        cm_note_set(f->notes, 0, CM_SV("image"),
                    f->setup.is_registry ? f->setup.repository : f->setup.name);
        int r = resolve(f, &image, err);
        if (r < 0)
                return r;
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_FRAME_BYTES_MAX);
        cm_fetch_image_write(&buf, &image);
        return cm_chan_send(f->chan, CM_FETCH_IMAGE, cm_buf_sv(&buf), -1, err);
}

static int serve(struct fetch *f, struct cm_frame *frame, struct cm_err *err)
{
        int r = set_up(f, frame, err);
        if (r == 0)
                r = answer_image(f, err);
        while (r == 0) {
                r = cm_chan_recv(f->chan, -1, frame, err);
                if (r == 0 && frame->type != CM_FETCH_STREAM)
                        r = CM_RAISE(err, CM_E_WORKER, "parent sent message %u", frame->type);
                if (r == 0)
                        r = start_stream(f, frame, err);
        }
        return r;
}

CM_NORETURN static void memory_limit(void *ctx, size_t limit_bytes)
{
        (void)ctx;
        (void)limit_bytes;
        _exit(cm_err_exit_status(CM_E_LIMIT));
}

int cm_role_fetch(struct cm_chan *chan, char *notes)
{
        struct fetch f = { .chan = chan, .notes = notes };
        struct cm_err err = CM_ERR_INIT;
        struct cm_sandbox_report report;
        struct cm_frame frame;
        cm_frame_init(&frame);
        pthread_mutex_init(&f.mutex, NULL);
        pthread_cond_init(&f.freed, NULL);
        signal(SIGPIPE, SIG_IGN); /* a reader that leaves is an outcome: transfer.h */
        cm_arena_set_default_limit_handler(memory_limit, NULL);
        /* Plugins of the name service would be loaded later, when nothing can be loaded any more;
         * files and DNS are part of glibc (since 2.34). */
        __nss_configure_lookup("hosts", "files dns");
        f.arena = cm_arena_new(SETUP_ARENA_BYTES_MAX);
        int r = cm_curl_load(&f.curl, &err);
        if (r == 0)
                r = cm_sandbox_enter(CM_ROLE_FETCH, -1, &report, &err);
        if (r == 0) {
                f.http = cm_http_new(&f.curl, "coaming/" CM_VERSION);
                r = serve(&f, &frame, &err);
        }
        if (r < 0)
                CM_IGNORE(send_error(&f, CM_FETCH_FAIL, &err));
        /* Streams may still run; the process ends as a whole. */
        _exit(r < 0 ? cm_err_exit_status(err.code) : 0);
}
