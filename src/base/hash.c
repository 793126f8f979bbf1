/* SPDX-License-Identifier: Apache-2.0 */
/* Multiply-fold hash (the wyhash construction: 64x64 to 128 bit products, folded). */
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
