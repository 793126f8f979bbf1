/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a tar stream from pieces of any size: a pull state machine without I/O. Understands v7,
 * ustar, GNU (long names, base-256 numbers, old sparse) and pax (path, linkpath, size, uid, gid,
 * mtime, SCHILY.xattr.*, GNU.sparse.* 0.x and 1.0).
 *
 * Data events give views into the caller's piece. Sparse files give their stored bytes only: the
 * holes are not filled in (no package database is sparse), `is_sparse` tells.
 *
 * Errors:  CM_E_MALFORMED (checksum, number, size, record), CM_E_LIMIT (tar_path_bytes_max,
 *          tar_pax_bytes_max, tar_entries_max).
 * Thread:  one object, one thread.
 * Spec:    POSIX.1-2017 pax "ustar Interchange Format", "pax Extended Header"; GNU tar manual
 *          "Basic Tar Format"; OCI image-spec layer.md.
 */
#pragma once

#include "base/err.h"
#include "base/sv.h"

enum cm_tar_type {
        CM_TAR_FILE,
        CM_TAR_HARDLINK,
        CM_TAR_SYMLINK,
        CM_TAR_CHAR,
        CM_TAR_BLOCK,
        CM_TAR_DIR,
        CM_TAR_FIFO,
        CM_TAR_OTHER /* a type that no layer should hold; its data is skipped over */
};

/* Views live until the next call of cm_tar_next(). */
struct cm_tar_entry {
        struct cm_sv path; /* as stored; see cm_tar_clean_path() */
        struct cm_sv link;
        enum cm_tar_type type;
        uint32_t mode; /* permission and setuid bits: 07777 */
        uint64_t uid;
        uint64_t gid;
        int64_t mtime_s;
        uint64_t size_bytes; /* of the data that follows */
        bool is_sparse;
        struct cm_sv caps; /* the security.capability attribute as it is, or "" */
};

enum cm_tar_event {
        CM_TAR_NEED_MORE, /* give the next piece */
        CM_TAR_ENTRY,
        CM_TAR_DATA,
        CM_TAR_ENTRY_END,
        CM_TAR_END /* two zero blocks, or (tolerated, as engines do) the end after one */
};

struct cm_tar;

struct cm_tar *cm_tar_new(void);
struct cm_tar *cm_tar_free(struct cm_tar *tar);
void cm_tar_freep(struct cm_tar **tar);

/*
 * Takes bytes off the front of *in until something happened. After CM_TAR_END further bytes are
 * consumed and ignored (padding up to the record size).
 */
CM_MUST_CHECK int cm_tar_next(struct cm_tar *tar, struct cm_sv *in, enum cm_tar_event *ret_event,
                              const struct cm_tar_entry **ret_entry, struct cm_sv *ret_data,
                              struct cm_err *err);
/* At the end of the input. CM_E_MALFORMED: inside an entry or a header. A missing end marker of a
 * stream that ends between entries is accepted. */
CM_MUST_CHECK int cm_tar_finish(const struct cm_tar *tar, struct cm_err *err);

/* Offset of the next unread byte of the stream, for callers that skip data by seeking: */
uint64_t cm_tar_offset(const struct cm_tar *tar);
/* Declares that the data of the current entry and its padding were skipped by the caller. */
void cm_tar_skip_data(struct cm_tar *tar, uint64_t *ret_skip_bytes);

/*
 * The guest path of an entry: no leading '/' or "./", no empty or "." components, no trailing '/';
 * "" for the root. `out` has CM_TAR_PATH_BYTES_MAX bytes.
 * Errors:  CM_E_MALFORMED when a component is ".." or the path holds a NUL.
 */
CM_MUST_CHECK int cm_tar_clean_path(struct cm_sv path, char *out, struct cm_sv *ret,
                                    struct cm_err *err);
/* Whether 512 bytes look like a tar header (checksum holds). */
bool cm_tar_is_header(struct cm_sv block);
