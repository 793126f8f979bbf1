/* SPDX-License-Identifier: Apache-2.0 */
/* Text form and running form of digest.h; the arithmetic is crypto/'s. */
#include "model/digest.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/sha256.h"
#include "crypto/sha512.h"

static const struct {
        enum cm_digest_algorithm algorithm;
        struct cm_sv prefix;
        size_t size_bytes;
} algorithms[] = {
        { CM_DIGEST_SHA256, { "sha256:", 7 }, CM_SHA256_BYTES },
        { CM_DIGEST_SHA512, { "sha512:", 7 }, CM_SHA512_BYTES },
};

size_t cm_digest_size_bytes(enum cm_digest_algorithm algorithm)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(algorithms); i++)
                if (algorithms[i].algorithm == algorithm)
                        return algorithms[i].size_bytes;
        return 0;
}

static bool parse_hex(struct cm_sv hex, unsigned char *out)
{
        for (size_t i = 0; i < hex.len; i++) {
                if (!cm_is_digit(hex.ptr[i]) && !(hex.ptr[i] >= 'a' && hex.ptr[i] <= 'f'))
                        return false;
                int value = cm_hex_value(hex.ptr[i]);
                out[i / 2] = (unsigned char)(i % 2 == 0 ? value << 4 : out[i / 2] | value);
        }
        return true;
}

/* algorithm ::= component (separator component)*, as the specification has it, loosely. */
static bool looks_like_digest(struct cm_sv s)
{
        struct cm_sv name, hex;
        if (!cm_sv_cut(s, ':', &name, &hex) || name.len == 0 || name.len > 32 || hex.len < 32)
                return false;
        for (size_t i = 0; i < name.len; i++) {
                char c = name.ptr[i];
                if (!cm_is_lower(c) && !cm_is_digit(c) && c != '+' && c != '.' && c != '_' &&
                    c != '-')
                        return false;
        }
        return true;
}

int cm_digest_parse(struct cm_sv s, struct cm_digest *ret, struct cm_err *err)
{
        struct cm_digest digest = { CM_DIGEST_NONE, { 0 } };
        for (size_t i = 0; i < CM_ARRAY_LEN(algorithms); i++) {
                if (!cm_sv_has_prefix(s, algorithms[i].prefix))
                        continue;
                struct cm_sv hex = cm_sv_skip(s, algorithms[i].prefix.len);
                if (hex.len != 2 * algorithms[i].size_bytes || !parse_hex(hex, digest.bytes))
                        return CM_RAISE(err, CM_E_MALFORMED,
                                        "digest is not '%s' and %zu lower-case hexadecimal digits",
                                        algorithms[i].prefix.ptr, 2 * algorithms[i].size_bytes);
                digest.algorithm = algorithms[i].algorithm;
                *ret = digest;
                return 0;
        }
        if (looks_like_digest(s))
                return CM_RAISE(err, CM_E_UNSUPPORTED,
                                "digest is of an algorithm other than sha256 and sha512");
        return CM_RAISE(err, CM_E_MALFORMED, "digest is not of the form 'sha256:<hex>'");
}

bool cm_digest_is(struct cm_sv s)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_digest digest;
        return cm_digest_parse(s, &digest, &err) == 0;
}

const char *cm_digest_format(const struct cm_digest *digest, char text[CM_DIGEST_TEXT_BYTES])
{
        static const char hex[] = "0123456789abcdef";
        char *out = text;
        for (size_t i = 0; i < CM_ARRAY_LEN(algorithms); i++) {
                if (algorithms[i].algorithm != digest->algorithm)
                        continue;
                memcpy(out, algorithms[i].prefix.ptr, algorithms[i].prefix.len);
                out += algorithms[i].prefix.len;
        }
        size_t size = cm_digest_size_bytes(digest->algorithm);
        for (size_t i = 0; i < size; i++) {
                *out++ = hex[digest->bytes[i] >> 4];
                *out++ = hex[digest->bytes[i] & 15];
        }
        *out = '\0';
        return text;
}

bool cm_digest_eq(const struct cm_digest *a, const struct cm_digest *b)
{
        return a->algorithm != CM_DIGEST_NONE && a->algorithm == b->algorithm &&
               memcmp(a->bytes, b->bytes, cm_digest_size_bytes(a->algorithm)) == 0;
}

struct cm_sv cm_digest_hex(struct cm_sv s)
{
        struct cm_sv name, hex;
        cm_sv_cut(s, ':', &name, &hex);
        return hex;
}

struct cm_digester {
        enum cm_digest_algorithm algorithm;
        struct cm_sha256 *sha256;
        struct cm_sha512 *sha512;
};

struct cm_digester *cm_digester_new(enum cm_digest_algorithm algorithm)
{
        CM_ASSERT(algorithm == CM_DIGEST_SHA256 || algorithm == CM_DIGEST_SHA512);
        struct cm_digester *d = calloc(1, sizeof(*d));
        CM_ASSERT(d != NULL);
        d->algorithm = algorithm;
        if (algorithm == CM_DIGEST_SHA256)
                d->sha256 = cm_sha256_new();
        else
                d->sha512 = cm_sha512_new();
        return d;
}

struct cm_digester *cm_digester_free(struct cm_digester *d)
{
        if (d == NULL)
                return NULL;
        cm_sha256_free(d->sha256);
        cm_sha512_free(d->sha512);
        free(d);
        return NULL;
}

void cm_digester_freep(struct cm_digester **d)
{
        *d = cm_digester_free(*d);
}

void cm_digester_update(struct cm_digester *d, struct cm_sv bytes)
{
        if (d->algorithm == CM_DIGEST_SHA256)
                cm_sha256_update(d->sha256, bytes);
        else
                cm_sha512_update(d->sha512, bytes);
}

void cm_digester_final(struct cm_digester *d, struct cm_digest *ret)
{
        *ret = (struct cm_digest){ d->algorithm, { 0 } };
        if (d->algorithm == CM_DIGEST_SHA256)
                cm_sha256_final(d->sha256, ret->bytes);
        else
                cm_sha512_final(d->sha512, ret->bytes);
}

int cm_digester_check(struct cm_digester *d, const struct cm_digest *want, const char *what,
                      struct cm_err *err)
{
        CM_ASSERT(want->algorithm == d->algorithm);
        struct cm_digest got;
        cm_digester_final(d, &got);
        if (cm_digest_eq(&got, want))
                return 0;
        char got_text[CM_DIGEST_TEXT_BYTES], want_text[CM_DIGEST_TEXT_BYTES];
        return CM_RAISE(err, CM_E_DIGEST, "%s has digest %s, not %s as it is named", what,
                        cm_digest_format(&got, got_text), cm_digest_format(want, want_text));
}

void cm_digest_of(enum cm_digest_algorithm algorithm, struct cm_sv bytes, struct cm_digest *ret)
{
        struct cm_digester *d CM_CLEANUP(cm_digester_freep)
        = cm_digester_new(algorithm);
        cm_digester_update(d, bytes);
        cm_digester_final(d, ret);
}
