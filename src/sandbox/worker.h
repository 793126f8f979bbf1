/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both ends of a sandboxed role: the parent starts, talks to, times and reaps it; the role says
 * what it is reading in a shared page, so that a crash, hang or kill can be blamed on a path.
 */
#pragma once

#include "base/arena.h"
#include "ipc/frame.h"
#include "os/spawn.h"
#include "sandbox/profile.h"

/* ---- the parent's side ---- */

struct cm_worker {
        enum cm_role role;
        struct cm_child child;
        struct cm_chan chan;
        char *notes; /* shared with the role */
        int64_t deadline_ms;
};

/* `budget_s`: wall-clock seconds until the role is killed. Extra arguments end with NULL, or NULL. */
CM_MUST_CHECK int cm_worker_start(enum cm_role role, const char *const *arguments, int budget_s,
                                  struct cm_worker *ret, struct cm_err *err);
/*
 * The next frame.
 * Errors: CM_E_WORKER: the role crashed, was killed, ran out of time or memory; the message names
 *         the signal and the path it was reading.
 */
CM_MUST_CHECK int cm_worker_recv(struct cm_worker *worker, struct cm_frame *frame,
                                 struct cm_err *err);
/*
 * The same with a shorter wait. Returns CM_CHAN_TIMEOUT when nothing came.
 */
CM_MUST_CHECK int cm_worker_poll(struct cm_worker *worker, int timeout_ms, struct cm_frame *frame,
                                 struct cm_err *err);
/* Sends; a broken channel is explained as in cm_worker_recv(). */
CM_MUST_CHECK int cm_worker_send(struct cm_worker *worker, uint16_t type, struct cm_sv payload,
                                 int fd, struct cm_err *err);
/* Ends the role (kill) and frees everything; safe to call twice. */
void cm_worker_stop(struct cm_worker *worker);
/* The most recently noted path, escaped, or "". For progress lines. */
const char *cm_worker_current(const struct cm_worker *worker, struct cm_arena *arena);

/* ---- the role's side ---- */

enum {
        CM_NOTE_SLOTS = 16,
        CM_NOTE_SLOT_BYTES = 1024
};

/* Maps the page at CM_ROLE_FD_NOTE, before the sandbox is entered. */
CM_MUST_CHECK int cm_note_map(char **ret, struct cm_err *err);
/* One writer per slot; a plain copy: readers only look after the process died, or for progress. */
void cm_note_set(char *notes, size_t slot, struct cm_sv what, struct cm_sv path);
