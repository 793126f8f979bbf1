/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dockerfiles to the tree that checks look at (codec/node.h); its shape is docs/formats/
 * dockerfile-view.md. The syntax is BuildKit's, with heredocs; variables are expanded as far as the
 * text alone tells.
 *
 * Input:   `text` may be hostile; it must outlive the tree.
 * Errors:  CM_E_MALFORMED only for text that is not UTF-8 or holds a NUL byte, with line and column;
 *          CM_E_LIMIT (dockerfile_bytes_max, dockerfile_instructions_max, dockerfile_expanded_max,
 *          shell_words_max). What is wrong with the Dockerfile itself stands in the tree's "errors",
 *          and the rest is read.
 * Spec:    Dockerfile reference; BuildKit frontend/dockerfile/parser, shell and dockerfile2llb.
 */
#pragma once

#include "base/err.h"
#include "codec/node.h"

CM_MUST_CHECK int cm_dockerfile_parse(struct cm_arena *arena, struct cm_sv text,
                                      const struct cm_node **ret, struct cm_err *err);
