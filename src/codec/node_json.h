/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON (RFC 8259) to document trees with positions (codec/node.h) and back. What is read only for
 * its content stays with codec/json.h.
 *
 * Numbers:   without point and exponent and within 64 bits with sign they are integers, else real;
 *            one beyond the largest finite number is an error.
 * Strings:   strict UTF-8; surrogate pairs become one character, lone surrogates are errors.
 * Refused:   what RFC 8259 refuses; a byte order mark is skipped.
 * Errors:    CM_E_MALFORMED and CM_E_LIMIT (node_bytes_max, node_depth_max, node_count_max), with
 *            line and column.
 * Owns:      the tree lives in `arena` and borrows from `text`, which must outlive it.
 */
#pragma once

#include "base/buf.h"
#include "codec/node.h"

struct cm_node_json_options {
        bool refuse_duplicate_keys; /* else the last one counts, in the first one's place */
        bool allow_end;             /* stop after the value; see `ret_rest` */
};

struct cm_node_json_result {
        const struct cm_node *root;
        size_t duplicate_count;           /* members dropped because a later one has their key */
        struct cm_node_pos duplicate_pos; /* the key that won last */
        struct cm_sv rest;                /* with `allow_end`: what follows the value */
};

CM_MUST_CHECK int cm_node_parse_json(struct cm_arena *arena, struct cm_sv text,
                                     const struct cm_node_json_options *options,
                                     struct cm_node_json_result *ret, struct cm_err *err);

/*
 * JSON Lines: a list of the values, one a line; blank lines are skipped. Positions are those in the
 * whole text.
 */
CM_MUST_CHECK int cm_node_parse_json_lines(struct cm_arena *arena, struct cm_sv text,
                                           const struct cm_node_json_options *options,
                                           struct cm_node_json_result *ret, struct cm_err *err);

/*
 * Compact JSON, members in their order. Real numbers keep a point or an exponent; infinite ones and
 * NaN, and what lies deeper than twice CM_NODE_DEPTH_MAX levels, become null.
 */
void cm_node_write_json(struct cm_buf *buf, const struct cm_node *n);
