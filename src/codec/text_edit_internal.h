/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of codec/text_edit.h share. Internal to codec/. */
#pragma once

#include "base/buf.h"
#include "base/limits.h"
#include "codec/text_edit.h"
#include "codec/text_scan.h"

/* A node on the way from the root, and how its text is written. */
struct cm_te_step {
        const struct cm_node *node;
        size_t offset;
        size_t number; /* in its parent */
        bool is_flow;
};

struct cm_te_editor {
        struct cm_arena *arena;
        struct cm_text_scan scan;
        const struct cm_node_doc *docs;
        size_t doc_count;
        bool is_json;
        struct cm_sv eol;
        struct cm_te_step steps[CM_NODE_DEPTH_MAX + 1];
        size_t depth; /* of the last step */
        struct cm_buf out;
        struct cm_err *err;
};

/* "line N: WHY: change it by hand" */
CM_MUST_CHECK int cm_te_refuse(struct cm_te_editor *e, struct cm_node_pos pos, const char *why);
/* The part of the text from `from` to `to` becomes `middle`. */
void cm_te_splice(struct cm_te_editor *e, size_t from, size_t to, struct cm_sv middle);
/* Where a member's key, or an item, begins, and where its value ends; SIZE_MAX: not on one line. */
size_t cm_te_child_start(const struct cm_te_editor *e, const struct cm_node *n, size_t number);
size_t cm_te_child_end(const struct cm_te_editor *e, const struct cm_node *n, size_t number);

/* One more member (`key`) or item of the last step. */
CM_MUST_CHECK int cm_te_add_flow(struct cm_te_editor *e, struct cm_sv key,
                                 const struct cm_node *value);
CM_MUST_CHECK int cm_te_add_block(struct cm_te_editor *e, struct cm_sv key,
                                  const struct cm_node *value);
/* A member or item of a step; in block style there are others. */
CM_MUST_CHECK int cm_te_remove_flow(struct cm_te_editor *e, const struct cm_te_step *parent,
                                    size_t number);
CM_MUST_CHECK int cm_te_remove_block(struct cm_te_editor *e, const struct cm_te_step *parent,
                                     size_t number);
