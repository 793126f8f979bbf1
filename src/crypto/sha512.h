/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-512 over pieces, behind which OpenSSL stands; text and comparison are model/digest.h.
 * Thread:  one thread per context.
 */
#pragma once

#include "base/sv.h"

struct cm_sha512; /* an opaque running digest on the heap */

enum {
        CM_SHA512_BYTES = 64
};

struct cm_sha512 *cm_sha512_new(void);
struct cm_sha512 *cm_sha512_free(struct cm_sha512 *sha); /* takes NULL; returns NULL */
void cm_sha512_update(struct cm_sha512 *sha, struct cm_sv bytes);
/* Ends the digest; the context may be used for a new one after. */
void cm_sha512_final(struct cm_sha512 *sha, unsigned char ret[CM_SHA512_BYTES]);
