/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patterns of texts and paths, in time linear in their product: a program chooses the names of its
 * files, and must not be able to choose how long a match takes (fnmatch() of the C library may take
 * time exponential in the number of stars).
 */
#pragma once

#include "base/sv.h"

/* As fnmatch(pattern, text, 0): * ? [a-z] [!a-z] [[:alpha:]] \x; '*' matches '/' as well. */
bool cm_glob_match(struct cm_sv pattern, struct cm_sv text, bool ignore_case);
/* Is the path one of these or below one? Each part of `prefix` may be a pattern. */
bool cm_path_below(struct cm_sv path, struct cm_sv prefix);
