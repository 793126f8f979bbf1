/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parent's side of checking: starts the sandboxed checker, hands it documents one by one and
 * collects what it says. See check_protocol.h.
 */
#pragma once

#include "base/vec.h"
#include "check/check_protocol.h"

struct cm_check_session;

/* A document that could not be read, or that is of no kind that checks know. */
struct cm_check_unread {
        struct cm_sv document;
        enum cm_err_code code; /* CM_E_OK: of no known kind */
        struct cm_sv reason;
};

/* How often a check had each state. */
struct cm_check_tally {
        struct cm_sv check;
        enum cm_severity severity;
        uint64_t counts[CM_CHECK_STATE_COUNT];
};

struct cm_check_outcome {
        CM_VEC(struct cm_check_result) results; /* in the order of documents */
        CM_VEC(struct cm_check_unread) unread;
        uint64_t documents; /* that were looked at */
        uint64_t subjects;
        const struct cm_check_tally *tallies;
        size_t tally_count;
};

/* `budget_s`: seconds for everything. Owns: all results live in `arena`. */
CM_MUST_CHECK int cm_check_session_start(struct cm_arena *arena, const struct cm_check_job *job,
                                         int budget_s, struct cm_check_session **ret,
                                         struct cm_err *err);
/* A check file of the user's. `fd` stays the caller's. */
CM_MUST_CHECK int cm_check_session_add_pack(struct cm_check_session *session, const char *name,
                                            int fd, struct cm_err *err);
/*
 * One document. One that cannot be read is noted in the outcome and is no error here.
 * Errors: CM_E_WORKER: the checker crashed or hung on it; whatever broke the session.
 */
CM_MUST_CHECK int cm_check_session_document(struct cm_check_session *session, const char *name,
                                            int fd, struct cm_err *err);
/* Ends the checker; the outcome stays valid as long as the arena. */
CM_MUST_CHECK int cm_check_session_finish(struct cm_check_session *session,
                                          struct cm_check_outcome *ret, struct cm_err *err);
/* Kills the checker when it still runs; takes NULL. */
void cm_check_session_stop(struct cm_check_session *session);
