/* SPDX-License-Identifier: Apache-2.0 */
/*
 * History of runs of checks in one SQLite file: a row per run with its totals, a row per fingerprint
 * of it. A run is written in one transaction: after a crash it is there as a whole or not at all. The
 * file has the version of its schema; a newer one is refused.
 */
#pragma once

#include "base/arena.h"
#include "model/check_record.h"

struct cm_history;

/* Makes the file when it is not there. Errors: CM_E_IO, CM_E_MALFORMED (no history, a newer one). */
CM_MUST_CHECK int cm_history_open(const char *path, bool may_create, struct cm_history **ret,
                                  struct cm_err *err);
struct cm_history *cm_history_close(struct cm_history *history); /* takes NULL; returns NULL */
void cm_history_closep(struct cm_history **history);

/* Adds a run; *ret_number is its number, from 1. Errors: CM_E_IO. */
CM_MUST_CHECK int cm_history_add(struct cm_history *history, const struct cm_check_record *record,
                                 uint64_t *ret_number, struct cm_err *err);
/* One run with its items. Returns: 0; 1 when there is none. Errors: CM_E_IO, CM_E_MALFORMED. */
CM_MUST_CHECK int cm_history_read(struct cm_history *history, struct cm_arena *arena,
                                  uint64_t number, struct cm_check_record *ret, struct cm_err *err);
/* All runs without their items, in order. Errors: CM_E_IO. */
CM_MUST_CHECK int cm_history_list(struct cm_history *history, struct cm_arena *arena,
                                  struct cm_check_record **ret, size_t *ret_count,
                                  struct cm_err *err);
