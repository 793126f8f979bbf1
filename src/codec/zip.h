/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a zip file that is in memory, by its central directory. Stored and deflated members;
 * zip64; nothing else (jar files hold nothing else). A member's data is inflated into an arena.
 *
 * Limits:  zip_entries_max, the caller's limit per member and for all members together, the ratio
 *          limit of deflate itself, the arena's limit. Members that overlap are refused, so work
 *          is bounded by the size of the content and what may be inflated.
 * Errors:  CM_E_MALFORMED (structure, checksum), CM_E_LIMIT, CM_E_UNSUPPORTED (method, encryption).
 * Spec:    PKWARE APPNOTE 6.3.x sections 4.3 to 4.5.
 */
#pragma once

#include "base/arena.h"
#include "base/sv.h"

struct cm_zip {
        struct cm_sv content;
        struct cm_sv directory;
        uint64_t entry_count;
        uint64_t next_index;
        struct cm_sv rest;     /* of the directory */
        uint64_t prefix_bytes; /* before the archive: a launch script */
        uint64_t inflate_left; /* bytes that members may still take together */
};

struct cm_zip_entry {
        struct cm_sv name; /* as stored; '/' separates */
        uint16_t method;
        uint32_t crc32;
        uint64_t packed_bytes;
        uint64_t size_bytes;
        uint64_t header_offset;
        uint32_t unix_mode; /* type and permissions; 0 when another system made the member */
        bool is_encrypted;
        bool is_name_valid; /* relative, no "..", no NUL, no backslash; others cannot be read */
};

/* Scratch memory of 16 bytes per entry is taken from the arena. Lives as long as `content`. */
CM_MUST_CHECK int cm_zip_open(struct cm_arena *arena, struct cm_sv content,
                              uint64_t inflate_bytes_max, struct cm_zip *ret, struct cm_err *err);
/* Returns: 0; 1 at the end. */
CM_MUST_CHECK int cm_zip_next(struct cm_zip *zip, struct cm_zip_entry *ret, struct cm_err *err);
/* The whole data of a member; stored ones are borrowed from the content. */
CM_MUST_CHECK int cm_zip_read(struct cm_zip *zip, struct cm_arena *arena,
                              const struct cm_zip_entry *entry, uint64_t bytes_max,
                              struct cm_sv *ret, struct cm_err *err);
