/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shell patterns of ${x#p}, ${x%p} and ${x/p/r} as BuildKit has them: "*", "?", and a backslash
 * before "*", "?", "\", "/" and "}". Internal to codec/. Each function returns NULL, or why the
 * pattern is none; time is at most the product of both lengths.
 */
#pragma once

#include "base/buf.h"

enum {
        CM_DF_REPLACE_WORK_MAX = 1 << 22 /* bytes looked at by one replacement */
};

const char *cm_df_trim_prefix(struct cm_sv value, struct cm_sv pattern, bool longest,
                              struct cm_sv *ret);
const char *cm_df_trim_suffix(struct cm_sv value, struct cm_sv pattern, bool longest,
                              struct cm_sv *ret);
/* The first longest match, or all that do not overlap, replaced; appended to `out`. */
const char *cm_df_replace(struct cm_sv value, struct cm_sv pattern, struct cm_sv replacement,
                          bool all, struct cm_buf *out);
