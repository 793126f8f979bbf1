/* SPDX-License-Identifier: Apache-2.0 */
/* Escapers of escape.h. */
#include "base/escape.h"

#include "base/arena.h"

enum {
        ESCAPE_BYTES_MAX = 200
};

size_t cm_utf8_next(struct cm_sv s, uint32_t *ret_cp)
{
        if (s.len == 0)
                return 0;
        unsigned char c = (unsigned char)s.ptr[0];
        size_t len = c < 0x80                ? 1
                     : c >= 0xc2 && c < 0xe0 ? 2
                     : c >= 0xe0 && c < 0xf0 ? 3
                     : c >= 0xf0 && c < 0xf5 ? 4
                                             : 0;
        if (len == 0 || s.len < len)
                return 0;
        uint32_t cp = len == 1 ? c : c & (0x7fU >> len);
        for (size_t i = 1; i < len; i++) {
                unsigned char next = (unsigned char)s.ptr[i];
                if ((next & 0xc0) != 0x80)
                        return 0;
                cp = cp << 6 | (next & 0x3f);
        }
        if ((len == 3 && cp < 0x800) || (len == 4 && (cp < 0x10000 || cp > 0x10ffff)) ||
            (cp >= 0xd800 && cp <= 0xdfff))
                return 0;
        *ret_cp = cp;
        return len;
}

/* Characters that move the cursor, hide or reorder text on a terminal. */
static bool is_unsafe(uint32_t cp)
{
        return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || (cp >= 0x200b && cp <= 0x200f) ||
               (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff ||
               cp == 0x2028 || cp == 0x2029;
}

void cm_buf_put_escaped(struct cm_buf *buf, struct cm_sv s)
{
        while (s.len > 0) {
                uint32_t cp = 0;
                size_t len = cm_utf8_next(s, &cp);
                if (len == 0) {
                        cm_buf_printf(buf, "\\x%02x", (unsigned)(unsigned char)s.ptr[0]);
                        len = 1;
                } else if (cp == '\\') {
                        cm_buf_put_str(buf, "\\\\");
                } else if (is_unsafe(cp)) {
                        cm_buf_printf(buf, cp < 0x100 ? "\\x%02x" : "\\u%04x", (unsigned)cp);
                } else {
                        cm_buf_put(buf, s.ptr, len);
                }
                s = cm_sv_skip(s, len);
        }
}

const char *cm_escape(struct cm_arena *arena, struct cm_sv s)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_KIB(4));
        bool cut = s.len > ESCAPE_BYTES_MAX;
        cm_buf_put_escaped(&buf, cm_sv_slice(s, 0, ESCAPE_BYTES_MAX));
        if (cut)
                cm_buf_put_str(&buf, "...");
        cm_buf_put_char(&buf, '\0');
        return cm_sv_dup(arena, cm_buf_sv(&buf)).ptr;
}

void cm_buf_put_json(struct cm_buf *buf, struct cm_sv s)
{
        cm_buf_put_char(buf, '"');
        while (s.len > 0) {
                uint32_t cp = 0;
                size_t len = cm_utf8_next(s, &cp);
                if (len == 0) {
                        cm_buf_put_str(buf, "\xef\xbf\xbd");
                        len = 1;
                } else if (cp == '"' || cp == '\\') {
                        cm_buf_put_char(buf, '\\');
                        cm_buf_put_char(buf, (char)cp);
                } else if (cp == '\n') {
                        cm_buf_put_str(buf, "\\n");
                } else if (cp == '\t') {
                        cm_buf_put_str(buf, "\\t");
                } else if (is_unsafe(cp)) {
                        cm_buf_printf(buf, "\\u%04x", (unsigned)cp);
                } else {
                        cm_buf_put(buf, s.ptr, len);
                }
                s = cm_sv_skip(s, len);
        }
        cm_buf_put_char(buf, '"');
}
