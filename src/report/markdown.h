/* SPDX-License-Identifier: Apache-2.0 */
/* What reports in Markdown share. */
#pragma once

#include "base/buf.h"

/* Text in a table cell: what Markdown or HTML would take for its own is escaped. */
void cm_markdown_put_cell(struct cm_buf *out, struct cm_sv text);
