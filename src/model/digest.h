/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Content digests as images and registries write them: "sha256:<64 hex>" and "sha512:<128 hex>",
 * and the running digest that checks a stream against one. Not for: other algorithms (the
 * image-spec registers no more that anybody uses), digests of lock files (those stay text).
 *
 * Spec: OCI image-spec v1.1 descriptor.md "Digests".
 */
#pragma once

#include "base/sv.h"

enum cm_digest_algorithm {
        CM_DIGEST_NONE, /* zeroed memory is no digest and equals nothing */
        CM_DIGEST_SHA256,
        CM_DIGEST_SHA512
};

enum {
        CM_DIGEST_BYTES_MAX = 64,
        CM_DIGEST_TEXT_BYTES = 7 + 2 * CM_DIGEST_BYTES_MAX + 1
};

struct cm_digest {
        enum cm_digest_algorithm algorithm;
        unsigned char bytes[CM_DIGEST_BYTES_MAX]; /* zero after the algorithm's length */
};

/*
 * Input:   lower-case hexadecimal only, as the specification says: another spelling of the same
 *          digest would be another key in caches and policies.
 * Errors:  CM_E_MALFORMED, CM_E_UNSUPPORTED (well-formed, unknown algorithm).
 */
CM_MUST_CHECK int cm_digest_parse(struct cm_sv s, struct cm_digest *ret, struct cm_err *err);
/* Whether the text is one that cm_digest_parse() takes. */
bool cm_digest_is(struct cm_sv s);
/* "sha256:<hex>", NUL-terminated; "" for CM_DIGEST_NONE. Returns `text`. */
const char *cm_digest_format(const struct cm_digest *digest, char text[CM_DIGEST_TEXT_BYTES]);
/* False when either is CM_DIGEST_NONE. */
bool cm_digest_eq(const struct cm_digest *a, const struct cm_digest *b);
size_t cm_digest_size_bytes(enum cm_digest_algorithm algorithm);
/* The hexadecimal digits of a digest's text: "sha256:abc" gives "abc". */
struct cm_sv cm_digest_hex(struct cm_sv s);

/* A running digest. Thread: one thread at a time. */
struct cm_digester;

struct cm_digester *cm_digester_new(enum cm_digest_algorithm algorithm);
struct cm_digester *cm_digester_free(struct cm_digester *d); /* takes NULL; returns NULL */
void cm_digester_freep(struct cm_digester **d);
void cm_digester_update(struct cm_digester *d, struct cm_sv bytes);
/* Ends the digest; the digester starts anew after. */
void cm_digester_final(struct cm_digester *d, struct cm_digest *ret);
/*
 * Ends the digest and compares it.
 * Errors:  CM_E_DIGEST "<what> has digest X, not Y as it is named".
 */
CM_MUST_CHECK int cm_digester_check(struct cm_digester *d, const struct cm_digest *want,
                                    const char *what, struct cm_err *err);
/* The digest of bytes that are all there. */
void cm_digest_of(enum cm_digest_algorithm algorithm, struct cm_sv bytes, struct cm_digest *ret);
