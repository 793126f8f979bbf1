/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reader of the advisory database: one LMDB file, opened read-only without locks, used through the
 * memory map. Opening reads two pages; nothing is parsed ahead. The writer is advisory/build.h.
 * The format is docs/formats/advisory-db.md.
 *
 * Thread:  a handle may be shared by threads that only read.
 * Owns:    views returned point into the map and live until cm_db_close(); arrays live in `arena`.
 */
#pragma once

#include "base/arena.h"
#include "model/advisory.h"

struct cm_db;

/* Errors: CM_E_NOT_FOUND, CM_E_MALFORMED (not ours, damaged), CM_E_UNSUPPORTED (newer format). */
CM_MUST_CHECK int cm_db_open(const char *path, struct cm_db **ret, struct cm_err *err);
struct cm_db *cm_db_close(struct cm_db *db); /* takes NULL; returns NULL */
void cm_db_closep(struct cm_db **db);

/*
 * All statements about a package of a space, in the order they were stored (by advisory id).
 * Returns: 0, with *ret_count = 0 when there is none.
 */
CM_MUST_CHECK int cm_db_lookup(const struct cm_db *db, struct cm_arena *arena, struct cm_sv space,
                               struct cm_sv name, const struct cm_affected **ret, size_t *ret_count,
                               struct cm_err *err);
CM_MUST_CHECK int cm_db_advisory(const struct cm_db *db, struct cm_arena *arena, uint32_t index,
                                 struct cm_advisory *ret, struct cm_err *err);
/* Indexes of all advisories that have this id as id or alias. */
CM_MUST_CHECK int cm_db_find_id(const struct cm_db *db, struct cm_arena *arena, struct cm_sv id,
                                const uint32_t **ret, size_t *ret_count, struct cm_err *err);
/* Packages an advisory speaks of: space and name pairs with the statement, for `db show`. */
struct cm_db_package {
        struct cm_sv space;
        struct cm_sv name;
        struct cm_affected affected;
};
CM_MUST_CHECK int cm_db_packages_of(const struct cm_db *db, struct cm_arena *arena, uint32_t index,
                                    const struct cm_db_package **ret, size_t *ret_count,
                                    struct cm_err *err);
/* Returns: 1 found, 0 not known. */
CM_MUST_CHECK int cm_db_cve(const struct cm_db *db, struct cm_sv cve, struct cm_cve_facts *ret,
                            struct cm_err *err);
CM_MUST_CHECK int cm_db_eol(const struct cm_db *db, struct cm_arena *arena, struct cm_sv product,
                            struct cm_sv cycle, struct cm_eol *ret, struct cm_err *err);

/* One covered space with its figures; the base of the coverage verdict. */
struct cm_db_space {
        struct cm_sv space;
        uint64_t package_count;
        uint64_t statement_count;
        int64_t newest_s;
};
CM_MUST_CHECK int cm_db_spaces(const struct cm_db *db, struct cm_arena *arena,
                               const struct cm_db_space **ret, size_t *ret_count,
                               struct cm_err *err);
/* Returns: 1 when the database has statements for the space, 0 when not. */
CM_MUST_CHECK int cm_db_space(const struct cm_db *db, struct cm_sv space, struct cm_db_space *ret,
                              struct cm_err *err);
CM_MUST_CHECK int cm_db_sources(const struct cm_db *db, struct cm_arena *arena,
                                const struct cm_adv_source **ret, size_t *ret_count,
                                struct cm_err *err);

/* Identity of a database file, for reports. */
struct cm_db_info {
        uint32_t format;
        struct cm_sv name; /* "coaming-default" */
        int64_t newest_s;  /* newest record of all sources: the database's age counts from here */
        uint64_t advisory_count;
        uint64_t statement_count;
        uint64_t rejected_count;
        struct cm_sv content_digest; /* "sha256:..." over the content, set by the builder */
};
const struct cm_db_info *cm_db_info(const struct cm_db *db);
