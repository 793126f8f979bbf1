/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decoders of the values of an advisory database: bytes in, structs out, no LMDB, so that they
 * can be fuzzed alone. Internal to advisory/.
 * Errors:  CM_E_MALFORMED for anything that is not as docs/formats/advisory-db.md says.
 * Owns:    text points into the values, arrays are in `arena`; never larger than a fixed factor
 *          of the value's size, since every element takes at least one byte.
 */
#pragma once

#include "advisory/db.h"
#include "base/cursor.h"

/* The two values that others refer to. */
struct cm_db_tables {
        struct cm_sv strings;
        struct cm_sv advisories;
        struct cm_sv offsets;
        struct cm_sv spaces;
};

/* `with_packages` also decodes which packages the advisory names (space number and name). */
struct cm_db_package_ref {
        uint32_t space;
        struct cm_sv name;
};
struct cm_db_advisory_record {
        struct cm_advisory advisory;
        const struct cm_db_package_ref *packages;
        size_t package_count;
};

CM_MUST_CHECK int cm_db_decode_info(struct cm_sv value, struct cm_db_info *ret, struct cm_err *err);
CM_MUST_CHECK int cm_db_decode_advisory(const struct cm_db_tables *t, struct cm_arena *arena,
                                        uint32_t index, struct cm_db_advisory_record *ret,
                                        struct cm_err *err);
CM_MUST_CHECK int cm_db_decode_statements(const struct cm_db_tables *t, struct cm_arena *arena,
                                          struct cm_sv value, const struct cm_affected **ret,
                                          size_t *ret_count, struct cm_err *err);
CM_MUST_CHECK int cm_db_decode_ids(struct cm_arena *arena, struct cm_sv value, const uint32_t **ret,
                                   size_t *ret_count, struct cm_err *err);
CM_MUST_CHECK int cm_db_decode_cve(struct cm_sv value, struct cm_cve_facts *ret,
                                   struct cm_err *err);
/* Fills all but product and cycle. */
CM_MUST_CHECK int cm_db_decode_eol(struct cm_sv value, struct cm_eol *ret, struct cm_err *err);
CM_MUST_CHECK int cm_db_decode_spaces(struct cm_arena *arena, struct cm_sv value,
                                      const struct cm_db_space **ret, size_t *ret_count,
                                      struct cm_err *err);
CM_MUST_CHECK int cm_db_decode_sources(struct cm_arena *arena, struct cm_sv value,
                                       const struct cm_adv_source **ret, size_t *ret_count,
                                       struct cm_err *err);
