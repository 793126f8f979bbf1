/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An image archive as a seekable, uncompressed file: an index of its members, made by reading
 * headers only. Archives that are compressed or come through a pipe are read by image/pour.h.
 */
#pragma once

#include "base/arena.h"
#include "base/sv.h"

struct cm_archive;

/* Errors: CM_E_MALFORMED, CM_E_LIMIT (100,000 members), CM_E_IO. `fd` stays the caller's. */
CM_MUST_CHECK int cm_archive_index(struct cm_arena *arena, int fd, struct cm_archive **ret,
                                   struct cm_err *err);
/*
 * Where a member's bytes are; follows links inside the archive (old docker save links equal
 * layers).
 * Returns: 0; 1 when there is no such member.
 */
CM_MUST_CHECK int cm_archive_find(const struct cm_archive *archive, struct cm_arena *arena,
                                  struct cm_sv name, uint64_t *ret_offset, uint64_t *ret_size,
                                  struct cm_err *err);
/* Whole bytes at an offset, read with pread. Errors: CM_E_IO, CM_E_MALFORMED (cut short). */
CM_MUST_CHECK int cm_read_at(int fd, uint64_t offset, char *out, size_t len, struct cm_err *err);
/* The member name a link at `from` points to ("a/layer.tar" + "../b/layer.tar" -> "b/layer.tar"). */
struct cm_sv cm_archive_link_target(struct cm_arena *arena, struct cm_sv from, struct cm_sv link,
                                    bool is_hardlink);
