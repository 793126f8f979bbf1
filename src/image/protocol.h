/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the scanning parent and its worker tell each other, as frames of ipc/frame.h.
 *
 *   parent                                worker
 *   JOB (what to read, fd)          ->
 *                                   <-    WANT (name of a document or layer blob)
 *   BLOB (fd, or an error)          ->
 *                                   <-    IMAGE (config, layers, diff ids)
 *   PLAN (layers whose records the  ->
 *         parent has already)
 *                                   <-    LAYER (in pieces: keys, shadows, records)
 *                                   <-    DONE or FAIL
 *
 * WANT/BLOB may come before and after IMAGE. For a streamed archive the worker only learns the
 * order of layers at the end: IMAGE then comes after all was read, and what PLAN says is known is only
 * not sent.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "image/manifest.h"
#include "ipc/fail.h" /* FAIL, and BLOB without a descriptor */

enum cm_scan_message {
        CM_SCAN_JOB = 2,
        CM_SCAN_WANT = 3,
        CM_SCAN_BLOB = 4,
        CM_SCAN_IMAGE = 5,
        CM_SCAN_PLAN = 6,
        CM_SCAN_LAYER = 7,
        CM_SCAN_DONE = 9,
        CM_SCAN_FAIL = 11
};

enum cm_job_kind {
        CM_JOB_ARCHIVE, /* fd: a docker-save or OCI archive, seekable or a pipe */
        CM_JOB_BLOBS,   /* layout or registry: everything by WANT */
        CM_JOB_WALK     /* fd: a directory (walker role) */
};

struct cm_job {
        enum cm_job_kind kind;
        uint32_t contexts; /* of cataloger.h */
        bool hash_files;   /* for `inventory` */
        bool facts;        /* for `check` */
        bool keep_keys;    /* for the layer cache: send entry keys */
        uint32_t threads;
        struct cm_siphash_key hash_key; /* of paths (image/recorded.h) */
        struct cm_image_choice choice;
};

void cm_job_write(struct cm_buf *buf, const struct cm_job *job);
CM_MUST_CHECK int cm_job_parse(struct cm_sv bytes, struct cm_job *ret, struct cm_err *err);

void cm_image_write(struct cm_buf *buf, const struct cm_image *image);
/* Borrows from `bytes`. */
CM_MUST_CHECK int cm_image_parse(struct cm_arena *arena, struct cm_sv bytes, struct cm_image *ret,
                                 struct cm_err *err);

/* PLAN: for each layer the records that are known already; "" = read it. */
void cm_plan_write(struct cm_buf *buf, const struct cm_sv *known, size_t count);
CM_MUST_CHECK int cm_plan_parse(struct cm_arena *arena, struct cm_sv bytes,
                                const struct cm_sv **ret, size_t *ret_count, struct cm_err *err);

/*
 * LAYER: a piece of what one layer says. Records come after the other parts; their last piece carries
 * size and diff id, and ends the layer. A crowded layer (image/layer.h) is not to be cached.
 */
enum cm_layer_part {
        CM_LAYER_RECORDS,
        CM_LAYER_SHADOWS, /* SHADOW records */
        CM_LAYER_KEYS     /* entry keys, 8 bytes each, little-endian */
};

struct cm_layer_piece {
        uint64_t index;
        enum cm_layer_part part;
        bool is_last;
        bool is_crowded;
        uint64_t tar_bytes;
        struct cm_sv diff_id; /* 32 bytes with the last piece */
        struct cm_sv bytes;
};
void cm_layer_piece_write(struct cm_buf *buf, const struct cm_layer_piece *piece);
CM_MUST_CHECK int cm_layer_piece_parse(struct cm_sv bytes, struct cm_layer_piece *ret,
                                       struct cm_err *err);
