/* SPDX-License-Identifier: Apache-2.0 */
/* Bounds-checked reader of cursor.h. */
#include "base/cursor.h"

struct cm_cursor cm_cursor_make(struct cm_sv bytes)
{
        return (struct cm_cursor){ .ptr = (const unsigned char *)bytes.ptr, .len = bytes.len };
}

struct cm_cursor cm_cursor_at(struct cm_sv bytes, uint64_t offset, uint64_t len)
{
        if (offset > bytes.len || len > bytes.len - offset)
                return (struct cm_cursor){ .offset = (size_t)offset, .failed = true };
        struct cm_cursor c =
                cm_cursor_make(cm_sv_slice(bytes, (size_t)offset, (size_t)(offset + len)));
        c.offset = (size_t)offset;
        return c;
}

int cm_cursor_check(const struct cm_cursor *c, const char *what, struct cm_err *err)
{
        if (c->failed)
                return CM_RAISE(err, CM_E_MALFORMED, "%s is cut short at byte %zu", what,
                                c->offset);
        return 0;
}

struct cm_sv cm_cursor_take(struct cm_cursor *c, size_t len)
{
        if (c->failed || len > c->len) {
                c->failed = true;
                c->len = 0;
                return CM_SV_NULL;
        }
        struct cm_sv out = cm_sv_make(c->ptr, len);
        if (len > 0)
                c->ptr += len;
        c->len -= len;
        c->offset += len;
        return out;
}

void cm_cursor_skip(struct cm_cursor *c, size_t len)
{
        (void)cm_cursor_take(c, len);
}

static uint64_t get_le(struct cm_cursor *c, size_t len)
{
        struct cm_sv s = cm_cursor_take(c, len);
        uint64_t v = 0;
        for (size_t i = s.len; i > 0; i--)
                v = v << 8 | (unsigned char)s.ptr[i - 1];
        return v;
}

static uint64_t get_be(struct cm_cursor *c, size_t len)
{
        struct cm_sv s = cm_cursor_take(c, len);
        uint64_t v = 0;
        for (size_t i = 0; i < s.len; i++)
                v = v << 8 | (unsigned char)s.ptr[i];
        return v;
}

uint8_t cm_cursor_u8(struct cm_cursor *c)
{
        return (uint8_t)get_le(c, 1);
}

uint16_t cm_cursor_le16(struct cm_cursor *c)
{
        return (uint16_t)get_le(c, 2);
}

uint32_t cm_cursor_le32(struct cm_cursor *c)
{
        return (uint32_t)get_le(c, 4);
}

uint64_t cm_cursor_le64(struct cm_cursor *c)
{
        return get_le(c, 8);
}

uint16_t cm_cursor_be16(struct cm_cursor *c)
{
        return (uint16_t)get_be(c, 2);
}

uint32_t cm_cursor_be32(struct cm_cursor *c)
{
        return (uint32_t)get_be(c, 4);
}

uint64_t cm_cursor_be64(struct cm_cursor *c)
{
        return get_be(c, 8);
}

uint64_t cm_cursor_varint(struct cm_cursor *c)
{
        uint64_t v = 0;
        for (unsigned shift = 0; shift < 70; shift += 7) {
                uint8_t byte = cm_cursor_u8(c);
                if (shift == 63 && byte > 1)
                        break; /* more than 64 bits */
                v |= (uint64_t)(byte & 0x7f) << shift;
                if ((byte & 0x80) == 0)
                        return c->failed ? 0 : v;
        }
        c->failed = true;
        return 0;
}

struct cm_sv cm_cursor_bytes(struct cm_cursor *c)
{
        uint64_t len = cm_cursor_varint(c);
        if (len > c->len) {
                c->failed = true;
                c->len = 0;
                return CM_SV_NULL;
        }
        return cm_cursor_take(c, (size_t)len);
}
