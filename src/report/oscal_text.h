/* SPDX-License-Identifier: Apache-2.0 */
/* Foreign text in the restricted string types of OSCAL. */
#pragma once

#include "base/buf.h"

/* One line without blanks at its ends, as values of properties are; "" when nothing is left. */
void cm_oscal_line(struct cm_buf *out, struct cm_sv text);
/* A token: what it may not hold becomes '_'. */
void cm_oscal_token(struct cm_buf *out, struct cm_sv text);
/* "LINE:COLUMN". */
void cm_oscal_place(char *text, size_t bytes, uint32_t line, uint32_t column);
