/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a cataloger is: a const descriptor in a file of its own and one row in catalogers.def. It
 * says which paths it wants; the file stream (image/) captures such a file and calls parse() with
 * its bytes, in the sandboxed worker, from several threads at once. Pure: bytes in, records out
 * through the sink; no file descriptor, clock or log.
 */
#pragma once

#include "base/arena.h"
#include "model/package.h"

/*
 * Where records go. The three functions copy what they are given before they return. They fail only
 * with CM_E_LIMIT (too many records).
 */
struct cm_sink {
        int (*pkg)(struct cm_sink *sink, const struct cm_pkg *pkg, struct cm_err *err);
        int (*os)(struct cm_sink *sink, const struct cm_os_release *os, struct cm_err *err);
        int (*owned)(struct cm_sink *sink, const struct cm_owned_file *file, struct cm_err *err);
        /*
         * "This part could not be read" without giving up on the rest of the file: one broken
         * record of a database, one broken jar in a jar. `what` is escaped text.
         */
        int (*unreadable)(struct cm_sink *sink, struct cm_sv path, const char *what,
                          struct cm_err *err);
};

/* Bytes [offset, offset + len) of a file. */
struct cm_file_range {
        uint64_t offset;
        uint64_t len;
};

enum {
        CM_FILE_RANGES_MAX = 16
};

/* One captured file. */
struct cm_cat_file {
        struct cm_sv path;    /* guest path without leading '/': "var/lib/dpkg/status" */
        struct cm_sv content; /* whole, unless `is_cut` or there are ranges */
        bool is_cut;          /* only the first file_bytes_max bytes (catalogers that allow it) */
        uint32_t mode;        /* permission bits */
        /* When not 0: `content` is these parts of the file, one after another. */
        size_t range_count;
        const struct cm_file_range *ranges;
};

/* What there is of [offset, offset + len) of the file; shorter, or empty, when not all was kept. */
struct cm_sv cm_cat_file_at(const struct cm_cat_file *file, uint64_t offset, uint64_t len);

/* Bits of cm_cataloger.contexts: where the cataloger looks. */
enum {
        CM_CONTEXT_INSTALLED = 1 << 0, /* images, rootfs: what is installed */
        CM_CONTEXT_SOURCE = 1 << 1     /* dir: a source tree, its lock files */
};

struct cm_cataloger {
        const char *name;    /* "dpkg" */
        const char *summary; /* one line for --list and the man page */
        const char *doc;     /* "catalogers.md#dpkg" */
        uint32_t contexts;
        /*
         * NULL-terminated path patterns, matched against the whole guest path. '*' matches within
         * one component, a leading "**" + '/' any directories (also none), other bytes themselves.
         * Forms that the path table knows (all others are refused by a test):
         *   "var/lib/dpkg/status"           exact path
         *   "var/lib/dpkg/info/" "*.list"   exact directory, then * with prefix and/or suffix
         *   "**" "/package.json"            basename anywhere
         *   "**" "/" "*.jar"                basename with * anywhere
         *   "**" "/" "*.dist-info/METADATA" last two components, * in the directory part
         */
        const char *const *globs;
        /*
         * For files known by content only (Go binaries): called on the first `head` bytes (up to
         * 4096) of every regular file that has an execute bit; true = capture.
         */
        bool (*probe)(struct cm_sv head);
        /*
         * Optional, with probe(): from the same bytes, the parts of the file that parse() reads, in
         * ascending order, apart from each other, CM_FILE_RANGES_MAX at most, file_bytes_max
         * together. Large programs are then not held in memory whole. Returns 0 for "all of it".
         */
        size_t (*ranges)(struct cm_sv head, struct cm_file_range *ret);
        size_t file_bytes_max; /* larger files are reported unreadable (limit), or cut: */
        bool takes_cut;        /* parse() copes with the first file_bytes_max bytes */
        /*
         * Errors: CM_E_MALFORMED, CM_E_LIMIT: the file counts as unreadable, the scan goes on and
         * says so. `arena` is scratch memory, reset after the call.
         */
        int (*parse)(struct cm_arena *arena, const struct cm_cat_file *file, struct cm_sink *sink,
                     struct cm_err *err);
};

/* All rows of catalogers.def, in row order. */
extern const struct cm_cataloger *const cm_catalogers[];
extern const size_t cm_catalogers_count;
