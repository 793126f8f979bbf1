/* SPDX-License-Identifier: Apache-2.0 */
/* See session.h. Everything that comes back was made by a process that read hostile bytes. */
#include "check/session.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "base/vec.h"
#include "check/check_waiver.h"
#include "ipc/fail.h"
#include "sandbox/worker.h"

struct cm_check_session {
        struct cm_arena *arena;
        struct cm_worker worker;
        bool runs;
        CM_VEC(struct cm_check_meta) checks;
        CM_VEC(struct cm_sv) documents;  /* names, in the order in which they were given */
        struct cm_check_result *results; /* on the heap: an arena would keep each smaller array */
        size_t result_count;
        size_t result_capacity;
        CM_VEC(struct cm_check_unread) unread;
        CM_VEC(struct cm_check_fixed) fixed;
        struct cm_check_outcome outcome;
};

static void free_results(void *ctx)
{
        struct cm_check_session *s = ctx;
        free(s->results);
}

int cm_check_session_start(struct cm_arena *arena, const struct cm_check_job *job, int budget_s,
                           struct cm_check_session **ret, struct cm_err *err)
{
        struct cm_check_session *s = CM_NEW(arena, struct cm_check_session);
        s->arena = arena;
        cm_arena_on_free(arena, free_results, s);
        int r = cm_worker_start(CM_ROLE_CHECKER, NULL, budget_s, &s->worker, err);
        if (r < 0)
                return r;
        s->runs = true;
        s->outcome.with_passed = job->with_passed;
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_FRAME_BYTES_MAX);
        cm_check_job_write(&buf, job);
        r = cm_buf_check(&buf, "check job", err);
        if (r == 0)
                r = cm_worker_send(&s->worker, CM_CHECK_MSG_JOB, cm_buf_sv(&buf), -1, err);
        if (r < 0)
                cm_check_session_stop(s);
        else
                *ret = s;
        return r;
}

void cm_check_session_stop(struct cm_check_session *s)
{
        if (s == NULL || !s->runs)
                return;
        cm_worker_stop(&s->worker);
        s->runs = false;
}

static int on_checks(struct cm_check_session *s, struct cm_sv payload, struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(cm_sv_dup(s->arena, payload));
        int r = 0;
        while (r == 0 && c.len > 0) {
                struct cm_check_meta meta = { 0 };
                struct cm_sv bytes = cm_cursor_bytes(&c);
                r = cm_cursor_check(&c, "checks", err);
                if (r == 0)
                        r = cm_check_meta_parse(bytes, &meta, err);
                if (r == 0 && meta.index != s->checks.count)
                        r = CM_RAISE(err, CM_E_WORKER, "checker announced a check out of order");
                if (r == 0)
                        *CM_VEC_PUSH(s->arena, &s->checks) = meta;
        }
        return r;
}

static int on_result(struct cm_check_session *s, struct cm_sv bytes, struct cm_err *err)
{
        struct cm_check_result result;
        uint64_t index = 0;
        int r = cm_check_result_parse(bytes, &index, &result, err);
        if (r < 0)
                return r;
        if (index >= s->checks.count)
                return CM_RAISE(err, CM_E_WORKER, "checker sent a result of no check");
        size_t order = result.subject.document_order;
        if (order > s->documents.count)
                return CM_RAISE(err, CM_E_WORKER, "checker sent a result of no document");
        if (s->result_count == CM_CHECK_RESULTS_MAX)
                return CM_RAISE(err, CM_E_LIMIT, "more results than check_results_max (%zu)",
                                CM_CHECK_RESULTS_MAX);
        const struct cm_check_meta *meta = &s->checks.items[index];
        result.check = meta->id;
        result.title = meta->title;
        result.severity = meta->severity;
        result.remediation = meta->remediation;
        result.maps = meta->maps;
        result.subject.document = order == 0 ? CM_SV("") : s->documents.items[order - 1];
        if (result.state == CM_CHECK_FAIL || result.state == CM_CHECK_UNKNOWN)
                result.fingerprint = cm_check_fingerprint(s->arena, &result);
        if (s->result_count == s->result_capacity) {
                s->result_capacity = s->result_capacity == 0 ? 256 : s->result_capacity * 2;
                s->results = realloc(s->results, s->result_capacity * sizeof(*s->results));
                CM_ASSERT(s->results != NULL);
        }
        s->results[s->result_count++] = result;
        return 0;
}

static int on_results(struct cm_check_session *s, struct cm_sv payload, struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(cm_sv_dup(s->arena, payload));
        int r = 0;
        while (r == 0 && c.len > 0) {
                struct cm_sv bytes = cm_cursor_bytes(&c);
                r = cm_cursor_check(&c, "results", err);
                if (r == 0)
                        r = on_result(s, bytes, err);
        }
        return r;
}

static int on_tally(struct cm_check_session *s, struct cm_sv payload, struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(payload);
        struct cm_check_tally *tallies =
                CM_NEW_ARRAY(s->arena, struct cm_check_tally, s->checks.count);
        for (size_t i = 0; i < s->checks.count; i++) {
                tallies[i].check = s->checks.items[i].id;
                tallies[i].severity = s->checks.items[i].severity;
                for (size_t j = 0; j < CM_CHECK_STATE_COUNT; j++)
                        tallies[i].counts[j] = cm_cursor_varint(&c);
        }
        s->outcome.tallies = tallies;
        s->outcome.tally_count = s->checks.count;
        return cm_cursor_check(&c, "tally", err);
}

static int on_document_done(struct cm_check_session *s, struct cm_sv document, struct cm_sv payload,
                            struct cm_err *err)
{
        struct cm_check_document_done done;
        int r = cm_check_document_done_parse(payload, &done, err);
        if (r < 0)
                return r;
        s->outcome.documents += done.documents;
        s->outcome.subjects += done.subjects;
        if (done.code != CM_E_OK || done.unknown > 0)
                *CM_VEC_PUSH(s->arena, &s->unread) =
                        (struct cm_check_unread){ document, (enum cm_err_code)done.code,
                                                  cm_sv_dup(s->arena, done.text) };
        return 1;
}

/* Returns 1 when what was asked is answered. */
static int on_frame(struct cm_check_session *s, struct cm_sv document, const struct cm_frame *frame,
                    struct cm_err *err)
{
        struct cm_sv payload = cm_buf_sv(&frame->payload);
        switch (frame->type) {
        case CM_CHECK_MSG_CHECKS:
                return on_checks(s, payload, err);
        case CM_CHECK_MSG_RESULTS:
                return on_results(s, payload, err);
        case CM_CHECK_MSG_TALLY:
                return on_tally(s, payload, err);
        case CM_CHECK_MSG_DOCUMENT_DONE:
                return on_document_done(s, document, payload, err);
        case CM_CHECK_MSG_FIXED: {
                struct cm_check_fixed *fixed = CM_VEC_PUSH(s->arena, &s->fixed);
                int r = cm_check_fixed_parse(s->arena, cm_sv_dup(s->arena, payload), fixed, err);
                fixed->document = document;
                return r;
        }
        case CM_CHECK_MSG_DONE:
                return 1;
        case CM_CHECK_MSG_FAIL:
                return cm_fail_parse(payload, err);
        default:
                return CM_RAISE(err, CM_E_WORKER, "checker sent message %u", frame->type);
        }
}

static int converse(struct cm_check_session *s, struct cm_sv document, struct cm_err *err)
{
        struct cm_frame frame;
        cm_frame_init(&frame);
        int r = 0;
        while (r == 0) {
                r = cm_worker_recv(&s->worker, &frame, err);
                if (r == 0)
                        r = on_frame(s, document, &frame, err);
        }
        cm_frame_fini(&frame);
        return r < 0 ? r : 0;
}

/* A checker that ended before it was told more has said why, if it could: that is read first. */
static int tell(struct cm_check_session *s, enum cm_check_message_type type, struct cm_sv payload,
                int fd, struct cm_err *err)
{
        struct cm_err broken = CM_ERR_INIT;
        if (cm_chan_send(&s->worker.chan, (uint16_t)type, payload, fd, &broken) == 0)
                return 0;
        int r = converse(s, CM_SV(""), err);
        return r < 0 ? r : cm_err_copy(err, &broken);
}

int cm_check_session_add_pack(struct cm_check_session *s, const char *name, int fd,
                              struct cm_err *err)
{
        return tell(s, CM_CHECK_MSG_PACK, cm_sv_from_cstr(name), fd, err);
}

int cm_check_session_document(struct cm_check_session *s, const char *name, int fd,
                              struct cm_err *err)
{
        struct cm_sv document = cm_sv_dup(s->arena, cm_sv_from_cstr(name));
        *CM_VEC_PUSH(s->arena, &s->documents) = document;
        int r = tell(s, CM_CHECK_MSG_DOCUMENT, document, fd, err);
        return r < 0 ? r : converse(s, document, err);
}

void cm_check_session_unread(struct cm_check_session *s, const char *name,
                             const struct cm_err *problem)
{
        *CM_VEC_PUSH(s->arena, &s->unread) =
                (struct cm_check_unread){ cm_sv_dup(s->arena, cm_sv_from_cstr(name)), problem->code,
                                          cm_sv_dup(s->arena, cm_sv_from_cstr(problem->text)) };
}

int cm_check_session_finish(struct cm_check_session *s, struct cm_check_outcome *ret,
                            struct cm_err *err)
{
        int r = tell(s, CM_CHECK_MSG_END, CM_SV(""), -1, err);
        if (r == 0)
                r = converse(s, CM_SV(""), err);
        cm_check_session_stop(s);
        if (r < 0)
                return r;
        *ret = s->outcome;
        ret->results = s->results;
        ret->result_count = s->result_count;
        ret->fixed = s->fixed.items;
        ret->fixed_count = s->fixed.count;
        ret->unread = s->unread.items;
        ret->unread_count = s->unread.count;
        return 0;
}
