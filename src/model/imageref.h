/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Image references as people type them: [registry[:port]/]path[:tag][@digest]. Short names get the
 * defaults that docker gives them: "alpine" is docker.io/library/alpine:latest. Not for: names of
 * images in local engines, which know short ids and names of their own.
 *
 * Spec: distribution "reference" grammar; OCI distribution-spec v1.1 "Pulling manifests".
 */
#pragma once

#include "base/sv.h"

struct cm_arena;

struct cm_imageref {
        struct cm_sv registry;   /* host with optional port, as typed; "docker.io" when absent */
        struct cm_sv repository; /* "library/alpine" */
        struct cm_sv tag;        /* "latest" when there is neither tag nor digest; may be "" */
        struct cm_sv digest;     /* "sha256:<hex>" or "" */
};

/*
 * Owns:    views borrow from `text` or live in `arena`.
 * Errors:  CM_E_USAGE: which part breaks the grammar (people type these).
 * Limits:  registry and path 255 bytes together, tag 128.
 */
CM_MUST_CHECK int cm_imageref_parse(struct cm_arena *arena, struct cm_sv text,
                                    struct cm_imageref *ret, struct cm_err *err);
/* Whole and canonical: "docker.io/library/alpine:latest@sha256:<hex>". */
struct cm_sv cm_imageref_format(struct cm_arena *arena, const struct cm_imageref *ref);
/* What a manifest is asked for by: the digest when there is one, else the tag. */
struct cm_sv cm_imageref_selector(const struct cm_imageref *ref);
/* Whether the host part is this machine: localhost, 127.0.0.0/8, [::1]. */
bool cm_registry_is_loopback(struct cm_sv registry);
