/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One step of an image's history ("created_by") as the instruction that a Dockerfile has for it
 * (docs/formats/dockerfile-view.md), so that the checks of Dockerfiles can be asked about images.
 * Understands what Docker's old builder, BuildKit, buildah and kaniko write; each of them loses
 * something: see docs/formats/image-document.md.
 */
#pragma once

#include "base/err.h"
#include "codec/node.h"

/*
 * The step in the words of a Dockerfile ("RUN make"), for messages: without the shell around it and
 * without the values of build arguments. A text that is no instruction stays as it is.
 */
struct cm_sv cm_image_history_short(struct cm_arena *arena, struct cm_sv created_by);

/*
 * Input:   `created_by` is a text node, borrowed; all nodes of the answer stand where it stands.
 *          `words` counts shell words over all steps: 0 before the first.
 * Returns: 0; 1 when the text is no instruction (a comment, another tool's words).
 * Errors:  CM_E_LIMIT (shell_words_max).
 */
CM_MUST_CHECK int cm_image_history_instruction(struct cm_arena *arena,
                                               const struct cm_node *created_by, size_t *words,
                                               const struct cm_node **ret, struct cm_err *err);
