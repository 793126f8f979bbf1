/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes of a Dockerfile that leave everything else as it is written: comments, continuation lines,
 * heredocs, line ends. Pointers lead into the tree of dockerfile.h:
 *
 *   an instruction       is replaced by, or gets before it, one of a single line; or it goes
 *   its keyword, a flag, a pair of ENV, a word (also of a shell command)
 *                        is replaced by words, gets words before it, or goes
 *   ".../args/-"         gets words behind it; behind the last command also "&& command"
 *
 * All changes are made in the text at once, and the new text is read again: each instruction must
 * have become what was wanted, word by word, and the others must be the same bytes, else all is
 * refused.
 *
 * Refused: words in quotes, in lists (exec form) or with other signs than names and options have.
 */
#pragma once

#include "codec/dockerfile.h"
#include "codec/text_edit.h"

/*
 * Values of edits are strings; `document` is not looked at.
 *
 * Errors:  CM_E_MALFORMED, CM_E_LIMIT: the text cannot be read; CM_E_UNSUPPORTED: with line and
 *          reason.
 * Owns:    *ret lives in `arena`.
 */
CM_MUST_CHECK int cm_dockerfile_edit(struct cm_arena *arena, struct cm_sv text,
                                     const struct cm_text_edit *edits, size_t count,
                                     struct cm_sv *ret, struct cm_err *err);
