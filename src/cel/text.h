/* SPDX-License-Identifier: Apache-2.0 */
/* Text by characters (code points), as CEL counts it. Bytes that are no UTF-8 count as one each. */
#pragma once

#include "base/sv.h"

size_t cm_text_count(struct cm_sv s); /* characters */
bool cm_text_is_utf8(struct cm_sv s);
/* Bytes of the first character, at least 1 of a non-empty text. */
size_t cm_text_step(struct cm_sv s);
/* Byte offset of character `index`, which may be the end; false past it. */
bool cm_text_offset(struct cm_sv s, uint64_t index, size_t *ret);
/* The blanks of Unicode (White_Space) are cut off on both ends. */
struct cm_sv cm_text_trim(struct cm_sv s);
