/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UUID version 5 of uuid.h. SHA-1 is what the version is defined by; nothing here relies on it being
 * hard to collide. Why the low-level functions: see sha256.c.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/uuid.h"

#include <openssl/sha.h>

const char *cm_uuid_of(const struct cm_sv *parts, size_t count, char text[CM_UUID_TEXT_BYTES])
{
        static const unsigned char url_name_space[16] = { 0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad,
                                                          0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0,
                                                          0x4f, 0xd4, 0x30, 0xc8 };
        static const char hex[] = "0123456789abcdef";
        unsigned char digest[SHA_DIGEST_LENGTH];
        SHA_CTX ctx;
        CM_ASSERT(SHA1_Init(&ctx) == 1);
        CM_ASSERT(SHA1_Update(&ctx, url_name_space, sizeof(url_name_space)) == 1);
        for (size_t i = 0; i < count; i++) {
                if (i > 0)
                        CM_ASSERT(SHA1_Update(&ctx, "/", 1) == 1);
                if (parts[i].len > 0)
                        CM_ASSERT(SHA1_Update(&ctx, parts[i].ptr, parts[i].len) == 1);
        }
        CM_ASSERT(SHA1_Final(digest, &ctx) == 1);
        digest[6] = (unsigned char)((digest[6] & 0x0f) | 0x50);
        digest[8] = (unsigned char)((digest[8] & 0x3f) | 0x80);
        char *at = text;
        for (size_t i = 0; i < 16; i++) {
                if (i == 4 || i == 6 || i == 8 || i == 10)
                        *at++ = '-';
                *at++ = hex[digest[i] >> 4];
                *at++ = hex[digest[i] & 15];
        }
        *at = '\0';
        CM_ASSERT(at - text == CM_UUID_TEXT_BYTES - 1);
        return text;
}
