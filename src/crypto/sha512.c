/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-512 of sha512.h over OpenSSL's low-level functions; sha256.c says why not EVP. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/sha512.h"

#include <openssl/sha.h>
#include <stdlib.h>

struct cm_sha512 {
        SHA512_CTX ctx;
};

struct cm_sha512 *cm_sha512_new(void)
{
        struct cm_sha512 *sha = calloc(1, sizeof(*sha));
        CM_ASSERT(sha != NULL);
        CM_ASSERT(SHA512_Init(&sha->ctx) == 1);
        return sha;
}

struct cm_sha512 *cm_sha512_free(struct cm_sha512 *sha)
{
        free(sha);
        return NULL;
}

void cm_sha512_update(struct cm_sha512 *sha, struct cm_sv bytes)
{
        if (bytes.len > 0)
                CM_ASSERT(SHA512_Update(&sha->ctx, bytes.ptr, bytes.len) == 1);
}

void cm_sha512_final(struct cm_sha512 *sha, unsigned char ret[CM_SHA512_BYTES])
{
        CM_ASSERT(SHA512_Final(ret, &sha->ctx) == 1);
        CM_ASSERT(SHA512_Init(&sha->ctx) == 1);
}
