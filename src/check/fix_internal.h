/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of check/fix.h share: the fixes of one document of a text. */
#pragma once

#include "check/fix.h"

struct cm_check_fix_group {
        struct cm_check_fixes *fixes;
        struct cm_check_fix **items;
        size_t count;
};

bool cm_check_fix_is_same_edit(const struct cm_text_edit *a, const struct cm_text_edit *b);
/* Was the same edit made for one of the first `before` fixes? */
bool cm_check_fix_is_made(const struct cm_check_fix_group *group, size_t before,
                          const struct cm_text_edit *edit);
void cm_check_fix_refuse(struct cm_check_fixes *fixes, struct cm_check_fix *fix, struct cm_sv why);

/* All groups of a YAML or JSON text, each of one document. Returns the new text, or `text` itself. */
struct cm_sv cm_check_fix_trees(struct cm_check_fixes *fixes,
                                const struct cm_check_fix_group *groups, size_t count,
                                struct cm_sv text);
