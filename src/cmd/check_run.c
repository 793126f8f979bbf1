/* SPDX-License-Identifier: Apache-2.0 */
/* See check_run.h. */
#include "cmd/check_run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "check/check_waiver.h"
#include "check/session.h"
#include "cmd/check_source.h"
#include "cmd/policy_options.h"
#include "os/file.h"

enum {
        LATEST_MINOR = 999
};

int cm_check_run_version(const struct cm_args *args, uint32_t *ret, struct cm_err *err)
{
        *ret = LATEST_MINOR;
        const char *version = cm_args_get(args, "k8s-version");
        if (version != NULL) {
                struct cm_sv v = cm_sv_from_cstr(version);
                struct cm_err problem = CM_ERR_INIT;
                uint64_t minor = 0;
                v = cm_sv_has_prefix(v, CM_SV("v")) ? cm_sv_skip(v, 1) : v;
                if (!cm_sv_has_prefix(v, CM_SV("1.")) ||
                    cm_parse_u64(cm_sv_skip(v, 2), 0, 998, &minor, &problem) < 0)
                        return CM_RAISE(err, CM_E_USAGE,
                                        "--k8s-version is written 1.32, not '%.40s'", version);
                *ret = (uint32_t)minor;
        }
        return 0;
}

struct session_sink {
        struct cm_check_document_sink sink; /* first */
        struct cm_check_session *session;
        struct cm_arena *arena;
        struct cm_check_kept_list *keep; /* or NULL */
        int (*call)(struct cm_check_session *session, const char *name, int fd, struct cm_err *err);
};

static int put_document(struct cm_check_document_sink *sink, const char *name, int fd,
                        struct cm_err *err)
{
        struct session_sink *s = (struct session_sink *)(void *)sink;
        return s->call(s->session, name, fd, err);
}

static void put_unread(struct cm_check_document_sink *sink, const char *name,
                       const struct cm_err *problem)
{
        cm_check_session_unread(((struct session_sink *)(void *)sink)->session, name, problem);
}

static int give_packs(const struct cm_args *args, bool with_policies,
                      struct cm_check_session *session, struct cm_err *err)
{
        struct session_sink sink = { .sink = { put_document },
                                     .session = session,
                                     .call = cm_check_session_add_pack };
        const char *const *packs = NULL;
        size_t count = cm_args_list(args, "checks", &packs);
        int r = 0;
        for (size_t i = 0; i < count && r == 0; i++)
                r = cm_check_source_file(packs[i], &sink.sink, err);
        count = with_policies ? cm_args_list(args, "policy", &packs) : 0;
        for (size_t i = 0; i < count && r == 0; i++)
                r = cm_check_source_file(packs[i], &sink.sink, err);
        return r;
}

/* Passes documents on, and keeps the one there may be. */
struct saving_sink {
        struct cm_check_document_sink sink; /* first */
        struct cm_check_document_sink *next;
        const char *path; /* NULL: nothing is kept */
        size_t count;
};

/* What an engine says of itself has secrets in it: the file is the user's alone. */
static int put_and_save(struct cm_check_document_sink *sink, const char *name, int fd,
                        struct cm_err *err)
{
        struct saving_sink *s = (struct saving_sink *)(void *)sink;
        if (s->path == NULL)
                return s->next->put(s->next, name, fd, err);
        if (s->count++ > 0)
                return CM_RAISE(
                        err, CM_E_USAGE,
                        "--save keeps one document, and the targets have more: save them one "
                        "by one");
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&text, CM_NODE_BYTES_MAX);
        CM_IGNORE(lseek(fd, 0, SEEK_SET) < 0); /* a pipe cannot, and is read from where it is */
        int r = cm_file_read_fd(fd, name, &text, err);
        if (r == 0)
                r = cm_buf_check(&text, "what is to be saved", err);
        mode_t before = umask(S_IRWXG | S_IRWXO);
        if (r == 0)
                r = cm_file_replace(AT_FDCWD, s->path, cm_buf_sv(&text), false, err);
        umask(before);
        return r < 0 ? r : cm_check_source_text(name, cm_buf_sv(&text), s->next, err);
}

static void pass_unread(struct cm_check_document_sink *sink, const char *name,
                        const struct cm_err *problem)
{
        struct saving_sink *s = (struct saving_sink *)(void *)sink;
        s->next->unread(s->next, name, problem);
}

/*
 * What is kept must be what was judged: the bytes are read once, kept, and handed on from memory, so
 * that nobody can change the file between the two.
 */
static int put_kept(struct cm_check_document_sink *sink, const char *name, int fd,
                    struct cm_err *err)
{
        struct session_sink *s = (struct session_sink *)(void *)sink;
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_NODE_BYTES_MAX);
        if (lseek(fd, 0, SEEK_SET) < 0 && errno != ESPIPE)
                return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not read '%.200s'", name);
        int r = cm_file_read_fd(fd, name, &buf, err);
        if (r == 0)
                r = cm_buf_check(&buf, name, err);
        if (r < 0)
                return r;
        struct cm_check_kept *kept = CM_VEC_PUSH(s->arena, s->keep);
        kept->name = cm_sv_dup(s->arena, cm_sv_from_cstr(name));
        kept->bytes = cm_sv_dup(s->arena, cm_buf_sv(&buf));
        struct session_sink plain = *s;
        plain.sink.put = put_document;
        return cm_check_source_text(name, kept->bytes, &plain.sink, err);
}

static int give_targets(const struct cm_args *args, struct cm_arena *arena,
                        const struct cm_check_targets *targets, struct cm_check_session *session,
                        struct cm_err *err)
{
        struct session_sink sink = { .sink = { targets->keep != NULL ? put_kept : put_document,
                                               put_unread },
                                     .session = session,
                                     .arena = arena,
                                     .keep = targets->keep,
                                     .call = cm_check_session_document };
        struct saving_sink saving = { { put_and_save, pass_unread }, &sink.sink, targets->save, 0 };
        int r = 0;
        for (size_t i = 0; i < targets->count && r == 0; i++)
                r = cm_check_source_give(args, targets->names[i], &saving.sink, err);
        return r;
}

/* By document, those of none last; in it in its order, the worst first at one object. */
static int result_order(const void *a, const void *b)
{
        const struct cm_check_result *x = a;
        const struct cm_check_result *y = b;
        size_t x_order = x->subject.document_order - 1;
        size_t y_order = y->subject.document_order - 1;
        if (x_order != y_order)
                return x_order < y_order ? -1 : 1;
        if (x->subject.document_number != y->subject.document_number)
                return x->subject.document_number < y->subject.document_number ? -1 : 1;
        int c = cm_sv_cmp(x->subject.group, y->subject.group);
        c = c != 0 ? c : cm_sv_cmp(x->subject.kind, y->subject.kind);
        c = c != 0 ? c : cm_sv_cmp(x->subject.name, y->subject.name);
        if (c != 0)
                return c;
        if (x->severity != y->severity)
                return x->severity > y->severity ? -1 : 1;
        c = cm_sv_cmp(x->check, y->check);
        if (c != 0)
                return c;
        if (x->place.line != y->place.line)
                return x->place.line < y->place.line ? -1 : 1;
        if (x->place.column != y->place.column)
                return x->place.column < y->place.column ? -1 : 1;
        return cm_sv_cmp(x->message, y->message);
}

static void sort_results(struct cm_check_outcome *outcome)
{
        if (outcome->result_count > 0)
                qsort(outcome->results, outcome->result_count, sizeof(*outcome->results),
                      result_order);
}

int cm_check_run_waivers(const struct cm_args *args, struct cm_check_waiver **ret,
                         size_t *ret_count, struct cm_sv *ret_text, struct cm_err *err)
{
        struct cm_sv text;
        int r = cm_policy_waivers(args, "waivers", &text, err);
        if (r != 0)
                return r < 0 ? r : 0;
        if (ret_text != NULL)
                *ret_text = text;
        r = cm_check_waivers_parse(args->arena, text, cm_clock_wall_s(), ret, ret_count, err);
        return r < 0 ? cm_err_context(err, "--waivers '%.200s'", cm_args_get(args, "waivers")) : 0;
}

int cm_check_run(const struct cm_args *args, struct cm_arena *arena, const struct cm_check_job *job,
                 const struct cm_check_targets *targets, struct cm_check_outcome *ret,
                 struct cm_err *err)
{
        uint64_t budget_s = 0;
        int r = cm_args_number(args, "timeout", 1, 86400, &budget_s, err);
        struct cm_check_session *session = NULL;
        if (r == 0)
                r = cm_check_session_start(arena, job, (int)budget_s, &session, err);
        if (r == 0)
                r = give_packs(args, targets->with_policies, session, err);
        if (r == 0)
                r = give_targets(args, arena, targets, session, err);
        if (r == 0)
                r = cm_check_session_finish(session, ret, err);
        cm_check_session_stop(session);
        if (r == 0)
                sort_results(ret);
        return r;
}
