/* SPDX-License-Identifier: Apache-2.0 */
/* The conversation of fetch.h. */
#include "fetch/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/limits.h"
#include "fetch/endpoint.h"
#include "sandbox/worker.h"

enum {
        /* Room between the network and the reader; the kernel's default of 64 KiB makes both wait. */
        PIPE_BYTES = 1 << 20,
        BLOBS_MAX = 4096
};

struct cm_fetch {
        struct cm_worker worker;
        enum cm_fetch_kind kind;
        struct cm_sv index_json;
        const char *socket;
        const char *name;
        uint32_t next_id;
        uint32_t outstanding;
        bool judged[BLOBS_MAX]; /* by id */
        struct cm_err first_bad;
};

/* The role may hold credentials in the frame's copy; ours is wiped. */
static int send_setup(struct cm_fetch *fetch, const struct cm_fetch_setup *setup,
                      struct cm_err *err)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_FRAME_BYTES_MAX);
        cm_fetch_setup_write(&buf, setup);
        int r = cm_buf_check(&buf, "credentials and certificates", err);
        if (r == 0)
                r = cm_worker_send(&fetch->worker, CM_FETCH_SETUP, cm_buf_sv(&buf), -1, err);
        explicit_bzero(buf.ptr, buf.len);
        return r;
}

static int take_fail(struct cm_sv payload, struct cm_err *err)
{
        /* A verdict's form with the two numbers before it. */
        struct cm_fetch_verdict verdict = { 0 };
        char numbers[12] = { 0 };
        struct cm_buf whole CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&whole, CM_KIB(64));
        cm_buf_put(&whole, numbers, sizeof(numbers));
        cm_buf_put_sv(&whole, payload);
        int r = cm_buf_check(&whole, "failure of the fetch role", err);
        if (r == 0)
                r = cm_fetch_verdict_parse(cm_buf_sv(&whole), &verdict, err);
        if (r < 0)
                return r;
        if (verdict.err.code == CM_E_OK)
                return CM_RAISE(err, CM_E_WORKER, "fetch role failed without a reason");
        return cm_err_copy(err, &verdict.err);
}

static int receive_image(struct cm_arena *arena, struct cm_fetch *fetch, struct cm_fetch_image *ret,
                         struct cm_err *err)
{
        struct cm_frame frame;
        cm_frame_init(&frame);
        int r = cm_worker_recv(&fetch->worker, &frame, err);
        if (r == 0 && frame.type == CM_FETCH_FAIL)
                r = take_fail(cm_buf_sv(&frame.payload), err);
        else if (r == 0 && frame.type != CM_FETCH_IMAGE)
                r = CM_RAISE(err, CM_E_WORKER, "fetch role sent message %u", frame.type);
        else if (r == 0)
                r = cm_fetch_image_parse(arena, cm_sv_dup(arena, cm_buf_sv(&frame.payload)), ret,
                                         err);
        cm_frame_fini(&frame);
        return r;
}

static int open_one(struct cm_arena *arena, const struct cm_fetch_options *options,
                    enum cm_fetch_kind kind, struct cm_fetch **ret,
                    struct cm_fetch_image *ret_image, struct cm_err *err)
{
        struct cm_fetch_setup setup;
        int r = kind == CM_FETCH_REGISTRY ? cm_endpoint_registry(arena, options, &setup, err)
                : kind == CM_FETCH_CLUSTER
                        ? cm_endpoint_cluster(arena, options, &setup, err)
                        : cm_endpoint_engine(arena, options, kind == CM_FETCH_PODMAN, &setup, err);
        if (r < 0)
                return r;
        struct cm_fetch *fetch = calloc(1, sizeof(*fetch));
        CM_ASSERT(fetch != NULL);
        fetch->kind = kind;
        fetch->name = cm_sv_printf(arena, "%.*s%c", CM_SV_ARG(setup.name), '\0').ptr;
        fetch->socket = cm_sv_printf(arena, "%.*s%c", CM_SV_ARG(setup.socket), '\0').ptr;
        r = cm_worker_start(CM_ROLE_FETCH, NULL, options->budget_s, &fetch->worker, err);
        if (r < 0) {
                free(fetch);
                return r;
        }
        /* A role that could not start answers without having read the setup. */
        if (send_setup(fetch, &setup, err) < 0)
                cm_err_clear(err);
        r = receive_image(arena, fetch, ret_image, err);
        if (r < 0) {
                cm_fetch_close(fetch);
                return r;
        }
        fetch->index_json = ret_image->index_json;
        *ret = fetch;
        return 0;
}

/* Any local engine: the first that has the image; otherwise why neither did. */
static int open_any(struct cm_arena *arena, const struct cm_fetch_options *options,
                    struct cm_fetch **ret, struct cm_fetch_image *ret_image, struct cm_err *err)
{
        struct cm_err docker = CM_ERR_INIT;
        struct cm_err podman = CM_ERR_INIT;
        if (open_one(arena, options, CM_FETCH_DOCKER, ret, ret_image, &docker) == 0 ||
            open_one(arena, options, CM_FETCH_PODMAN, ret, ret_image, &podman) == 0)
                return 0;
        if (docker.code == CM_E_USAGE)
                return cm_err_copy(err, &docker);
        bool absent = docker.code == CM_E_NOT_FOUND || podman.code == CM_E_NOT_FOUND;
        return CM_RAISE(err, absent ? CM_E_NOT_FOUND : CM_E_ENV,
                        "no local engine has '%s' (to pull it: registry:%s): %s; %s",
                        cm_escape(arena, options->name), cm_escape(arena, options->name),
                        docker.text, podman.text);
}

int cm_fetch_open(struct cm_arena *arena, const struct cm_fetch_options *options,
                  struct cm_fetch **ret, struct cm_fetch_image *ret_image, struct cm_err *err)
{
        if (options->tls_skip_verify && options->warn != NULL)
                options->warn(options->warn_ctx,
                              "TLS certificates are not verified (--tls-skip-verify): whoever is "
                              "on the way can read credentials and change tags");
        if (options->kind == CM_FETCH_ENGINE)
                return open_any(arena, options, ret, ret_image, err);
        return open_one(arena, options, options->kind, ret, ret_image, err);
}

struct cm_fetch *cm_fetch_close(struct cm_fetch *fetch)
{
        if (fetch != NULL) {
                cm_worker_stop(&fetch->worker);
                free(fetch);
        }
        return NULL;
}

bool cm_fetch_is_registry(const struct cm_fetch *fetch)
{
        return fetch->kind == CM_FETCH_REGISTRY;
}

enum cm_fetch_kind cm_fetch_kind(const struct cm_fetch *fetch)
{
        return fetch->kind;
}

static int start_stream(struct cm_fetch *fetch, struct cm_sv digest, int *ret_fd,
                        struct cm_err *err)
{
        if (fetch->next_id >= BLOBS_MAX)
                return CM_RAISE(err, CM_E_LIMIT, "more than %d blobs of one image were asked for",
                                BLOBS_MAX);
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0)
                return CM_RAISE_ERRNO(err, CM_E_ENV, errno, "could not make a pipe");
        CM_IGNORE(fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES) < 0); /* only speed depends on it */
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_KIB(1));
        cm_buf_put_le32(&buf, fetch->next_id);
        cm_buf_put_bytes(&buf, digest);
        int r = cm_buf_check(&buf, "digest", err);
        if (r == 0)
                r = cm_worker_send(&fetch->worker, CM_FETCH_STREAM, cm_buf_sv(&buf), ends[1], err);
        close(ends[1]);
        if (r < 0) {
                close(ends[0]);
                return r;
        }
        fetch->next_id++;
        fetch->outstanding++;
        *ret_fd = ends[0];
        return 0;
}

/* "blobs/sha256/<hex>" to "sha256:<hex>"; false for any other name. */
static bool digest_of_name(struct cm_sv name, char text[CM_DIGEST_TEXT_BYTES])
{
        struct cm_sv folder = CM_SV("blobs/");
        struct cm_sv rest = cm_sv_skip(name, folder.len);
        ptrdiff_t slash = cm_sv_find_char(rest, '/');
        if (!cm_sv_has_prefix(name, folder) || slash < 0 || rest.len >= CM_DIGEST_TEXT_BYTES)
                return false;
        memcpy(text, rest.ptr, rest.len);
        text[slash] = ':';
        text[rest.len] = '\0';
        return cm_digest_is(cm_sv_from_cstr(text));
}

static int memory_file(struct cm_sv bytes, int *ret_fd, struct cm_err *err)
{
        int fd = -1;
        int r = cm_memfd("index.json", 0, &fd, err);
        if (r < 0)
                return r;
        if (write(fd, bytes.ptr, bytes.len) != (ssize_t)bytes.len || lseek(fd, 0, SEEK_SET) != 0) {
                close(fd);
                return CM_RAISE(err, CM_E_ENV, "could not fill a memory file");
        }
        *ret_fd = fd;
        return 0;
}

int cm_fetch_want(struct cm_fetch *fetch, struct cm_sv name, int *ret_fd, struct cm_err *err)
{
        CM_ASSERT(cm_fetch_is_registry(fetch));
        char digest[CM_DIGEST_TEXT_BYTES];
        if (cm_sv_eq(name, CM_SV("index.json")))
                return memory_file(fetch->index_json, ret_fd, err);
        if (!digest_of_name(name, digest))
                return 1;
        return start_stream(fetch, cm_sv_from_cstr(digest), ret_fd, err);
}

int cm_fetch_export(struct cm_fetch *fetch, int *ret_fd, struct cm_err *err)
{
        CM_ASSERT(!cm_fetch_is_registry(fetch));
        return start_stream(fetch, CM_SV(""), ret_fd, err);
}

int cm_fetch_survey(struct cm_fetch *fetch, bool with_processes, int *ret_fd, struct cm_err *err)
{
        CM_ASSERT(!cm_fetch_is_registry(fetch));
        return start_stream(fetch, with_processes ? CM_SV("processes") : CM_SV(""), ret_fd, err);
}

int cm_fetch_events(struct cm_fetch *fetch, int *ret_fd, struct cm_err *err)
{
        CM_ASSERT(!cm_fetch_is_registry(fetch));
        return start_stream(fetch, CM_SV("events"), ret_fd, err);
}

const char *cm_fetch_socket(const struct cm_fetch *fetch)
{
        return fetch->socket;
}

const char *cm_fetch_name(const struct cm_fetch *fetch)
{
        return fetch->name;
}

const char *cm_fetch_progress(const struct cm_fetch *fetch, struct cm_arena *arena)
{
        return cm_worker_current(&fetch->worker, arena);
}

int cm_fetch_poll_fd(const struct cm_fetch *fetch)
{
        return fetch->worker.chan.fd;
}

static int take_verdict(struct cm_fetch *fetch, const struct cm_frame *frame, struct cm_err *err)
{
        struct cm_sv payload = cm_buf_sv(&frame->payload);
        if (frame->type == CM_FETCH_FAIL)
                return take_fail(payload, err);
        if (frame->type != CM_FETCH_VERDICT)
                return CM_RAISE(err, CM_E_WORKER, "fetch role sent message %u", frame->type);
        struct cm_fetch_verdict verdict = { 0 };
        int r = cm_fetch_verdict_parse(payload, &verdict, err);
        if (r < 0)
                return r;
        if (verdict.id >= fetch->next_id || fetch->judged[verdict.id])
                return CM_RAISE(err, CM_E_WORKER, "fetch role judged a blob that is not open");
        fetch->judged[verdict.id] = true;
        fetch->outstanding--;
        if (verdict.err.code != CM_E_OK && fetch->first_bad.code == CM_E_OK)
                fetch->first_bad = verdict.err;
        return 0;
}

/* Takes verdicts until none is outstanding (`wait`) or none is there. */
static int collect(struct cm_fetch *fetch, bool wait, struct cm_err *err)
{
        struct cm_frame frame;
        cm_frame_init(&frame);
        int r = 0;
        while (r == 0 && fetch->outstanding > 0 && fetch->first_bad.code == CM_E_OK) {
                r = cm_worker_poll(&fetch->worker, wait ? -1 : 0, &frame, err);
                if (r == CM_CHAN_TIMEOUT && !wait)
                        break;
                if (r == CM_CHAN_TIMEOUT)
                        r = 0; /* the next poll says that the budget is used up */
                else if (r == 0)
                        r = take_verdict(fetch, &frame, err);
        }
        cm_frame_fini(&frame);
        if (r < 0)
                return r;
        return fetch->first_bad.code == CM_E_OK ? 0 : cm_err_copy(err, &fetch->first_bad);
}

int cm_fetch_check(struct cm_fetch *fetch, struct cm_err *err)
{
        return collect(fetch, false, err);
}

int cm_fetch_finish(struct cm_fetch *fetch, struct cm_err *err)
{
        return collect(fetch, true, err);
}

int cm_fetch_explain(struct cm_fetch *fetch, struct cm_err *err)
{
        struct cm_err reason = CM_ERR_INIT;
        if (collect(fetch, false, &reason) < 0)
                *err = reason;
        return -(int)err->code;
}
