/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shell patterns of ${x#p}, ${x%p} and ${x/p/r} as BuildKit has them: "*", "?", and a backslash
 * before "*", "?", "\", "/" and "}". Internal to codec/. Each function returns NULL, or why the
 * pattern is none. `work` is what is left of the steps that the file may take; a pattern that needs
 * more is refused (a few kilobytes of text can ask for minutes).
 */
#pragma once

#include "base/buf.h"

const char *cm_df_trim_prefix(struct cm_sv value, struct cm_sv pattern, bool longest,
                              struct cm_sv *ret, size_t *work);
const char *cm_df_trim_suffix(struct cm_sv value, struct cm_sv pattern, bool longest,
                              struct cm_sv *ret, size_t *work);
/* The first longest match, or all that do not overlap, replaced; appended to `out`. */
const char *cm_df_replace(struct cm_sv value, struct cm_sv pattern, struct cm_sv replacement,
                          bool all, struct cm_buf *out, size_t *work);
