/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 of sha256.h over OpenSSL's low-level functions. They pick the SHA extensions of the
 * processor as EVP does, but need no provider, no configuration file (a sandboxed role cannot open
 * one) and no allocation; EVP's first fetch costs about a millisecond. Deprecated in OpenSSL 3 and
 * still exported: to be changed when a release drops them.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/sha256.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

struct cm_sha256 {
        SHA256_CTX ctx;
};

struct cm_sha256 *cm_sha256_new(void)
{
        struct cm_sha256 *sha = calloc(1, sizeof(*sha));
        CM_ASSERT(sha != NULL);
        CM_ASSERT(SHA256_Init(&sha->ctx) == 1);
        return sha;
}

struct cm_sha256 *cm_sha256_free(struct cm_sha256 *sha)
{
        free(sha);
        return NULL;
}

void cm_sha256_freep(struct cm_sha256 **sha)
{
        *sha = cm_sha256_free(*sha);
}

void cm_sha256_update(struct cm_sha256 *sha, struct cm_sv bytes)
{
        if (bytes.len > 0)
                CM_ASSERT(SHA256_Update(&sha->ctx, bytes.ptr, bytes.len) == 1);
}

void cm_sha256_final(struct cm_sha256 *sha, unsigned char ret[CM_SHA256_BYTES])
{
        CM_ASSERT(SHA256_Final(ret, &sha->ctx) == 1);
        CM_ASSERT(SHA256_Init(&sha->ctx) == 1);
}

const char *cm_sha256_format(const unsigned char digest[CM_SHA256_BYTES],
                             char text[CM_SHA256_TEXT_BYTES])
{
        static const char hex[] = "0123456789abcdef";
        memcpy(text, "sha256:", 7);
        for (size_t i = 0; i < CM_SHA256_BYTES; i++) {
                text[7 + 2 * i] = hex[digest[i] >> 4];
                text[8 + 2 * i] = hex[digest[i] & 15];
        }
        text[CM_SHA256_TEXT_BYTES - 1] = '\0';
        return text;
}

const char *cm_sha256_text(struct cm_sha256 *sha, char text[CM_SHA256_TEXT_BYTES])
{
        unsigned char digest[CM_SHA256_BYTES];
        cm_sha256_final(sha, digest);
        return cm_sha256_format(digest, text);
}
