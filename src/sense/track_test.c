/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of captures: codec/scap.h and sense/track.h over one small capture with both kinds of events. */
#include "base/limits.h"
#include "sense/track_internal.h"
#include "tests/harness.h"

struct reader {
        struct cm_arena *arena;
        struct cm_track *track;
        struct cm_scap scap;
};

static struct reader open_capture(void)
{
        struct reader r = { .arena = cm_arena_new(CM_MIB(16)) };
        struct cm_err err = CM_ERR_INIT;
        static struct cm_sv bytes; /* lives as long as the test */
        bytes = cm_test_read("tests/corpus/scap/basic.scap");
        r.track = cm_track_new(r.arena);
        CM_CHECK_OK(cm_scap_open(bytes, &r.scap, &err), &err);
        return r;
}

/* The next event that rules see. */
static struct cm_event_context next(struct reader *r)
{
        struct cm_event_context c = { .number = 0 };
        struct cm_scap_block block;
        struct cm_scap_event event;
        struct cm_err err = CM_ERR_INIT;
        for (;;) {
                CM_CHECK_INT(cm_scap_next(&r->scap, &block, &err), 0);
                CM_CHECK_OK(cm_track_load(r->track, &block, &err), &err);
                if (block.kind != CM_SCAP_EVENT)
                        continue;
                CM_CHECK_OK(cm_scap_event(&block, &event, &err), &err);
                int code = cm_track_event(r->track, &event, &c, &err);
                CM_CHECK_OK(code, &err);
                if (code == 0)
                        return c;
        }
}

CM_TEST(capture)
{
        struct reader r = open_capture();
        struct cm_event_context c = next(&r);
        CM_CHECK_SV(cm_event_name(c.event), "open");
        CM_CHECK_INT(c.number, 1);
        CM_CHECK_INT(c.cpu, 1);
        CM_CHECK_SV(c.thread->comm, "cat");
        CM_CHECK_SV(c.thread->exepath, "/usr/bin/cat");
        CM_CHECK_INT(c.thread->arg_count, 2);
        CM_CHECK_SV(c.thread->args[1], "y z");
        CM_CHECK_SV(c.thread->env[1], "B=2");
        CM_CHECK_SV(c.thread->user.name, "alice");
        CM_CHECK_SV(c.thread->group.name, "staff");
        CM_CHECK_INT(c.thread->login.id, 1000);
        CM_CHECK(c.thread->has_caps && c.thread->cap_effective == 3);
        CM_CHECK_INT(c.thread->exe_flags,
                     CM_EXE_WRITABLE | CM_EXE_UPPER_LAYER | CM_EXE_LOWER_LAYER);
        CM_CHECK_INT(c.thread->exe_ino, 77);
        CM_CHECK_SV(c.thread->container->id, "abababababab");
        CM_CHECK_SV(c.thread->container->type, "docker");
        CM_CHECK_SV(c.thread->parent->comm, "bash");
        CM_CHECK(c.thread->parent->container == NULL && c.thread->parent->parent == NULL);
        CM_CHECK_INT(c.fd->number, 3);
        CM_CHECK_SV(c.fd->name, "/home/bob/notes");
        CM_CHECK_SV(c.fd->raw_name, "../bob/notes");

        c = next(&r); /* write, whose descriptor only its beginning told */
        CM_CHECK_SV(cm_event_name(c.event), "write");
        CM_CHECK_SV(c.fd->name, "/home/bob/notes");

        c = next(&r); /* sendmsg to another address than before */
        CM_CHECK_SV(c.fd->name, "10.0.0.1:1000->10.0.0.3:53");
        CM_CHECK_INT(c.fd->protocol, CM_L4_UDP);
        CM_CHECK((c.fd->flags & CM_FD_NAME_CHANGED) != 0);

        c = next(&r); /* clone */
        CM_CHECK_INT(c.thread->tid, 7);
        c = next(&r); /* execve of the child, of an older type */
        CM_CHECK_SV(cm_event_name(c.event), "execve");
        CM_CHECK_INT(c.thread->pid, 9);
        CM_CHECK_INT(c.thread->clone_ns, 1006);
        CM_CHECK_SV(c.thread->exe, "/bin/id");
        CM_CHECK_SV(c.thread->args[0], "-u");
        CM_CHECK_SV(c.thread->parent->comm, "cat");
        CM_CHECK_SV(c.thread->container->id, "abababababab");
        CM_CHECK(c.lookup->fd(c.lookup->ctx, c.thread, 5) != NULL);

        c = next(&r); /* close still knows what it closes */
        CM_CHECK_SV(c.fd->name, "/home/bob/notes");
        c = next(&r); /* and then it is closed */
        CM_CHECK_SV(cm_event_name(c.event), "read");
        CM_CHECK(c.fd == NULL);

        c = next(&r);
        CM_CHECK_SV(cm_event_name(c.event), "procexit");
        CM_CHECK_INT(c.thread->pid, 9);
        c = next(&r); /* a thread that nobody knows */
        CM_CHECK(c.thread == NULL && c.fd == NULL);
        CM_CHECK_INT(c.event->tid, 77);
        struct cm_scap_block block;
        struct cm_err err = CM_ERR_INIT;
        CM_CHECK_INT(cm_scap_next(&r.scap, &block, &err), CM_SCAP_END);
        cm_arena_free(r.arena);
}

/* Many descriptors, opened and closed in all orders, against a table that is only looked through. */
CM_TEST(descriptors)
{
        enum {
                NUMBERS = 300,
                STEPS = 20000
        };
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        struct cm_track *track = cm_track_new(arena);
        struct cm_track_thread *t = cm_track_get(track, 7);
        uint64_t ino[NUMBERS] = { 0 }; /* 0: closed */
        uint32_t random = 1;
        for (uint64_t step = 1; step <= STEPS; step++) {
                random = random * 1664525 + 1013904223;
                size_t number = random >> 8 & 0xffff;
                number %= NUMBERS;
                if ((random >> 30) != 0) {
                        cm_track_fd_new(track, t, (int64_t)number)->ino = step;
                        ino[number] = step;
                } else {
                        cm_track_fd_close(t, (int64_t)number);
                        ino[number] = 0;
                }
                number = step % NUMBERS;
                const struct cm_fd *fd = cm_track_fd(t, (int64_t)number);
                CM_CHECK((fd == NULL) == (ino[number] == 0));
                CM_CHECK(fd == NULL || (fd->ino == ino[number] && fd->number == (int64_t)number));
        }
        struct cm_track_thread *copy = cm_track_get(track, 8);
        copy->fds = cm_track_fds_dup(arena, t->fds);
        for (size_t i = 0; i < NUMBERS; i++)
                CM_CHECK((cm_track_fd(copy, (int64_t)i) == NULL) == (ino[i] == 0));
        cm_arena_free(arena);
}

/* Every cut of a capture ends with an error or its end, never beyond its bytes. */
CM_TEST(cut_captures)
{
        static struct cm_sv bytes; /* lives as long as the test */
        bytes = cm_test_read("tests/corpus/scap/basic.scap");
        for (size_t len = 0; len < bytes.len; len += 3) {
                struct cm_arena *arena = cm_arena_new(CM_MIB(16));
                struct cm_track *track = cm_track_new(arena);
                struct cm_err err = CM_ERR_INIT;
                struct cm_scap scap;
                struct cm_scap_block block;
                struct cm_scap_event event;
                struct cm_event_context c;
                int r = cm_scap_open(cm_sv_slice(bytes, 0, len), &scap, &err);
                while (r == 0 && (r = cm_scap_next(&scap, &block, &err)) == 0) {
                        r = cm_track_load(track, &block, &err);
                        if (r == 0 && block.kind == CM_SCAP_EVENT) {
                                CM_CHECK_OK(cm_scap_event(&block, &event, &err), &err);
                                r = cm_track_event(track, &event, &c, &err) < 0 ? -1 : 0;
                        }
                }
                CM_CHECK(r < 0 || r == CM_SCAP_END);
                cm_arena_free(arena);
        }
}
