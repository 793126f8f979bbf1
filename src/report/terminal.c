/* SPDX-License-Identifier: Apache-2.0 */
/* See terminal.h. */
#include "report/terminal.h"

#include "base/escape.h"

const char *cm_term_color(enum cm_severity severity)
{
        switch (severity) {
        case CM_SEVERITY_CRITICAL:
                return "\x1b[1;31m";
        case CM_SEVERITY_HIGH:
                return "\x1b[31m";
        case CM_SEVERITY_MEDIUM:
                return "\x1b[33m";
        case CM_SEVERITY_LOW:
                return "\x1b[36m";
        case CM_SEVERITY_NEGLIGIBLE:
        case CM_SEVERITY_UNKNOWN:
        case CM_SEVERITY_COUNT:
                return "\x1b[2m";
        }
        return "";
}

void cm_term_put_cell(struct cm_buf *out, struct cm_sv text, size_t columns, bool pad)
{
        struct cm_buf safe CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&safe, CM_KIB(64));
        cm_buf_put_escaped(&safe, text);
        struct cm_sv rest = cm_buf_sv(&safe);
        size_t total = 0;
        for (size_t i = 0; i < rest.len; i++)
                total += ((unsigned char)rest.ptr[i] & 0xc0) != 0x80;
        bool cut = total > columns;
        size_t room = cut ? columns - 1 : columns;
        size_t used = 0;
        while (rest.len > 0 && used < room) {
                uint32_t cp = 0;
                size_t n = CM_MAX(cm_utf8_next(rest, &cp), (size_t)1);
                cm_buf_put(out, rest.ptr, n);
                rest = cm_sv_skip(rest, n);
                used++;
        }
        if (cut) {
                cm_buf_put_str(out, "\xe2\x80\xa6");
                used++;
        }
        for (; pad && used < columns; used++)
                cm_buf_put_char(out, ' ');
}

static size_t columns_of(struct cm_sv text)
{
        size_t n = 0;
        for (size_t i = 0; i < text.len; i++)
                n += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
        return n;
}

void cm_term_put_wrapped(struct cm_buf *out, struct cm_sv text, size_t columns)
{
        cm_term_put_indented(out, text, columns, 0);
}

void cm_term_put_indented(struct cm_buf *out, struct cm_sv text, size_t columns, size_t indent)
{
        columns -= CM_MIN(indent, columns);
        struct cm_buf safe CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&safe, CM_MIB(1));
        cm_buf_put_escaped(&safe, text);
        struct cm_sv rest = cm_buf_sv(&safe);
        struct cm_sv word;
        size_t used = 0;
        while (cm_sv_next_field(&rest, ' ', &word)) {
                size_t n = columns_of(word);
                if (n == 0)
                        continue;
                if (used > 0 && used + 1 + n > columns) {
                        cm_buf_put_char(out, '\n');
                        used = 0;
                }
                if (used > 0)
                        cm_buf_put_char(out, ' ');
                for (size_t i = 0; i < indent && used == 0; i++)
                        cm_buf_put_char(out, ' ');
                cm_buf_put_sv(out, word);
                used += n + (used > 0 ? 1 : 0);
        }
        cm_buf_put_char(out, '\n');
}
