/* SPDX-License-Identifier: Apache-2.0 */
/* Multiply-fold hash (the wyhash construction: 64x64 to 128 bit products, folded), and SipHash. */
#include "base/hash.h"

#include <string.h>

static const uint64_t k0 = 0xa0761d6478bd642fU;
static const uint64_t k1 = 0xe7037ed1a0b428dbU;

uint64_t cm_hash64_mix(uint64_t a, uint64_t b)
{
        __extension__ typedef unsigned __int128 u128;
        u128 product = (u128)(a ^ k0) * (b ^ k1);
        return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t load(const char *p, size_t len)
{
        uint64_t v = 0;
        memcpy(&v, p, len);
        return v;
}

uint64_t cm_hash64(struct cm_sv bytes, uint64_t seed)
{
        uint64_t h = cm_hash64_mix(seed, bytes.len);
        const char *p = bytes.ptr;
        size_t n = bytes.len;
        for (; n >= 16; p += 16, n -= 16)
                h = cm_hash64_mix(load(p, 8) ^ h, load(p + 8, 8));
        if (n >= 8) {
                h = cm_hash64_mix(load(p, 8) ^ h, load(p + n - 8, 8));
        } else if (n > 0) {
                h = cm_hash64_mix(load(p, n) ^ h, n);
        }
        return cm_hash64_mix(h, k0); /* not k1: mix() would multiply by zero */
}

static uint64_t rotate(uint64_t v, unsigned bits)
{
        return v << bits | v >> (64 - bits);
}

static void sip_rounds(uint64_t v[4], int count)
{
        for (int i = 0; i < count; i++) {
                v[0] += v[1];
                v[1] = rotate(v[1], 13) ^ v[0];
                v[0] = rotate(v[0], 32);
                v[2] += v[3];
                v[3] = rotate(v[3], 16) ^ v[2];
                v[0] += v[3];
                v[3] = rotate(v[3], 21) ^ v[0];
                v[2] += v[1];
                v[1] = rotate(v[1], 17) ^ v[2];
                v[2] = rotate(v[2], 32);
        }
}

uint64_t cm_siphash(struct cm_sv bytes, const struct cm_siphash_key *key)
{
        const char *k = (const char *)key->bytes;
        uint64_t v[4] = { load(k, 8) ^ 0x736f6d6570736575U, load(k + 8, 8) ^ 0x646f72616e646f6dU,
                          load(k, 8) ^ 0x6c7967656e657261U, load(k + 8, 8) ^ 0x7465646279746573U };
        const char *p = bytes.ptr;
        size_t n = bytes.len;
        for (; n >= 8; p += 8, n -= 8) {
                uint64_t word = load(p, 8);
                v[3] ^= word;
                sip_rounds(v, 2);
                v[0] ^= word;
        }
        uint64_t last = (uint64_t)bytes.len << 56 | (n > 0 ? load(p, n) : 0);
        v[3] ^= last;
        sip_rounds(v, 2);
        v[0] ^= last;
        v[2] ^= 0xff;
        sip_rounds(v, 4);
        return v[0] ^ v[1] ^ v[2] ^ v[3];
}
