/* SPDX-License-Identifier: Apache-2.0 */
/* Foreign text in XML and HTML. */
#pragma once

#include "base/buf.h"

/* Attribute (in double quotes) and element text; what XML 1.0 forbids becomes U+FFFD. */
void cm_markup_put(struct cm_buf *out, struct cm_sv text);
/* The same for people: characters that are not seen or reorder text are written as escapes, but for
 * line feeds. */
void cm_markup_put_visible(struct cm_buf *out, struct cm_sv text);
