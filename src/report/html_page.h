/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frame of HTML reports: one page that needs nothing else, is read without scripts and prints.
 * The script only filters; a Content-Security-Policy of the page allows this script and this style by
 * their digests, so that text which got past an escaper could not run either.
 *
 * Items to filter are elements with the attributes data-state, data-severity and data-frameworks
 * (names between blanks). An element of class "group" hides with its last item.
 */
#pragma once

#include "base/buf.h"
#include "model/check_result.h"

void cm_html_page_begin(struct cm_buf *out, struct cm_sv title);
void cm_html_page_end(struct cm_buf *out);
/* The form that the script shows and fills with what there is. */
void cm_html_put_filter(struct cm_buf *out);
/* The three attributes of an item; `maps` as in struct cm_check_result. */
void cm_html_put_item_attributes(struct cm_buf *out, enum cm_check_state state,
                                 enum cm_severity severity, struct cm_sv maps);
/* A cell of the heat map: how many of this kind; 0 is an empty cell. `kind` is a severity or "unknown". */
void cm_html_put_heat(struct cm_buf *out, const char *kind, uint64_t count);
