/* SPDX-License-Identifier: Apache-2.0 */
/* Characters: see text.h. */
#include "cel/text.h"

#include "base/escape.h"

size_t cm_text_step(struct cm_sv s)
{
        uint32_t cp = 0;
        size_t n = cm_utf8_next(s, &cp);
        return n == 0 ? CM_MIN(s.len, (size_t)1) : n;
}

size_t cm_text_count(struct cm_sv s)
{
        size_t count = 0;
        for (; s.len > 0; count++)
                s = cm_sv_skip(s, cm_text_step(s));
        return count;
}

bool cm_text_is_utf8(struct cm_sv s)
{
        uint32_t cp = 0;
        while (s.len > 0) {
                size_t n = cm_utf8_next(s, &cp);
                if (n == 0)
                        return false;
                s = cm_sv_skip(s, n);
        }
        return true;
}

bool cm_text_offset(struct cm_sv s, uint64_t index, size_t *ret)
{
        struct cm_sv rest = s;
        for (; index > 0 && rest.len > 0; index--)
                rest = cm_sv_skip(rest, cm_text_step(rest));
        *ret = s.len - rest.len;
        return index == 0;
}
