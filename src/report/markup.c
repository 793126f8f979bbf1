/* SPDX-License-Identifier: Apache-2.0 */
/* See markup.h. */
#include "report/markup.h"

#include "base/escape.h"

void cm_markup_put(struct cm_buf *out, struct cm_sv s)
{
        while (s.len > 0) {
                uint32_t cp = 0;
                size_t n = cm_utf8_next(s, &cp);
                bool allowed = n > 0 && (cp >= 0x20 || cp == '\t' || cp == '\n' || cp == '\r') &&
                               cp != 0xfffe && cp != 0xffff;
                if (!allowed)
                        cm_buf_put_str(out, "\xef\xbf\xbd");
                else if (cp == '<')
                        cm_buf_put_str(out, "&lt;");
                else if (cp == '>')
                        cm_buf_put_str(out, "&gt;");
                else if (cp == '&')
                        cm_buf_put_str(out, "&amp;");
                else if (cp == '"')
                        cm_buf_put_str(out, "&quot;");
                else if (cp < 0x20)
                        cm_buf_printf(out, "&#%u;", cp);
                else
                        cm_buf_put(out, s.ptr, n);
                s = cm_sv_skip(s, n > 0 ? n : 1);
        }
}

void cm_markup_put_visible(struct cm_buf *out, struct cm_sv text)
{
        struct cm_buf line CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&line, out->bytes_max);
        struct cm_sv part;
        for (bool first = true; cm_sv_next_field(&text, '\n', &part); first = false) {
                if (!first)
                        cm_buf_put_char(out, '\n');
                cm_buf_clear(&line);
                cm_buf_put_escaped(&line, part);
                cm_markup_put(out, cm_buf_sv(&line));
        }
}
