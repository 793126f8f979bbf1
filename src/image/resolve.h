/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From "some image" to a list of layers with their diff ids: reads manifest.json or index.json and
 * what they point to through a callback, verifies the digest of every document that is named by
 * one. The same code serves archives, layouts and registries.
 */
#pragma once

#include "image/manifest.h"

struct cm_docs {
        /*
         * Reads a whole document by archive name ("manifest.json", "blobs/sha256/<hex>").
         * Returns: 0; 1 when there is none. Errors: CM_E_LIMIT (image_json_bytes_max), I/O.
         */
        int (*read)(void *ctx, struct cm_arena *arena, struct cm_sv name, struct cm_sv *ret,
                    struct cm_err *err);
        void *ctx;
};

/* Errors: CM_E_MALFORMED, CM_E_DIGEST, CM_E_NOT_FOUND (platform, tag), CM_E_USAGE (which one?). */
CM_MUST_CHECK int cm_image_resolve(struct cm_arena *arena, const struct cm_docs *docs,
                                   const struct cm_image_choice *choice, struct cm_image *ret,
                                   struct cm_err *err);
