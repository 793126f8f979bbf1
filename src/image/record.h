/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layer records: what one layer (or one walked directory) says, as bytes. The worker writes them,
 * the parent merges them and the layer cache stores them; so this is a file format with a version
 * (docs/formats/layer-records.md). Text is raw guest text. SHADOW depends on the layers below: such
 * records are kept apart and not stored.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "image/fact.h"
#include "model/package.h"

enum {
        CM_RECORDS_VERSION = 4
};

#define CM_RECORD_TYPES(X)                                                                         \
        X(FILE, 1)       /* path, mode: the records up to the next FILE are about it */            \
        X(PKG, 2)        /* a package named by the file */                                         \
        X(OS, 3)         /* a release named by the file */                                         \
        X(OWNED, 4)      /* package type and name, then hashes of paths it owns */                 \
        X(UNREADABLE, 5) /* path, cataloger, reason */                                             \
        X(WHITEOUT, 6)   /* path removed from the layers below */                                  \
        X(OPAQUE, 7)     /* directory whose content below is hidden */                             \
        X(SHADOW, 8)     /* path written here that replaces something recorded below */            \
        X(REPLACED, 9)   /* path written again in this layer: earlier records of it are void */    \
        X(HASH, 10)      /* path, mode, size, SHA-256: an executable (inventory) */                \
        X(LINK, 11)      /* path, target: a symbolic link where a package database was expected */ \
        X(FACT, 12)      /* something that checks ask about a path (image/fact.h) */               \
        X(CUT, 13)       /* kind, user id: facts of it are not all there */                        \
        X(ACCOUNT, 14)   /* a line of the file, which is etc/passwd or etc/shadow */               \
        X(SHADOW_DIR, 15)    /* SHADOW by a directory: hides the path, nothing below it */         \
        X(REPLACED_TREE, 16) /* REPLACED by what is no directory: what lay below is void, too */

enum cm_record_type {
#define X(name, number) CM_RECORD_##name = (number),
        CM_RECORD_TYPES(X)
#undef X
};

struct cm_record {
        enum cm_record_type type;
        struct cm_sv path; /* of all that begin with one */
        uint32_t mode;
        uint64_t size_bytes;
        struct cm_sv text; /* UNREADABLE: reason; HASH: 32 digest bytes; LINK: target */
        struct cm_sv by;   /* UNREADABLE: cataloger; OWNED: package name */
        struct cm_pkg pkg; /* PKG (path is not set: it is the file's); OWNED: type only */
        struct cm_os_release os;
        struct cm_sv hashes; /* OWNED: one after another, cm_record_owned_hash */
        struct cm_fact fact; /* FACT (path as above); CUT: kinds and uid */
        struct cm_account account;
};

/* Says that something stands at `path` in this layer, which may replace what is below it. */
static inline bool cm_record_is_entry(const struct cm_record *rec)
{
        return rec->type == CM_RECORD_FILE || rec->type == CM_RECORD_UNREADABLE ||
               rec->type == CM_RECORD_HASH || rec->type == CM_RECORD_LINK ||
               rec->type == CM_RECORD_FACT;
}

/*
 * Hash of a path in OWNED records; the same in every run, since it is stored. 48 bits: an image of a
 * million owned paths and 20,000 files whose owner is asked meets by chance once in 14,000 scans, and
 * the hashes are most of what the records of a large layer weigh.
 */
uint64_t cm_record_path_hash(struct cm_sv path);
/* Reads the next hash of an OWNED record. Returns: whether there was one. */
bool cm_record_owned_hash(struct cm_sv *hashes, uint64_t *ret_hash);

/* Writer. `owned` groups consecutive files of one package. */
struct cm_records {
        struct cm_buf buf;
        struct cm_buf owned_hashes; /* of the group being collected */
        struct cm_buf owned_package;
        enum cm_pkg_type owned_type;
};

void cm_records_init(struct cm_records *records, size_t bytes_max);
void cm_records_fini(struct cm_records *records);
void cm_records_put_path(struct cm_records *records, enum cm_record_type type, struct cm_sv path);
void cm_records_put_file(struct cm_records *records, struct cm_sv path, uint32_t mode);
void cm_records_put_pkg(struct cm_records *records, const struct cm_pkg *pkg);
void cm_records_put_os(struct cm_records *records, const struct cm_os_release *os);
void cm_records_put_owned(struct cm_records *records, const struct cm_owned_file *file);
void cm_records_put_unreadable(struct cm_records *records, struct cm_sv path, struct cm_sv by,
                               struct cm_sv reason);
void cm_records_put_hash(struct cm_records *records, struct cm_sv path, uint32_t mode,
                         uint64_t size_bytes, const unsigned char digest[32]);
void cm_records_put_link(struct cm_records *records, struct cm_sv path, struct cm_sv target);
void cm_records_put_fact(struct cm_records *records, struct cm_sv path, const struct cm_fact *fact);
void cm_records_put_cut(struct cm_records *records, uint32_t kinds, uint64_t uid);
void cm_records_put_account(struct cm_records *records, const struct cm_account *account);
/* Closes the last group. CM_E_LIMIT when the maximum was passed. */
CM_MUST_CHECK int cm_records_finish(struct cm_records *records, struct cm_err *err);

/*
 * Only the recorded paths, as FILE records: what upper layers need to know (image/shadow.h). Never
 * empty, so that an empty layer still reads as known.
 * Errors: CM_E_MALFORMED, CM_E_LIMIT (bytes_max). `ret` is initialised here and is the caller's.
 */
CM_MUST_CHECK int cm_records_condense(struct cm_sv records, size_t bytes_max,
                                      struct cm_records *ret, struct cm_err *err);
/*
 * Reads the next record; views borrow from the input.
 * Returns: 0; 1 at the end. Errors: CM_E_MALFORMED.
 */
CM_MUST_CHECK int cm_record_next(struct cm_cursor *c, struct cm_record *ret, struct cm_err *err);
