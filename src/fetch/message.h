/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parent and the fetch role tell each other, as frames of ipc/frame.h.
 *
 *   parent                                  fetch
 *   SETUP (what, where, credentials)  ->
 *                                     <-    IMAGE or FAIL
 *   STREAM (id, digest or "", fd)     ->          any number, several at once
 *                                     <-    VERDICT (id, error or none), before the fd is closed
 *   STREAM of a survey: "processes" in the digest's place asks for those of containers, too;
 *   "events" for what the engine tells of changes, until the parent closes its end
 *
 * SETUP is allowed once, first. A VERDICT without an error says that the bytes that went into the
 * descriptor are whole and have the digest.
 */
#pragma once

#include "base/arena.h"
#include "fetch/registry.h"

enum cm_fetch_message {
        CM_FETCH_SETUP = 2,
        CM_FETCH_IMAGE = 3,
        CM_FETCH_STREAM = 4,
        CM_FETCH_VERDICT = 5,
        CM_FETCH_FAIL = 7
};

struct cm_fetch_setup {
        bool is_registry;
        /* engines */
        bool is_podman;
        struct cm_sv socket; /* path, or "" */
        struct cm_sv base;   /* "http://localhost" behind a socket */
        struct cm_sv name;
        struct cm_http_tls tls;
        bool is_survey; /* no image: what the engine or the cluster says of itself */
        /* clusters: base, tls, and */
        bool is_cluster;
        struct cm_sv authorization; /* whole value of the header, or "" */
        struct cm_sv server_name;   /* what the certificate must be for, in place of base's host */
        /* registries */
        struct cm_sv repository;
        struct cm_sv selector;
        struct cm_endpoint *endpoints;
        size_t endpoint_count;
};

struct cm_fetch_image {
        struct cm_sv image_id;   /* engines: digest of the config; "" for registries */
        struct cm_sv digest;     /* registries: digest of the manifest or index asked for */
        struct cm_sv index_json; /* registries: an OCI index that points to it */
        struct cm_sv platform;   /* engines: "linux/amd64" */
        struct cm_sv *diff_ids;  /* engines: RootFS.Layers, bottom first */
        size_t diff_id_count;
};

struct cm_fetch_verdict {
        uint32_t id;
        uint64_t size_bytes;
        struct cm_err err; /* code CM_E_OK: whole and verified */
};

void cm_fetch_setup_write(struct cm_buf *buf, const struct cm_fetch_setup *setup);
void cm_fetch_image_write(struct cm_buf *buf, const struct cm_fetch_image *image);
void cm_fetch_verdict_write(struct cm_buf *buf, const struct cm_fetch_verdict *verdict);
/* Readers. Views borrow from `bytes`. Errors: CM_E_WORKER. */
CM_MUST_CHECK int cm_fetch_setup_parse(struct cm_arena *arena, struct cm_sv bytes,
                                       struct cm_fetch_setup *ret, struct cm_err *err);
CM_MUST_CHECK int cm_fetch_image_parse(struct cm_arena *arena, struct cm_sv bytes,
                                       struct cm_fetch_image *ret, struct cm_err *err);
CM_MUST_CHECK int cm_fetch_verdict_parse(struct cm_sv bytes, struct cm_fetch_verdict *ret,
                                         struct cm_err *err);
/* FAIL and VERDICT carry an error in this form; its text is escaped again when read. */
void cm_fetch_error_write(struct cm_buf *buf, const struct cm_err *problem);
