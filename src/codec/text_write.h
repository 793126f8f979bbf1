/* SPDX-License-Identifier: Apache-2.0 */
/* New values as text, for codec/text_edit.h: in flow style, as JSON, or as an indented block. */
#pragma once

#include "base/buf.h"
#include "codec/node.h"

/* On one line: "{a: 1, b: [x]}"; with `is_json` in quotes. */
void cm_text_write_flow(struct cm_buf *out, const struct cm_node *n, bool is_json);
/* A key or scalar for block style. */
void cm_text_write_scalar(struct cm_buf *out, const struct cm_node *n);
/*
 * What stands behind "key:", with the blank or line end before it and without the last line end;
 * lines of a container are indented by `indent` blanks.
 */
void cm_text_write_value(struct cm_buf *out, const struct cm_node *n, size_t indent,
                         struct cm_sv eol);
/* What stands behind "-" of an item whose dash is indented by `indent` blanks. */
void cm_text_write_item(struct cm_buf *out, const struct cm_node *n, size_t indent,
                        struct cm_sv eol);
