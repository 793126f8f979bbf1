/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decides per file, in one or two hash probes, which catalogers want it: all path patterns of the
 * catalogers of one context in one table. Built once per worker, then read by all threads.
 */
#pragma once

#include "base/arena.h"
#include "inventory/cataloger.h"

struct cm_path_table;

enum {
        CM_PATH_MATCHES_MAX = 8
};

/*
 * Errors: CM_E_INTERNAL for a pattern of a form that cataloger.h does not list, or one basename
 *         wanted by more than CM_PATH_MATCHES_MAX catalogers.
 */
CM_MUST_CHECK int cm_path_table_new(struct cm_arena *arena, uint32_t contexts,
                                    const struct cm_path_table **ret, struct cm_err *err);
/* Catalogers that want a guest path; returns their count. */
size_t cm_path_table_match(const struct cm_path_table *table, struct cm_sv path,
                           const struct cm_cataloger *ret[CM_PATH_MATCHES_MAX]);
/* Catalogers of the table that look at file heads. */
size_t cm_path_table_probes(const struct cm_path_table *table,
                            const struct cm_cataloger *const **ret);
/* Whether one pattern matches a path: the slow definition that the table is tested against. */
bool cm_path_glob_match(struct cm_sv glob, struct cm_sv path);
