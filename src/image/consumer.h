/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Consumers of the one file stream. Each layer makes one instance of every consumer; all of them
 * see every entry once, in stream order, and say how much of its content they want. Adding a
 * consumer (a hasher, later secret patterns) is one file and one row in cm_consumers_for().
 *
 * Thread:  an instance is used by one thread; instances of different layers run in parallel.
 */
#pragma once

#include "base/arena.h"
#include "codec/tar.h"
#include "image/paths.h"
#include "image/record.h"

/* One entry of the stream, path cleaned. Views live until the entry ends. */
struct cm_stream_file {
        struct cm_sv path;
        struct cm_sv link;
        enum cm_tar_type type;
        uint32_t mode;
        uint64_t uid;
        uint64_t gid;
        uint64_t size_bytes;
        struct cm_sv caps; /* the security.capability attribute, or "" */
        bool is_sparse;
};

enum cm_want {
        CM_WANT_NOTHING,
        CM_WANT_HEAD, /* head() gets up to CM_STREAM_HEAD_BYTES in one piece and decides again */
        CM_WANT_ALL   /* data() gets everything, in pieces */
};

enum {
        CM_STREAM_HEAD_BYTES = 4096,
        CM_CONSUMERS_MAX = 8
};

/* What an instance works with; lives as long as the stream. */
struct cm_stream_env {
        const struct cm_path_table *paths;
        struct cm_records *records; /* of the layer: shared by its consumers, one thread */
        uint64_t *capture_left;     /* atomic: bytes that all captures may still hold */
        bool *is_crowded; /* set when a capture found too few left: another time it may not */
};

struct cm_consumer {
        const char *name;
        void *(*open)(const struct cm_stream_env *env);
        enum cm_want (*begin)(void *self, const struct cm_stream_file *file);
        enum cm_want (*head)(void *self, struct cm_sv head); /* the bytes come again by data() */
        int (*data)(void *self, struct cm_sv piece, struct cm_err *err);
        int (*end)(void *self, struct cm_err *err); /* also after NOTHING was wanted by head() */
        void (*close)(void *self);
};

extern const struct cm_consumer cm_consumer_catalog; /* captures files for catalogers */
extern const struct cm_consumer cm_consumer_hash;    /* SHA-256 of every executable */
extern const struct cm_consumer cm_consumer_facts;   /* what checks ask about files */

/* The dispatcher: feeds one stream of entries to several consumers. */
struct cm_stream;
struct cm_stream *cm_stream_new(const struct cm_consumer *const *consumers, size_t count,
                                const struct cm_stream_env *env);
struct cm_stream *cm_stream_free(struct cm_stream *stream);
/* Returns whether anybody wants the content (a walker need not open the file otherwise). */
bool cm_stream_begin(struct cm_stream *stream, const struct cm_stream_file *file);
CM_MUST_CHECK int cm_stream_data(struct cm_stream *stream, struct cm_sv piece, struct cm_err *err);
CM_MUST_CHECK int cm_stream_end(struct cm_stream *stream, struct cm_err *err);
/* Whether anybody still wants bytes of the current file. */
bool cm_stream_wants(const struct cm_stream *stream);
