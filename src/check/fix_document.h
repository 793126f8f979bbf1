/* SPDX-License-Identifier: Apache-2.0 */
/* A text with its fixes made and checked again: what `coaming check --fix` says of one document. */
#pragma once

#include "check/fix.h"
#include "check/run.h"

/*
 * Makes the fixes that the first run over `text` collected, and runs the same checks over the result:
 * what still fails, or fails now, is noted. Everything lives in the arena of `fixes`.
 */
void cm_check_fix_document(struct cm_check_provider *provider, struct cm_check_fixes *fixes,
                           struct cm_sv name, struct cm_sv text, struct cm_check_fixed *ret);
