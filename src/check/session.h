/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parent's side of checking: starts the sandboxed checker, hands it documents one by one and
 * collects what it says. See check_protocol.h.
 */
#pragma once

#include "check/check_protocol.h"

struct cm_check_session;

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
/* Notes in the outcome what could not even be made a document. */
void cm_check_session_unread(struct cm_check_session *session, const char *name,
                             const struct cm_err *problem);
/* Ends the checker; the outcome stays valid as long as the arena. */
CM_MUST_CHECK int cm_check_session_finish(struct cm_check_session *session,
                                          struct cm_check_outcome *ret, struct cm_err *err);
/* Kills the checker when it still runs; takes NULL. */
void cm_check_session_stop(struct cm_check_session *session);
