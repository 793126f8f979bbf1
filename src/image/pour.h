/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads an image archive in one pass from a stream: compressed archives, pipes, an engine's export.
 * What a member is for is only known from a manifest that may come last; so small JSON members are
 * kept, and everything that looks like a layer is walked as one, whether the image uses it or not.
 */
#pragma once

#include "image/layer.h"
#include "image/manifest.h"

/* The bytes, in order. Returns 0 with *ret empty at the end. The view lives until the next call. */
struct cm_byte_source {
        int (*next)(void *ctx, struct cm_sv *ret, struct cm_err *err);
        void *ctx;
};

struct cm_pour_layer {
        struct cm_sv name;
        struct cm_layer *layer;
        struct cm_layer_result result;
};

struct cm_pour {
        struct cm_image image;
        struct cm_pour_layer *layers; /* one per layer of the image, bottom first, resolved */
};

/*
 * `options` serve as a template for every layer (shadow.order must be NULL). Layers are freed with `arena`.
 * Errors: those of cm_layer_push(), cm_image_resolve() and the source.
 */
CM_MUST_CHECK int cm_pour_read(struct cm_arena *arena, const struct cm_byte_source *source,
                               const struct cm_layer_options *options,
                               const struct cm_image_choice *choice, struct cm_pour *ret,
                               struct cm_err *err);
