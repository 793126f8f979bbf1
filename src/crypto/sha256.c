/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 of sha256.h over OpenSSL's EVP, which picks the SHA extensions of the processor. */
#include "crypto/sha256.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

struct cm_sha256 {
        EVP_MD_CTX *ctx;
};

struct cm_sha256 *cm_sha256_new(void)
{
        struct cm_sha256 *sha = calloc(1, sizeof(*sha));
        CM_ASSERT(sha != NULL);
        sha->ctx = EVP_MD_CTX_new();
        CM_ASSERT(sha->ctx != NULL);
        CM_ASSERT(EVP_DigestInit_ex(sha->ctx, EVP_sha256(), NULL) == 1);
        return sha;
}

struct cm_sha256 *cm_sha256_free(struct cm_sha256 *sha)
{
        if (sha != NULL) {
                EVP_MD_CTX_free(sha->ctx);
                free(sha);
        }
        return NULL;
}

void cm_sha256_freep(struct cm_sha256 **sha)
{
        *sha = cm_sha256_free(*sha);
}

void cm_sha256_update(struct cm_sha256 *sha, struct cm_sv bytes)
{
        if (bytes.len > 0)
                CM_ASSERT(EVP_DigestUpdate(sha->ctx, bytes.ptr, bytes.len) == 1);
}

const char *cm_sha256_text(struct cm_sha256 *sha, char text[CM_SHA256_TEXT_BYTES])
{
        static const char hex[] = "0123456789abcdef";
        unsigned char digest[EVP_MAX_MD_SIZE];
        unsigned int len = 0;
        CM_ASSERT(EVP_DigestFinal_ex(sha->ctx, digest, &len) == 1 && len == CM_SHA256_BYTES);
        memcpy(text, "sha256:", 7);
        for (size_t i = 0; i < len; i++) {
                text[7 + 2 * i] = hex[digest[i] >> 4];
                text[8 + 2 * i] = hex[digest[i] & 15];
        }
        text[CM_SHA256_TEXT_BYTES - 1] = '\0';
        return text;
}
