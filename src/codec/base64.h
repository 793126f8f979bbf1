/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base 64 with the standard alphabet. Decoding is strict: padding as it must be or left out whole,
 * no blanks, no stray bits. Spec: RFC 4648 section 4.
 */
#pragma once

#include "base/arena.h"
#include "base/sv.h"

/* Errors: CM_E_MALFORMED. Owns: *ret lives in `arena`. */
CM_MUST_CHECK int cm_base64_decode(struct cm_arena *arena, struct cm_sv text, struct cm_sv *ret,
                                   struct cm_err *err);
struct cm_sv cm_base64_encode(struct cm_arena *arena, struct cm_sv bytes);
