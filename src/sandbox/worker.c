/* SPDX-License-Identifier: Apache-2.0 */
/* Supervision of worker.h. */
#include "sandbox/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/escape.h"

enum {
        NOTE_BYTES = CM_NOTE_SLOTS * CM_NOTE_SLOT_BYTES,
        NOTE_HEADER = 12
};

static int64_t now_ms(void)
{
        struct timespec ts;
        clock_gettime(CLOCK_MONOTONIC, &ts);
        return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Slot: le64 sequence, le16 length of "what", le16 length of the path, both texts. */
void cm_note_set(char *notes, size_t slot, struct cm_sv what, struct cm_sv path)
{
        char *p = notes + (slot % CM_NOTE_SLOTS) * CM_NOTE_SLOT_BYTES;
        size_t what_len = CM_MIN(what.len, (size_t)100);
        size_t room = CM_NOTE_SLOT_BYTES - NOTE_HEADER - what_len;
        size_t path_len = CM_MIN(path.len, room);
        uint64_t sequence;
        memcpy(&sequence, p, sizeof(sequence));
        sequence++;
        const uint16_t lens[2] = { (uint16_t)what_len, (uint16_t)path_len };
        memcpy(p, &sequence, sizeof(sequence));
        memcpy(p + 8, lens, sizeof(lens));
        if (what_len > 0)
                memcpy(p + NOTE_HEADER, what.ptr, what_len);
        if (path_len > 0)
                memcpy(p + NOTE_HEADER + what_len, path.ptr, path_len);
}

int cm_note_map(char **ret, struct cm_err *err)
{
        void *p = mmap(NULL, NOTE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, CM_ROLE_FD_NOTE, 0);
        if (p == MAP_FAILED)
                return CM_RAISE_ERRNO(err, CM_E_ENV, errno, "could not map the note page");
        close(CM_ROLE_FD_NOTE);
        *ret = p;
        return 0;
}

/* Reads one slot as hostile bytes: the role may have written anything. */
static bool read_slot(const char *notes, size_t slot, uint64_t *ret_sequence,
                      struct cm_sv *ret_what, struct cm_sv *ret_path)
{
        struct cm_cursor c =
                cm_cursor_make(cm_sv_make(notes + slot * CM_NOTE_SLOT_BYTES, CM_NOTE_SLOT_BYTES));
        *ret_sequence = cm_cursor_le64(&c);
        size_t what_len = cm_cursor_le16(&c);
        size_t path_len = cm_cursor_le16(&c);
        *ret_what = cm_cursor_take(&c, what_len);
        *ret_path = cm_cursor_take(&c, path_len);
        return *ret_sequence != 0 && !c.failed;
}

static void put_current(const char *notes, struct cm_buf *out)
{
        bool any = false;
        for (size_t i = 0; i < CM_NOTE_SLOTS; i++) {
                uint64_t sequence = 0;
                struct cm_sv what, path;
                if (!read_slot(notes, i, &sequence, &what, &path))
                        continue;
                cm_buf_put_str(out, any ? ", " : "");
                cm_buf_put_escaped(out, cm_sv_slice(what, 0, 60));
                cm_buf_put_str(out, what.len > 0 ? " '" : "'");
                cm_buf_put_escaped(out, cm_sv_slice(path, 0, 120));
                cm_buf_put_char(out, '\'');
                any = true;
        }
}

const char *cm_worker_current(const struct cm_worker *worker, struct cm_arena *arena)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_KIB(64));
        if (worker->notes != NULL)
                put_current(worker->notes, &buf);
        cm_buf_put_char(&buf, '\0');
        return cm_sv_dup(arena, cm_buf_sv(&buf)).ptr;
}

int cm_worker_start(enum cm_role role, const char *const *arguments, int budget_s,
                    struct cm_worker *ret, struct cm_err *err)
{
        struct cm_worker w = { .role = role, .child = { -1, -1, -1 }, .notes = NULL };
        const char *argv[8] = { cm_profile_get(role)->name };
        for (size_t i = 0; arguments != NULL && arguments[i] != NULL && i < 6; i++)
                argv[i + 1] = arguments[i];
        int note_fd = -1;
        int r = cm_memfd("coaming-notes", NOTE_BYTES, &note_fd, err);
        if (r < 0)
                return r;
        void *p = mmap(NULL, NOTE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, note_fd, 0);
        if (p == MAP_FAILED) {
                int saved = errno;
                close(note_fd);
                return CM_RAISE_ERRNO(err, CM_E_ENV, saved, "could not map the note page");
        }
        w.notes = p;
        r = cm_spawn_role(argv, note_fd, cm_profile_get(role)->network, &w.child, err);
        close(note_fd);
        if (r < 0) {
                munmap(w.notes, NOTE_BYTES);
                return r;
        }
        w.deadline_ms = now_ms() + (int64_t)budget_s * 1000;
        *ret = w;
        cm_chan_init(&ret->chan, w.child.channel);
        return 0;
}

void cm_worker_stop(struct cm_worker *worker)
{
        cm_child_reap(&worker->child, true);
        if (worker->notes != NULL) {
                munmap(worker->notes, NOTE_BYTES);
                worker->notes = NULL;
                cm_chan_fini(&worker->chan);
        }
}

static const char *death_reason(int status, char text[96])
{
        if (WIFSIGNALED(status)) {
                int sig = WTERMSIG(status);
                if (sig == SIGSYS)
                        return "was killed for a system call that its sandbox forbids (SIGSYS)";
                if (sig == SIGKILL)
                        return "was killed (SIGKILL; out of memory?)";
                snprintf(text, 96, "crashed (signal %d, SIG%s)", sig,
                         sigabbrev_np(sig) == NULL ? "?" : sigabbrev_np(sig));
                return text;
        }
        if (WIFEXITED(status) && WEXITSTATUS(status) == cm_err_exit_status(CM_E_LIMIT))
                return "ran into its memory limit";
        snprintf(text, 96, "ended early (exit %d)", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
        return text;
}

/* The channel broke: reaps the role and says why. */
static int explain_death(struct cm_worker *worker, const char *reason, struct cm_err *err)
{
        char text[96];
        struct cm_buf current CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&current, CM_KIB(64));
        put_current(worker->notes, &current);
        int status = cm_child_reap(&worker->child, reason != NULL);
        if (reason == NULL)
                reason = death_reason(status, text);
        cm_err_clear(err);
        if (current.len == 0)
                return CM_RAISE(err, CM_E_WORKER, "%s %s before it read anything",
                                cm_profile_get(worker->role)->name, reason);
        return CM_RAISE(err, CM_E_WORKER, "%s %s while reading %.*s",
                        cm_profile_get(worker->role)->name, reason, CM_SV_ARG(cm_buf_sv(&current)));
}

int cm_worker_poll(struct cm_worker *worker, int timeout_ms, struct cm_frame *frame,
                   struct cm_err *err)
{
        int64_t left = worker->deadline_ms - now_ms();
        if (left <= 0)
                return explain_death(worker, "ran out of its time budget", err);
        int wait = timeout_ms < 0 ? (int)CM_MIN(left, 1 << 30)
                                  : (int)CM_MIN((int64_t)timeout_ms, left);
        int r = cm_chan_recv(&worker->chan, wait, frame, err);
        if (r == CM_CHAN_END || r < 0)
                return explain_death(worker, NULL, err);
        return r;
}

int cm_worker_recv(struct cm_worker *worker, struct cm_frame *frame, struct cm_err *err)
{
        int r = cm_worker_poll(worker, -1, frame, err);
        if (r == CM_CHAN_TIMEOUT)
                return explain_death(worker, "ran out of its time budget", err);
        return r;
}

int cm_worker_send(struct cm_worker *worker, uint16_t type, struct cm_sv payload, int fd,
                   struct cm_err *err)
{
        int r = cm_chan_send(&worker->chan, type, payload, fd, err);
        return r < 0 ? explain_death(worker, NULL, err) : 0;
}
