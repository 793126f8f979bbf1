/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One layer, in one pass: compressed bytes are pushed in, come out inflated in a ring, and a second
 * thread hashes them (diff id), walks the tar and feeds the consumers. The result is the layer's
 * records and its diff id.
 *
 * Thread:  new/push/finish by one thread per layer; layers are independent of each other.
 */
#pragma once

#include "image/consumer.h"
#include "image/shadow.h"

/* Where the reader says what it is reading, for the message after a crash. */
struct cm_layer_note {
        void (*set)(void *ctx, struct cm_sv path);
        void *ctx;
};

struct cm_layer_options {
        const struct cm_consumer *const *consumers;
        size_t consumer_count;
        const struct cm_path_table *paths;
        uint64_t *capture_left;
        struct cm_shadow_options shadow;
        struct cm_layer_note note;
        const char *name; /* for messages: "layer 3" */
};

struct cm_layer_result {
        struct cm_sv records;      /* what it says by itself; owned by the layer */
        struct cm_sv shadows;      /* SHADOW records: what it replaces below; likewise */
        unsigned char diff_id[32]; /* SHA-256 of the uncompressed tar */
        uint64_t tar_bytes;
        bool is_crowded; /* a file was not read because other layers used the room: never cached */
};

struct cm_layer;

struct cm_layer *cm_layer_new(const struct cm_layer_options *options);
/* Bytes of the blob as stored (gzip, zstd or plain tar: found by content). */
CM_MUST_CHECK int cm_layer_push(struct cm_layer *layer, struct cm_sv bytes, struct cm_err *err);
/*
 * No more bytes: waits for the walk.
 * Errors: the first failure of either thread.
 */
CM_MUST_CHECK int cm_layer_finish(struct cm_layer *layer, struct cm_layer_result *ret,
                                  struct cm_err *err);
/* For streams, when the order is known: as cm_shadow_resolve() and cm_shadow_put_keys(). */
void cm_layer_resolve(const struct cm_layer *layer, const struct cm_recorded *lower,
                      struct cm_records *ret);
CM_MUST_CHECK int cm_layer_put_keys(struct cm_layer *layer, size_t index, struct cm_err *err);
struct cm_layer *cm_layer_free(struct cm_layer *layer); /* stops the walk when it still runs */
