/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The paths that lower layers recorded, by keyed hash: answers for an entry of an upper layer,
 * known by its hash alone, which of them it replaces. Both sides of a scan ask it: the worker while
 * it reads a layer (image/shadow.h), the parent about a layer of the cache (image/layer_cache.h).
 *
 * A path key is the SipHash of the path with the lowest bit taken out; an entry key has there
 * whether the entry is a directory. The hash is keyed with a secret: who could find two paths of
 * one hash could hide the packages of a lower layer.
 */
#pragma once

#include "base/hash.h"
#include "image/record.h"

struct cm_recorded_slot;

struct cm_recorded {
        const struct cm_siphash_key *hash_key; /* borrowed */
        struct cm_recorded_slot *slots;        /* open addressing */
        size_t slot_count;
        size_t count;
};

void cm_recorded_init(struct cm_recorded *recorded, const struct cm_siphash_key *hash_key);
void cm_recorded_fini(struct cm_recorded *recorded);
/* Adds what the records of a layer name; they must stay. Errors: CM_E_MALFORMED. */
CM_MUST_CHECK int cm_recorded_add(struct cm_recorded *recorded, struct cm_sv records,
                                  struct cm_err *err);
/*
 * Appends a SHADOW record (of a directory SHADOW_DIR) when the entry replaces something: its own path when that was recorded
 * or, for what is no directory, when something below it was.
 */
void cm_recorded_shadow(const struct cm_recorded *recorded, uint64_t entry_key,
                        struct cm_records *ret);

/* Never 0, always even. */
uint64_t cm_path_key(struct cm_sv path, const struct cm_siphash_key *hash_key);
static inline uint64_t cm_entry_key(uint64_t path_key, bool is_dir)
{
        return path_key | (is_dir ? 1U : 0U);
}
