/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where things end in a YAML or JSON text: nodes know only where they begin. What is found is a
 * good guess, which codec/text_edit.h proves by reading the result. Internal to codec/.
 */
#pragma once

#include "codec/node.h"

struct cm_text_scan {
        struct cm_sv text;
        const size_t *line_starts; /* and the end of the text behind them */
        size_t line_count;
        bool has_lone_cr;
        bool is_crlf; /* most lines end so */
};

void cm_text_scan_init(struct cm_text_scan *s, struct cm_arena *arena, struct cm_sv text);
/* The offset of a place; SIZE_MAX when it lies outside of the text. */
size_t cm_text_scan_offset(const struct cm_text_scan *s, struct cm_node_pos pos);
/* The first byte of the line's end ("\n" or "\r\n"), or the end of the text; and the next line. */
size_t cm_text_scan_line_end(const struct cm_text_scan *s, size_t line);
size_t cm_text_scan_line_start(const struct cm_text_scan *s, size_t line); /* from 1 */
size_t cm_text_scan_line_of(const struct cm_text_scan *s, size_t offset);
char cm_text_scan_at(const struct cm_text_scan *s, size_t offset); /* '\0' outside */
size_t cm_text_scan_blanks(const struct cm_text_scan *s,
                           size_t offset); /* behind blanks and tabs */
/* Nothing but blanks and a comment up to the line's end? */
bool cm_text_scan_is_rest_blank(const struct cm_text_scan *s, size_t offset);

/* Behind a flow container or scalar of one line; SIZE_MAX when it is something else. */
size_t cm_text_scan_value_end(const struct cm_text_scan *s, size_t offset, bool in_flow);
/* Behind the ":" of a key that begins here; SIZE_MAX when there is none. */
size_t cm_text_scan_colon(const struct cm_text_scan *s, size_t offset, bool in_flow);

/* Which lines at the same column go on with a block. */
enum cm_text_same {
        CM_TEXT_SAME_NONE, /* an item, or a member: only deeper ones */
        CM_TEXT_SAME_DASH, /* a list, or a member whose value is one */
        CM_TEXT_SAME_ANY   /* a map */
};
/*
 * The line behind the last one of a block that begins in `line` at `column`. Comments and blank lines
 * behind it are not part of it, unless they are indented deeper.
 */
size_t cm_text_scan_block_end(const struct cm_text_scan *s, size_t line, size_t column,
                              enum cm_text_same same);
