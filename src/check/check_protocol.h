/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a parent that checks documents and its sandboxed checker tell each other, as frames of
 * ipc/frame.h.
 *
 *   parent                                  checker
 *   JOB (settings, wanted checks)     ->
 *   PACK (name, fd): a check file     ->    (any number)
 *   DOCUMENT (name, fd)               ->    (any number; each is answered before the next is read)
 *                                     <-    CHECK (meta data; before its first result)
 *                                     <-    RESULTS (many at a time)
 *                                     <-    FIXED (the text with its fixes, when they are asked for)
 *                                     <-    DOCUMENT_DONE (counts, or the error that it met)
 *   END                               ->
 *                                     <-    RESULTS (of documents together, of questions)
 *                                     <-    TALLY (how often each check had each state)
 *                                     <-    DONE, or FAIL at any time
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "model/check_result.h"

enum cm_check_message_type {
        CM_CHECK_MSG_JOB = 2,
        CM_CHECK_MSG_PACK = 4,
        CM_CHECK_MSG_DOCUMENT = 6,
        CM_CHECK_MSG_END = 8,
        CM_CHECK_MSG_CHECKS = 3,
        CM_CHECK_MSG_RESULTS = 5,
        CM_CHECK_MSG_DOCUMENT_DONE = 7,
        CM_CHECK_MSG_DONE = 9,
        CM_CHECK_MSG_TALLY = 13,
        CM_CHECK_MSG_FIXED = 15,
        CM_CHECK_MSG_FAIL = 11
};

struct cm_check_job {
        uint32_t k8s_minor;
        int64_t now_s;
        bool all;             /* optional checks too */
        bool only_policies;   /* of checks only those that --policy files were made into */
        bool with_fixes;      /* a FIXED for each document that fixes change, or cannot */
        bool with_passed;     /* results that pass or do not apply too, not only their number */
        struct cm_sv waivers; /* text of a file: what they cover is not fixed; or "" */
        struct cm_sv profile; /* name, or "": all checks */
        const struct cm_sv *wanted; /* check ids; none: all */
        size_t wanted_count;
};
void cm_check_job_write(struct cm_buf *buf, const struct cm_check_job *job);
CM_MUST_CHECK int cm_check_job_parse(struct cm_arena *arena, struct cm_sv bytes,
                                     struct cm_check_job *ret, struct cm_err *err);

/* CHECK: what results of one check have in common. */
struct cm_check_meta {
        uint64_t index; /* results name it by this */
        struct cm_sv id;
        struct cm_sv title;
        struct cm_sv remediation;
        struct cm_sv maps; /* as in struct cm_check_result */
        enum cm_severity severity;
};
void cm_check_meta_write(struct cm_buf *buf, const struct cm_check_meta *meta);
CM_MUST_CHECK int cm_check_meta_parse(struct cm_sv bytes, struct cm_check_meta *ret,
                                      struct cm_err *err);

/* RESULTS: each with its length before it. The members that CHECK does not have; `document` is the parent's business. */
void cm_check_result_write(struct cm_buf *buf, uint64_t check_index,
                           const struct cm_check_result *result);
CM_MUST_CHECK int cm_check_result_parse(struct cm_sv bytes, uint64_t *ret_check_index,
                                        struct cm_check_result *ret, struct cm_err *err);

/* FIXED: all but `document`, which is the parent's business. */
void cm_check_fixed_write(struct cm_buf *buf, const struct cm_check_fixed *fixed);
CM_MUST_CHECK int cm_check_fixed_parse(struct cm_arena *arena, struct cm_sv bytes,
                                       struct cm_check_fixed *ret, struct cm_err *err);

struct cm_check_document_done {
        uint64_t documents;
        uint64_t unknown;
        uint64_t subjects;
        uint64_t code; /* enum cm_err_code; 0: it was read */
        struct cm_sv text;
};
void cm_check_document_done_write(struct cm_buf *buf, const struct cm_check_document_done *done);
CM_MUST_CHECK int cm_check_document_done_parse(struct cm_sv bytes,
                                               struct cm_check_document_done *ret,
                                               struct cm_err *err);
