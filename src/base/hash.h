/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fast 64-bit hash for tables and path sets. Seeded: a table over foreign keys takes a random
 * seed so that chosen input cannot make it degenerate. And a keyed one (SipHash), where a collision
 * would be an attack: without the key none can be prepared. Not for: digests (crypto/).
 */
#pragma once

#include "base/sv.h"

uint64_t cm_hash64(struct cm_sv bytes, uint64_t seed);
/* Continues a hash over more bytes: order matters, boundaries do not vanish. */
uint64_t cm_hash64_mix(uint64_t a, uint64_t b);

enum {
        CM_SIPHASH_KEY_BYTES = 16
};

struct cm_siphash_key {
        unsigned char bytes[CM_SIPHASH_KEY_BYTES];
};

/* Spec: Aumasson and Bernstein, "SipHash: a fast short-input PRF": SipHash-2-4. */
uint64_t cm_siphash(struct cm_sv bytes, const struct cm_siphash_key *key);
