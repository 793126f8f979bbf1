/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WWW-Authenticate headers: which scheme a registry asks for, and where tokens come from. Pure.
 * Spec: RFC 9110 section 11.6.1; distribution "token authentication".
 */
#pragma once

#include "base/arena.h"
#include "base/sv.h"

struct cm_challenge {
        struct cm_sv scheme; /* as sent: "Bearer", "Basic", ... */
        struct cm_sv realm;  /* quotes and escapes taken off */
        struct cm_sv service;
        struct cm_sv scope;
        struct cm_sv error; /* "insufficient_scope", "invalid_token" or "" */
};

/*
 * Takes the next challenge off *rest; one header may carry several.
 * Returns: 0; CM_CHALLENGE_END (> 0) when none is left.
 * Errors:  CM_E_MALFORMED.
 */
enum {
        CM_CHALLENGE_END = 1
};
CM_MUST_CHECK int cm_challenge_next(struct cm_arena *arena, struct cm_sv *rest,
                                    struct cm_challenge *ret, struct cm_err *err);
