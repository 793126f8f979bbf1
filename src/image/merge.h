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

struct cm_merge_result {
        const struct cm_merge_file *files; /* sorted by path */
        size_t file_count;
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
