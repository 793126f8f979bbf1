/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compressed databases as they are shipped: FILE.db.zst. A skippable frame in front tells what the
 * content is, so that a reader knows digest, size, name and age without unpacking; any zstd tool
 * still unpacks the file. The layout is in docs/formats/advisory-db.md.
 */
#pragma once

#include "base/arena.h"
#include "base/sv.h"

struct cm_db_pack_head {
        uint64_t size_bytes;  /* unpacked */
        struct cm_sv digest;  /* "sha256:..." of the unpacked file */
        struct cm_sv name;    /* of the database */
        int64_t newest_s;     /* its newest record */
        uint64_t frame_bytes; /* of the skippable frame */
};

/* Compresses the database file `from` into `to` (temporary file, fsync, rename). */
CM_MUST_CHECK int cm_db_pack(const char *from, const char *to, struct cm_err *err);
/* Errors: CM_E_MALFORMED when the file does not begin with such a frame. */
CM_MUST_CHECK int cm_db_pack_read_head(struct cm_arena *arena, int fd, struct cm_db_pack_head *ret,
                                       struct cm_err *err);
/* Unpacks into `out_fd`; CM_E_DIGEST when the content is not what the head says. */
CM_MUST_CHECK int cm_db_unpack(int fd, const struct cm_db_pack_head *head, int out_fd,
                               struct cm_err *err);
/* Whether the bytes of an unpacked file have the digest of the head. */
CM_MUST_CHECK int cm_db_pack_verify(int fd, const struct cm_db_pack_head *head, struct cm_err *err);
/* Parses the head's payload; pure. */
CM_MUST_CHECK int cm_db_pack_decode_head(struct cm_sv bytes, struct cm_db_pack_head *ret,
                                         struct cm_err *err);
