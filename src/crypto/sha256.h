/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 over pieces, behind which OpenSSL stands. Not for: other algorithms, signatures.
 * Thread:  one thread per context.
 */
#pragma once

#include "base/sv.h"

struct cm_sha256; /* an opaque running digest on the heap */

enum {
        CM_SHA256_BYTES = 32,
        CM_SHA256_TEXT_BYTES = 7 + 64 + 1 /* "sha256:" and hexadecimal digits, NUL */
};

struct cm_sha256 *cm_sha256_new(void);
struct cm_sha256 *cm_sha256_free(struct cm_sha256 *sha); /* takes NULL; returns NULL */
void cm_sha256_freep(struct cm_sha256 **sha);
void cm_sha256_update(struct cm_sha256 *sha, struct cm_sv bytes);
/* Ends the digest; the context may be used for a new one after. */
void cm_sha256_final(struct cm_sha256 *sha, unsigned char ret[CM_SHA256_BYTES]);
/* The same as text: writes "sha256:<hex>" and returns `text`. */
const char *cm_sha256_text(struct cm_sha256 *sha, char text[CM_SHA256_TEXT_BYTES]);
/* "sha256:<hex>" of 32 bytes. */
const char *cm_sha256_format(const unsigned char digest[CM_SHA256_BYTES],
                             char text[CM_SHA256_TEXT_BYTES]);
