/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An instruction of a Dockerfile's tree as one list of words with what stands between them, so that
 * two can be compared and one can be changed. Internal to codec/.
 */
#pragma once

#include "codec/node.h"

struct cm_df_token {
        struct cm_sv text;
        const struct cm_node *node; /* the word, flag or pair in the tree; NULL: it is made up */
        const struct cm_node *list; /* of arguments that it is in, or that would begin behind it */
        const struct cm_node *command; /* of a shell text, or NULL */
};

struct cm_df_tokens {
        struct cm_df_token *items;
        size_t count;
        size_t capacity;
};

/* Everything lives in `arena`, or in the tree. */
void cm_df_tokens(struct cm_arena *arena, const struct cm_node *ins, struct cm_df_tokens *ret);
