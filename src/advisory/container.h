/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feeds come as a directory, a zip, a tar (plain, gzip, zstd, bzip2, xz) or one file (plain or
 * compressed): this reads any of them as a sequence of (member name, bytes). libarchive stands
 * behind the archives.
 */
#pragma once

#include "base/arena.h"
#include "base/sv.h"

struct cm_container {
        void *ctx;
        /* Whether the bytes of a member are wanted; asked before they are read. */
        bool (*wants)(void *ctx, struct cm_sv member);
        /* `content` lives until the call returns. An error ends the walk and is handed on. */
        int (*member)(void *ctx, struct cm_sv member, struct cm_sv content, struct cm_err *err);
};

/*
 * Walks `path`. Members of a directory come sorted by name, those of an archive in its order; links
 * and special files are passed over. A single file is always wanted; a suffix of compression is
 * taken off its name.
 * Errors:  CM_E_NOT_FOUND, CM_E_IO, CM_E_MALFORMED (damaged or cut short archive), CM_E_LIMIT
 *          (feed_document_bytes_max, feed_members_max, feed_total_bytes_max,
 *          feed_directory_depth_max), and what `member` returns.
 */
CM_MUST_CHECK int cm_container_walk(const char *path, const struct cm_container *c,
                                    struct cm_err *err);
