/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parent's side of engines and registries: starts the fetch role, hands it names and
 * credentials, and gets descriptors on which bytes arrive. Reads no foreign byte itself.
 *
 *     struct cm_fetch *fetch;
 *     struct cm_fetch_image image;
 *     r = cm_fetch_open(arena, &options, &fetch, &image, err);
 *     registry: for each document or layer that the worker wants:
 *             r = cm_fetch_want(fetch, name, &fd, err);
 *     engine:   r = cm_fetch_export(fetch, &fd, err);
 *     survey:   r = cm_fetch_survey(fetch, with_processes, &fd, err);   (engines and clusters)
 *     when the worker is done:   r = cm_fetch_finish(fetch, err);
 *     when the worker failed:    cm_fetch_explain(fetch, err);
 *     cm_fetch_close(fetch);
 *
 * Thread:  one thread.
 */
#pragma once

#include "base/arena.h"
#include "fetch/message.h"

enum cm_fetch_kind {
        CM_FETCH_DOCKER,
        CM_FETCH_PODMAN,
        CM_FETCH_ENGINE, /* docker, then podman */
        CM_FETCH_REGISTRY,
        CM_FETCH_CLUSTER
};

/* Pulls of `registry` are tried at `url` first ("https://mirror.example", path allowed). */
struct cm_fetch_mirror {
        const char *registry;
        const char *url;
};

struct cm_fetch_options {
        enum cm_fetch_kind kind;
        struct cm_sv name; /* image name or id; registry reference; context of a cluster; "" for
                                    an engine's survey */
        bool is_survey;    /* no image: all that an engine says of itself */
        const char *docker_host; /* --docker-host, or NULL = DOCKER_HOST, then the usual sockets */
        const char *tls_ca;      /* PEM file, trusted beside the system's store; or NULL */
        const char *tls_cert;    /* PEM files of a client certificate; or NULL */
        const char *tls_key;
        bool tls_skip_verify;
        bool insecure_http;          /* registries may be plain http; loopback ones always may */
        const char *kubeconfig;      /* file, or NULL = KUBECONFIG, ~/.kube/config, in-cluster */
        bool allow_exec_credentials; /* programs that a kubeconfig names may be run */
        const struct cm_fetch_mirror *mirrors; /* in order */
        size_t mirror_count;
        int budget_s;                              /* wall-clock limit of the role */
        void (*warn)(void *ctx, const char *text); /* for what a user must know; or NULL */
        void *warn_ctx;
};

struct cm_fetch;

/*
 * Finds the image: an engine is asked for its id and layers, a registry for its manifest or index.
 * Owns:    *ret until cm_fetch_close(); views of *ret_image live in `arena`.
 * Errors:  CM_E_USAGE (reference, host, broken credential file), CM_E_NOT_FOUND, CM_E_ENV (no
 *          engine, not permitted, libcurl absent), CM_E_NETWORK, CM_E_DIGEST, CM_E_LIMIT,
 *          CM_E_MALFORMED, CM_E_WORKER.
 */
CM_MUST_CHECK int cm_fetch_open(struct cm_arena *arena, const struct cm_fetch_options *options,
                                struct cm_fetch **ret, struct cm_fetch_image *ret_image,
                                struct cm_err *err);
struct cm_fetch *cm_fetch_close(struct cm_fetch *fetch); /* ends the role; takes NULL */
bool cm_fetch_is_registry(const struct cm_fetch *fetch);
enum cm_fetch_kind cm_fetch_kind(const struct cm_fetch *fetch); /* which engine has it */

/*
 * A document or blob as the worker names it: "index.json" (made here) or "blobs/<algorithm>/<hex>".
 * Does not wait: the bytes, and whatever goes wrong with them, come later.
 * Returns: 0 with a descriptor that the caller closes; 1 when a registry has no such document.
 */
CM_MUST_CHECK int cm_fetch_want(struct cm_fetch *fetch, struct cm_sv name, int *ret_fd,
                                struct cm_err *err);
/* The docker-save stream of an engine's image, likewise. */
CM_MUST_CHECK int cm_fetch_export(struct cm_fetch *fetch, int *ret_fd, struct cm_err *err);
/*
 * What the engine or cluster says of itself as one JSON object (engine_survey.h, cluster_survey.h),
 * likewise. `with_processes`: the processes of an engine's containers too, one more call for each.
 */
CM_MUST_CHECK int cm_fetch_survey(struct cm_fetch *fetch, bool with_processes, int *ret_fd,
                                  struct cm_err *err);
/*
 * What the engine tells of changes, as it comes; ends when the engine does. For poll(): only that
 * something came is of use.
 */
CM_MUST_CHECK int cm_fetch_events(struct cm_fetch *fetch, int *ret_fd, struct cm_err *err);
const char *
cm_fetch_socket(const struct cm_fetch *fetch); /* of a survey; lives as long as the arena */

/* The context that was taken, of a cluster; lives as long as the arena. */
const char *cm_fetch_name(const struct cm_fetch *fetch);
/* What the role reads right now, escaped, or ""; for progress lines. */
const char *cm_fetch_progress(const struct cm_fetch *fetch, struct cm_arena *arena);

/* Readable when a verdict came; for poll(). */
int cm_fetch_poll_fd(const struct cm_fetch *fetch);
/*
 * Takes verdicts that are there, without waiting.
 * Errors:  the first bad one: CM_E_DIGEST, CM_E_NETWORK, ...; CM_E_WORKER when the role died.
 */
CM_MUST_CHECK int cm_fetch_check(struct cm_fetch *fetch, struct cm_err *err);
/* Waits until every stream has its verdict. Only then are the bytes that were read verified. */
CM_MUST_CHECK int cm_fetch_finish(struct cm_fetch *fetch, struct cm_err *err);
/*
 * After the reader failed with `err`: puts the reason in its place when the bytes were at fault (a
 * short body looks to the reader like a broken archive). Returns the code of `err`.
 */
int cm_fetch_explain(struct cm_fetch *fetch, struct cm_err *err);
