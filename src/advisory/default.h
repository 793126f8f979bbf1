/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which database files a scan uses, in this order: the ones named on the command line and no
 * other; else the installed ones (*.db of $COAMING_DB_DIR, or of /var/lib/coaming/db) and the
 * shipped ones (*.db.zst of ../share/coaming beside the program, or of share/ in a source tree).
 * Of two databases with one name the one with the newer records is used, the installed one when
 * they are equally new.
 *
 * A shipped database is unpacked once into the cache, under a name that holds its digest: into a
 * temporary file, synced, renamed, while the directory is locked, so that scans that start
 * together unpack once. The copy gets a modification time derived from the digest; a copy with
 * another time or size was touched since: it is verified by digest, and unpacked again when it is
 * damaged. Without a cache that can be written the copy is a memory file.
 *
 * Thread:  any; no shared state.
 */
#pragma once

#include "base/arena.h"
#include "base/sv.h"

struct cm_db_places {
        struct cm_sv db_dir;    /* installed databases */
        struct cm_sv share_dir; /* shipped ones */
        struct cm_sv cache_dir; /* "" = none */
};

/* From the environment and the place of the running program. */
void cm_db_places_load(struct cm_arena *arena, struct cm_db_places *ret);

/*
 * Returns: 0 with the paths to give to cm_db_open(), NUL-terminated, in `arena`; a path of
 *          /proc/self/fd keeps its descriptor open until the arena is freed.
 * Errors:  CM_E_NOT_FOUND when there is none; of unpacking.
 */
CM_MUST_CHECK int cm_db_default_find(struct cm_arena *arena, const struct cm_db_places *places,
                                     const char *const **ret, size_t *ret_count,
                                     struct cm_err *err);
