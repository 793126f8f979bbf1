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

static bool is_space(uint32_t cp)
{
        return (cp >= 0x09 && cp <= 0x0d) || cp == 0x20 || cp == 0x85 || cp == 0xa0 ||
               cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028 || cp == 0x2029 ||
               cp == 0x202f || cp == 0x205f || cp == 0x3000;
}

/* Bytes of the last character. */
static size_t last_step(struct cm_sv s)
{
        size_t n = 1;
        while (n < s.len && n < 4 && ((unsigned char)s.ptr[s.len - n] & 0xc0) == 0x80)
                n++;
        return n;
}

struct cm_sv cm_text_trim(struct cm_sv s)
{
        uint32_t cp = 0;
        while (s.len > 0 && cm_utf8_next(s, &cp) > 0 && is_space(cp))
                s = cm_sv_skip(s, cm_text_step(s));
        while (s.len > 0) {
                struct cm_sv last = cm_sv_skip(s, s.len - last_step(s));
                if (cm_utf8_next(last, &cp) == 0 || !is_space(cp))
                        break;
                s.len -= last.len;
        }
        return s;
}
