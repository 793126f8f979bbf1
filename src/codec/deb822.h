/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Debian's control format: stanzas of "Field: value" lines, continued by lines that begin with a
 * blank, separated by empty lines. Pure, borrows from the input, no allocation.
 * Spec: Debian Policy 5.1 "Syntax of control files".
 */
#pragma once

#include "base/sv.h"

struct cm_deb822_field {
        struct cm_sv name;
        struct cm_sv value; /* trimmed; continuation lines are part of it, as written */
};

/* Takes the next stanza off *rest (without its separator); false at the end. */
bool cm_deb822_next_stanza(struct cm_sv *rest, struct cm_sv *ret);
/* Takes the next field off *stanza; lines without a colon are passed over. */
bool cm_deb822_next_field(struct cm_sv *stanza, struct cm_deb822_field *ret);
/* Value of a field of a stanza, "" when it is absent; names compare without case. */
struct cm_sv cm_deb822_get(struct cm_sv stanza, const char *name);
