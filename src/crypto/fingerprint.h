/* SPDX-License-Identifier: Apache-2.0 */
/* Fingerprints of findings and results: the same thing has the same text in every run. */
#pragma once

#include "base/sv.h"

/* "fp:" and 32 hexadecimal digits over the parts; no two lists of parts look alike. */
struct cm_sv cm_fingerprint(struct cm_arena *arena, const struct cm_sv *parts, size_t count);
