/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checker role: reads documents and evaluates checks on them in the sandbox. It gets
 * descriptors and sends results (check_protocol.h); nothing else leaves it.
 */
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/limits.h"
#include "check/check_protocol.h"
#include "check/check_waiver.h"
#include "check/fix_document.h"
#include "check/library.h"
#include "ipc/fail.h"
#include "os/file.h"
#include "sandbox/worker.h"

int cm_role_checker(struct cm_chan *chan, char *notes);

enum {
        BATCH_BYTES = 256 << 10,
        HEAP_READY_BYTES = 2 << 20
};

struct tally {
        uint64_t counts[CM_CHECK_STATE_COUNT];
};

struct checker {
        struct cm_check_sink sink; /* first */
        struct cm_chan *chan;
        char *notes;
        struct cm_arena *arena;   /* library: lives as long as the role */
        struct cm_arena *scratch; /* of one document */
        struct cm_check_library_options options;
        struct cm_check_library *library;
        CM_VEC(struct cm_sv) sent;    /* ids of the checks that were announced, by index */
        size_t last_sent;             /* the index that was asked for last */
        CM_VEC(struct tally) tallies; /* by the same index */
        bool with_passed;
        struct cm_check_fixes fixes;     /* of one document */
        struct cm_check_waiver *waivers; /* what they cover is not fixed */
        size_t waiver_count;
        bool is_closed; /* the library: no more check files */
        struct cm_buf out;
        struct cm_buf checks; /* announcements that were not sent yet */
        struct cm_buf batch;  /* results that were not sent yet */
};

static int read_all(struct cm_arena *arena, int fd, struct cm_sv *ret, struct cm_err *err)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, CM_NODE_BYTES_MAX);
        if (lseek(fd, 0, SEEK_SET) < 0 && errno != ESPIPE)
                return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not read the document");
        int r = cm_file_read_fd(fd, "the document", &buf, err);
        if (r == 0 && buf.overflow)
                r = CM_RAISE(err, CM_E_LIMIT, "document is larger than node_bytes_max (%zu)",
                             CM_NODE_BYTES_MAX);
        if (r == 0)
                *ret = cm_sv_dup(arena, cm_buf_sv(&buf));
        return r;
}

static int send_out(struct checker *c, enum cm_check_message_type type, struct cm_err *err)
{
        int r = cm_buf_check(&c->out, "checker's message", err);
        return r < 0 ? r : cm_chan_send(c->chan, (uint16_t)type, cm_buf_sv(&c->out), -1, err);
}

/* The index under which a check was announced; announces it when it was not. Subjects of a kind ask
 * for the same checks in the same order: the next is mostly the one after the last. */
static uint64_t announce(struct checker *c, const struct cm_check_result *result)
{
        for (size_t i = 1; i <= c->sent.count; i++) {
                size_t at = (c->last_sent + i) % c->sent.count;
                if (c->sent.items[at].ptr == result->check.ptr)
                        return c->last_sent = at;
        }
        c->last_sent = c->sent.count;
        *CM_VEC_PUSH(c->arena, &c->sent) = result->check;
        CM_VEC_PUSH(c->arena, &c->tallies);
        const struct cm_check_meta meta = { .index = c->last_sent,
                                            .id = result->check,
                                            .title = result->title,
                                            .remediation = result->remediation,
                                            .maps = result->maps,
                                            .severity = result->severity };
        cm_buf_clear(&c->out);
        cm_check_meta_write(&c->out, &meta);
        cm_buf_put_bytes(&c->checks, cm_buf_sv(&c->out));
        return c->last_sent;
}

static int flush_one(struct checker *c, struct cm_buf *batch, enum cm_check_message_type type,
                     struct cm_err *err)
{
        int r = cm_buf_check(batch, "checker's message", err);
        if (r == 0 && batch->len > 0)
                r = cm_chan_send(c->chan, (uint16_t)type, cm_buf_sv(batch), -1, err);
        cm_buf_clear(batch);
        return r;
}

static int flush_results(struct checker *c, struct cm_err *err)
{
        int r = flush_one(c, &c->checks, CM_CHECK_MSG_CHECKS, err);
        return r < 0 ? r : flush_one(c, &c->batch, CM_CHECK_MSG_RESULTS, err);
}

/* Results go out many at a time; those that pass are only counted, unless they are asked for. */
static int put_result(struct cm_check_sink *sink, const struct cm_check_result *result,
                      struct cm_err *err)
{
        struct checker *c = (struct checker *)(void *)sink;
        uint64_t index = announce(c, result);
        c->tallies.items[index].counts[result->state]++;
        if (result->edits != NULL &&
            !cm_check_waivers_cover(c->fixes.arena, c->waivers, c->waiver_count, result))
                cm_check_fixes_add(&c->fixes, result);
        bool is_quiet = result->state == CM_CHECK_PASS || result->state == CM_CHECK_NOT_APPLICABLE;
        if (is_quiet && !c->with_passed)
                return 0;
        cm_buf_clear(&c->out);
        cm_check_result_write(&c->out, index, result);
        cm_buf_put_bytes(&c->batch, cm_buf_sv(&c->out));
        return c->batch.len >= BATCH_BYTES ? flush_results(c, err) : 0;
}

static int send_tallies(struct checker *c, struct cm_err *err)
{
        cm_buf_clear(&c->out);
        for (size_t i = 0; i < c->tallies.count; i++)
                for (size_t j = 0; j < CM_CHECK_STATE_COUNT; j++)
                        cm_buf_put_varint(&c->out, c->tallies.items[i].counts[j]);
        return send_out(c, CM_CHECK_MSG_TALLY, err);
}

static int send_fixed(struct checker *c, struct cm_sv name, struct cm_sv text, struct cm_err *err)
{
        struct cm_check_fixed fixed;
        cm_check_fix_document(cm_check_library_provider(c->library), &c->fixes, name, text, &fixed);
        cm_buf_clear(&c->out);
        cm_check_fixed_write(&c->out, &fixed);
        return send_out(c, CM_CHECK_MSG_FIXED, err);
}

/* A document that cannot be read is answered with its error; the next one is read all the same. */
static int on_document(struct checker *c, struct cm_sv name, int fd, struct cm_err *err)
{
        struct cm_err problem = CM_ERR_INIT;
        struct cm_check_counts counts = { 0 };
        struct cm_sv text = CM_SV("");
        struct cm_check_provider *provider = cm_check_library_provider(c->library);
        cm_note_set(c->notes, 0, CM_SV("document"), name);
        cm_arena_reset(c->scratch);
        c->fixes = (struct cm_check_fixes){ .arena = c->scratch };
        if (provider->joins == NULL)
                provider->joins = cm_check_joins_new(c->arena);
        provider->document_order++;
        int r = read_all(c->scratch, fd, &text, &problem);
        if (r == 0)
                r = cm_check_text(provider, c->scratch, name, text, &c->sink, &counts, &problem);
        if (problem.code == CM_E_WORKER || problem.code == CM_E_USAGE)
                return cm_err_copy(err, &problem); /* the channel, or what was asked for */
        r = flush_results(c, err);
        if (r == 0 && problem.code == CM_E_OK && c->fixes.items.count > 0)
                r = send_fixed(c, name, text, err);
        if (r < 0)
                return r;
        const struct cm_check_document_done done = {
                .documents = counts.documents,
                .unknown = counts.unknown,
                .subjects = counts.subjects,
                .code = (uint64_t)problem.code,
                .text = cm_sv_from_cstr(problem.text),
        };
        cm_buf_clear(&c->out);
        cm_check_document_done_write(&c->out, &done);
        return send_out(c, CM_CHECK_MSG_DOCUMENT_DONE, err);
}

/* What documents are together; nothing to do when there was none. */
static int join_documents(struct checker *c, struct cm_err *err)
{
        struct cm_check_provider *provider = cm_check_library_provider(c->library);
        struct cm_check_counts counts = { 0 };
        if (provider->joins == NULL)
                return 0;
        cm_note_set(c->notes, 0, CM_SV("document"), CM_SV("all documents together"));
        cm_arena_reset(c->scratch);
        c->fixes = (struct cm_check_fixes){ .arena = c->scratch };
        return cm_check_joined(provider, c->scratch, &c->sink, &counts, err);
}

static int on_job(struct checker *c, struct cm_sv payload, struct cm_err *err)
{
        if (c->library != NULL)
                return CM_RAISE(err, CM_E_WORKER, "parent sent a second job");
        struct cm_check_job job;
        int r = cm_check_job_parse(c->arena, cm_sv_dup(c->arena, payload), &job, err);
        if (r < 0)
                return r;
        c->options.settings.k8s_minor = job.k8s_minor;
        c->options.settings.now_s = job.now_s;
        c->options.wanted = job.wanted;
        c->options.wanted_count = job.wanted_count;
        c->options.all = job.all;
        c->options.only_policies = job.only_policies;
        c->options.settings.with_fixes = job.with_fixes;
        c->with_passed = job.with_passed;
        c->options.profile = job.profile;
        if (job.waivers.len > 0)
                r = cm_check_waivers_parse(c->arena, job.waivers, job.now_s, &c->waivers,
                                           &c->waiver_count, err);
        if (r < 0)
                return r;
        return cm_check_library_new(c->arena, &c->options, &c->library, err);
}

static int on_pack(struct checker *c, struct cm_sv name, int fd, struct cm_err *err)
{
        struct cm_sv text = CM_SV("");
        if (c->is_closed)
                return CM_RAISE(err, CM_E_WORKER, "parent sent a check file after a document");
        cm_note_set(c->notes, 0, CM_SV("check file"), name);
        int r = read_all(c->arena, fd, &text, err);
        return r < 0 ? r : cm_check_library_add(c->library, cm_sv_dup(c->arena, name), text, err);
}

/* Returns 1 after END. */
static int on_frame(struct checker *c, const struct cm_frame *frame, struct cm_err *err)
{
        struct cm_sv payload = cm_buf_sv(&frame->payload);
        if (frame->type == CM_CHECK_MSG_JOB)
                return on_job(c, payload, err);
        if (c->library == NULL)
                return CM_RAISE(err, CM_E_WORKER, "parent sent no job");
        if (frame->type == CM_CHECK_MSG_END || frame->type == CM_CHECK_MSG_DOCUMENT) {
                int r = c->is_closed ? 0 : cm_check_library_close(c->library, err);
                c->is_closed = true;
                if (r < 0 || frame->type == CM_CHECK_MSG_END)
                        return r < 0 ? r : 1;
        }
        if (frame->fd < 0)
                return CM_RAISE(err, CM_E_WORKER, "message came without a descriptor");
        if (frame->type == CM_CHECK_MSG_PACK)
                return on_pack(c, payload, frame->fd, err);
        if (frame->type == CM_CHECK_MSG_DOCUMENT)
                return on_document(c, payload, frame->fd, err);
        return CM_RAISE(err, CM_E_WORKER, "parent sent message %u", frame->type);
}

static int serve(struct checker *c, struct cm_err *err)
{
        struct cm_frame frame;
        cm_frame_init(&frame);
        int r = 0;
        while (r == 0) {
                r = cm_chan_recv(c->chan, -1, &frame, err);
                if (r == CM_CHAN_END)
                        exit(0); /* the parent is gone */
                if (r == 0)
                        r = on_frame(c, &frame, err);
                if (frame.fd >= 0)
                        close(frame.fd);
                frame.fd = -1;
        }
        cm_frame_fini(&frame);
        return r < 0 ? r : 0;
}

CM_NORETURN static void memory_limit(void *ctx, size_t limit_bytes)
{
        (void)ctx;
        (void)limit_bytes;
        _exit(cm_err_exit_status(CM_E_LIMIT));
}

/*
 * Arenas come and go with every expression and object: their blocks are used again. What even the
 * smallest document needs is made ready at once, where the kernel can: page by page it costs four
 * times as much.
 */
static void prepare_heap(void)
{
        mallopt(M_MMAP_THRESHOLD, 4 << 20);
        mallopt(M_TRIM_THRESHOLD, 64 << 20);
        mallopt(M_TOP_PAD, 1 << 20);
        char *p = malloc(HEAP_READY_BYTES);
        CM_ASSERT(p != NULL);
        const uintptr_t page = 4096;
        const uintptr_t begin = ((uintptr_t)p + page - 1) & ~(page - 1);
        const uintptr_t end = ((uintptr_t)p + HEAP_READY_BYTES) & ~(page - 1);
        CM_IGNORE(madvise((void *)begin, end - begin, MADV_POPULATE_WRITE));
        free(p);
}

int cm_role_checker(struct cm_chan *chan, char *notes)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_sandbox_report report;
        cm_arena_set_default_limit_handler(memory_limit, NULL);
        prepare_heap();
        struct checker c = { .sink = { put_result }, .chan = chan, .notes = notes };
        cm_buf_init(&c.out, CM_FRAME_BYTES_MAX);
        cm_buf_init(&c.checks, CM_FRAME_BYTES_MAX);
        cm_buf_init(&c.batch, CM_FRAME_BYTES_MAX);
        int r = cm_sandbox_enter(CM_ROLE_CHECKER, -1, &report, &err);
        if (r == 0) {
                c.arena = cm_arena_new(CM_CHECK_ARENA_BYTES_MAX);
                c.scratch = cm_arena_new(CM_CHECK_ARENA_BYTES_MAX);
                r = serve(&c, &err);
        }
        if (r == 0)
                r = join_documents(&c, &err);
        if (r == 0)
                r = cm_check_library_ask(c.library, &c.sink, &err);
        if (r == 0)
                r = flush_results(&c, &err);
        if (r == 0)
                r = send_tallies(&c, &err);
        cm_buf_clear(&c.out);
        if (r < 0)
                cm_fail_write(&c.out, &err);
        cm_err_clear(&err);
        CM_IGNORE(cm_chan_send(chan, r < 0 ? CM_CHECK_MSG_FAIL : CM_CHECK_MSG_DONE,
                               cm_buf_sv(&c.out), -1, &err));
        cm_buf_fini(&c.out);
        cm_buf_fini(&c.checks);
        cm_buf_fini(&c.batch);
        cm_arena_free(c.scratch);
        cm_arena_free(c.arena);
        return 0;
}
