/* SPDX-License-Identifier: Apache-2.0 */
/* What the instructions of a Dockerfile must become by edits, and whether they did. Internal to codec/. */
#pragma once

#include "base/vec.h"
#include "codec/dockerfile_tokens.h"

/* Words at a token of an instruction. */
struct cm_df_wanted_words {
        size_t token;
        enum {
                CM_DF_BEFORE,
                CM_DF_INSTEAD,
                CM_DF_BEHIND
        } side;
        struct cm_sv text; /* with blanks between them */
};

/* What is wanted of an instruction; all zero: it stays. */
struct cm_df_wanted {
        const struct cm_node *node;
        CM_VEC(struct cm_sv) before; /* instructions */
        bool is_gone;
        struct cm_sv other;      /* it becomes this, or "" */
        struct cm_df_tokens old; /* its own words, when they are needed */
        CM_VEC(struct cm_df_wanted_words) words;
};

/*
 * `before`, `now`: trees of dockerfile.h; `wanted`: one for each instruction of `before`. *ret_line is
 * set when it is known where `now` is not what was wanted.
 */
bool cm_df_is_as_wanted(struct cm_arena *arena, const struct cm_node *before,
                        const struct cm_df_wanted *wanted, const struct cm_node *now,
                        uint32_t *ret_line);
