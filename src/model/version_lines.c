/* SPDX-License-Identifier: Apache-2.0 */
/* Reader of version_lines.h. Not for: printing (cmd/versions.c). */
#include "model/version_lines.h"

/* Takes the next word, separated by blanks, off *s; empty at the end. */
static struct cm_sv take_word(struct cm_sv *s)
{
        struct cm_sv trimmed = cm_sv_trim(*s);
        size_t n = 0;
        while (n < trimmed.len && !cm_is_blank(trimmed.ptr[n]))
                n++;
        *s = cm_sv_skip(trimmed, n);
        return cm_sv_slice(trimmed, 0, n);
}

int cm_version_lines_next(struct cm_version_lines *lines, struct cm_sv *ret_line, bool *ret_holds,
                          struct cm_err *err)
{
        struct cm_sv line;
        while (cm_sv_next_line(&lines->rest, &line)) {
                lines->number++;
                line = cm_sv_trim(line);
                if (line.len == 0 || line.ptr[0] == '#' || cm_sv_has_prefix(line, CM_SV("//")))
                        continue;
                struct cm_sv rest = line;
                struct cm_sv a = take_word(&rest);
                struct cm_sv op = take_word(&rest);
                struct cm_sv b = take_word(&rest);
                ptrdiff_t wanted = op.len == 1 ? cm_sv_find_char(CM_SV("<=>"), op.ptr[0]) : -1;
                if (wanted < 0 || b.len == 0 || cm_sv_trim(rest).len > 0)
                        return CM_RAISE(err, CM_E_MALFORMED, "line %zu is not of the form 'A < B'",
                                        lines->number);
                *ret_line = line;
                *ret_holds = cm_version_cmp(lines->order, a, b) == (int)wanted - 1;
                return 0;
        }
        return CM_VERSION_LINES_END;
}
