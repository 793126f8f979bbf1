/* SPDX-License-Identifier: Apache-2.0 */
/* Foreign text in the restricted string types of OSCAL, and members that all its documents have. */
#pragma once

#include "crypto/uuid.h"
#include "report/json_writer.h"

/* One line without blanks at its ends, as values of properties are; "" when nothing is left. */
void cm_oscal_line(struct cm_buf *out, struct cm_sv text);
/* A token: what it may not hold becomes '_'. */
void cm_oscal_token(struct cm_buf *out, struct cm_sv text);
/* "LINE:COLUMN". */
void cm_oscal_place(char *text, size_t bytes, uint32_t line, uint32_t column);

/* A property in the name space of coaming; nothing when no text is left. */
void cm_oscal_put_prop(struct cm_json_writer *w, const char *name, struct cm_sv value);
/* "title": one line that is never empty. */
void cm_oscal_put_title(struct cm_json_writer *w, struct cm_sv value);
void cm_oscal_put_token(struct cm_json_writer *w, const char *key, struct cm_sv value);
/* The UUID of a thing of a kind: the same in every run. Returns `text`. */
const char *cm_oscal_uuid(const char *what, const char *of, char text[CM_UUID_TEXT_BYTES]);
void cm_oscal_put_uuid(struct cm_json_writer *w, const char *what, const char *of);
/* "import-ap" and the resource in "back-matter" that it names: there is no plan of its own. */
void cm_oscal_put_import(struct cm_json_writer *w);
void cm_oscal_put_back_matter(struct cm_json_writer *w, const char *description);
