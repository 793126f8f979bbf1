/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading of trees that people wrote to a fixed format: every member is known by name, texts are
 * texts, and an error says where it stands ("FILE:LINE:COLUMN: what").
 */
#pragma once

#include "codec/node.h"

/* Raises CM_E_MALFORMED at a position. */
int cm_node_wrong(struct cm_sv source, struct cm_node_pos pos, struct cm_err *err,
                  const char *format, ...) CM_PRINTF(4, 5);
/* Is it a map that has no members but these (NULL-terminated)? Errors: CM_E_MALFORMED. */
CM_MUST_CHECK int cm_node_only(struct cm_arena *arena, struct cm_sv source,
                               const struct cm_node *map, const char *const *known,
                               struct cm_err *err);
/* A text member, trimmed; "" when it is absent and not required. Errors: CM_E_MALFORMED. */
CM_MUST_CHECK int cm_node_text(struct cm_sv source, const struct cm_node *map, const char *key,
                               bool required, struct cm_sv *ret, struct cm_err *err);
/* Is the member absent, or a list of texts that are not empty? Errors: CM_E_MALFORMED. */
CM_MUST_CHECK int cm_node_texts(struct cm_sv source, const struct cm_node *map, const char *key,
                                const struct cm_node **ret, struct cm_err *err);
