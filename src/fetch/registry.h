/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client of one repository in a distribution registry and its mirrors: authentication,
 * redirects, retries, digests. Runs in the fetch role.
 *
 * Thread:  blobs may be fetched by several threads at once.
 * Spec:    OCI distribution-spec v1.1 "Pull"; distribution "token authentication"; RFC 9110.
 */
#pragma once

#include "fetch/credentials.h"
#include "fetch/transfer.h"

struct cm_endpoint {
        struct cm_sv base; /* "https://registry-1.docker.io", no slash at the end */
        bool may_be_plain; /* fall back to http:// when the peer does not speak TLS */
        bool has_credential;
        struct cm_credential credential;
        struct cm_http_tls tls;
};

struct cm_registry;

/* Borrows everything for its life. Mirrors come first in `endpoints`, the registry itself last. */
struct cm_registry *cm_registry_new(struct cm_http *http, const struct cm_endpoint *endpoints,
                                    size_t endpoint_count, struct cm_sv repository);
struct cm_registry *cm_registry_free(struct cm_registry *registry);

struct cm_registry_document {
        struct cm_sv bytes;
        struct cm_sv media_type;
        char digest[CM_DIGEST_TEXT_BYTES];
};

/*
 * Gets a manifest or index by tag or digest and remembers which digests an index names as
 * manifests.
 * Errors:  CM_E_DIGEST, CM_E_LIMIT (image_json_bytes_max), CM_E_NOT_FOUND, CM_E_ENV (not permitted),
 *          CM_E_NETWORK.
 */
CM_MUST_CHECK int cm_registry_get_manifest(struct cm_registry *registry, struct cm_arena *arena,
                                           struct cm_sv selector, struct cm_registry_document *ret,
                                           struct cm_err *err);
/* Says that a digest is a manifest's: the parent will ask for it under an index of our own. */
void cm_registry_note_manifest(struct cm_registry *registry, struct cm_sv digest);
/*
 * Gets what a digest names, as a manifest when an index said that it is one, else as a blob.
 * `transfer` needs fd or buffer; its digest is checked at the end.
 */
CM_MUST_CHECK int cm_registry_get_digest(struct cm_registry *registry, struct cm_arena *arena,
                                         struct cm_sv digest, struct cm_transfer *transfer,
                                         struct cm_err *err);
