/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unified diffs of two texts, as patch(1) reads them ("patch -p1"): three lines of context, line ends
 * as they are, "\ No newline at end of file" where there is none.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"

/*
 * Writes nothing when the texts are the same. `name` is a path without a leading '/'; one that a
 * header cannot carry as it is goes into quotes as C writes it.
 */
void cm_diff_unified(struct cm_arena *arena, struct cm_buf *out, struct cm_sv name,
                     struct cm_sv before, struct cm_sv after);
