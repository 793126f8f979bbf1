/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Merges the records of all layers, bottom first, into one file system's worth of packages: what
 * an upper layer removed or replaced is gone, each package knows the layer of its file, language
 * packages whose files belong to an OS package are marked. Runs in the parent on the worker's
 * records; these are decoded with the cursor like any foreign bytes.
 */
#pragma once

#include "base/arena.h"
#include "image/record.h"
#include "model/target.h"

struct cm_merge_layer {
        struct cm_sv records;
        struct cm_sv shadows; /* SHADOW records: what it replaces of the layers below */
};

/* An executable of the inventory. */
struct cm_merge_file {
        struct cm_sv path;
        int layer;
        uint32_t mode;
        uint64_t size_bytes;
        struct cm_sv sha256;   /* 32 bytes */
        struct cm_sv owned_by; /* package name, or "" */
        enum cm_pkg_type owner_type;
};

struct cm_merge_fact {
        struct cm_sv path;
        int layer;
        struct cm_fact fact;
};

struct cm_merge_account {
        struct cm_sv path; /* etc/passwd or etc/shadow */
        struct cm_account account;
};

/* Some layer had more facts of these kinds than it told. */
struct cm_merge_cut {
        uint32_t kinds;
        uint64_t uid; /* of CM_FACT_OWNER: whose; CM_FACT_ANY_UID: anybody's */
};

struct cm_merge_result {
        const struct cm_merge_file *files; /* sorted by path */
        size_t file_count;
        const struct cm_merge_fact *facts; /* of the merged file system, sorted by path */
        size_t fact_count;
        /* Of CM_FACT_KINDS_LASTING: what an upper layer removed or replaced, likewise sorted. */
        const struct cm_merge_fact *removed;
        size_t removed_count;
        const struct cm_merge_account *accounts; /* in the order of their files */
        size_t account_count;
        const struct cm_merge_cut *cuts;
        size_t cut_count;
};

/*
 * Fills pkgs, unreadable and os of `target` (whose layers are set already; layer_count 0 with one
 * records block means a directory: CM_NO_LAYER).
 * Owns:   text borrows from the records; arrays live in `arena`.
 * Errors: CM_E_MALFORMED (records), CM_E_LIMIT (packages_max).
 */
CM_MUST_CHECK int cm_merge_layers(struct cm_arena *arena, const struct cm_merge_layer *layers,
                                  size_t count, struct cm_target *target,
                                  struct cm_merge_result *ret, struct cm_err *err);
