/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fast 64-bit hash for tables and path sets. Seeded: a table over foreign keys takes a random
 * seed so that chosen input cannot make it degenerate. Not for: digests (crypto/).
 */
#pragma once

#include "base/sv.h"

uint64_t cm_hash64(struct cm_sv bytes, uint64_t seed);
/* Continues a hash over more bytes: order matters, boundaries do not vanish. */
uint64_t cm_hash64_mix(uint64_t a, uint64_t b);
