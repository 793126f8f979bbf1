/* SPDX-License-Identifier: Apache-2.0 */
/* See markdown.h. */
#include "report/markdown.h"

#include "base/escape.h"

void cm_markdown_put_cell(struct cm_buf *out, struct cm_sv text)
{
        struct cm_buf safe CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&safe, CM_MIB(1));
        cm_buf_put_escaped(&safe, text);
        for (size_t i = 0; i < safe.len; i++) {
                char c = safe.ptr[i];
                if (c == '<')
                        cm_buf_put_str(out, "&lt;");
                else if (c == '&')
                        cm_buf_put_str(out, "&amp;");
                else if (cm_sv_find_char(CM_SV("\\`*_{}[]#|!>@"), c) >= 0)
                        cm_buf_printf(out, "\\%c", c);
                else
                        cm_buf_put_char(out, c);
        }
}
