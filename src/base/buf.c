/* SPDX-License-Identifier: Apache-2.0 */
/* Growable buffer with a hard maximum; see buf.h. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cm_buf_init(struct cm_buf *buf, size_t bytes_max)
{
        *buf = (struct cm_buf){ .bytes_max = bytes_max };
}

void cm_buf_fini(struct cm_buf *buf)
{
        free(buf->ptr);
        *buf = (struct cm_buf){ 0 };
}

void cm_buf_clear(struct cm_buf *buf)
{
        buf->len = 0;
        buf->overflow = false;
}

int cm_buf_check(const struct cm_buf *buf, const char *what, struct cm_err *err)
{
        if (buf->overflow)
                return CM_RAISE(err, CM_E_LIMIT, "%s is larger than %zu bytes", what,
                                buf->bytes_max);
        return 0;
}

char *cm_buf_reserve(struct cm_buf *buf, size_t len)
{
        size_t need = 0;
        if (__builtin_add_overflow(buf->len, len, &need) || need > buf->bytes_max) {
                buf->overflow = true;
                return NULL;
        }
        if (need > buf->capacity || buf->ptr == NULL) {
                size_t capacity = CM_MAX(need, CM_MAX(buf->capacity * 2, (size_t)256));
                capacity = CM_MIN(capacity, buf->bytes_max);
                char *p = realloc(buf->ptr, capacity);
                if (p == NULL) {
                        buf->overflow = true;
                        return NULL;
                }
                buf->ptr = p;
                buf->capacity = capacity;
        }
        return buf->ptr + buf->len;
}

void cm_buf_commit(struct cm_buf *buf, size_t len)
{
        CM_ASSERT(len <= buf->capacity - buf->len);
        buf->len += len;
}

void cm_buf_put(struct cm_buf *buf, const void *bytes, size_t len)
{
        if (len == 0)
                return;
        char *p = cm_buf_reserve(buf, len);
        if (p == NULL)
                return;
        memcpy(p, bytes, len);
        buf->len += len;
}

void cm_buf_put_sv(struct cm_buf *buf, struct cm_sv s)
{
        cm_buf_put(buf, s.ptr, s.len);
}

void cm_buf_put_str(struct cm_buf *buf, const char *s)
{
        cm_buf_put(buf, s, strlen(s));
}

void cm_buf_put_char(struct cm_buf *buf, char c)
{
        cm_buf_put(buf, &c, 1);
}

void cm_buf_printf(struct cm_buf *buf, const char *format, ...)
{
        va_list ap;
        va_start(ap, format);
        int n = vsnprintf(NULL, 0, format, ap);
        va_end(ap);
        CM_ASSERT(n >= 0);
        char *p = cm_buf_reserve(buf, (size_t)n + 1);
        if (p == NULL)
                return;
        va_start(ap, format);
        n = vsnprintf(p, (size_t)n + 1, format, ap);
        va_end(ap);
        buf->len += (size_t)n;
}

static void put_le(struct cm_buf *buf, uint64_t v, size_t len)
{
        unsigned char bytes[8];
        for (size_t i = 0; i < len; i++)
                bytes[i] = (unsigned char)(v >> (8 * i));
        cm_buf_put(buf, bytes, len);
}

static void put_be(struct cm_buf *buf, uint64_t v, size_t len)
{
        unsigned char bytes[8];
        for (size_t i = 0; i < len; i++)
                bytes[i] = (unsigned char)(v >> (8 * (len - 1 - i)));
        cm_buf_put(buf, bytes, len);
}

void cm_buf_put_u8(struct cm_buf *buf, uint8_t v)
{
        put_le(buf, v, 1);
}

void cm_buf_put_le16(struct cm_buf *buf, uint16_t v)
{
        put_le(buf, v, 2);
}

void cm_buf_put_le32(struct cm_buf *buf, uint32_t v)
{
        put_le(buf, v, 4);
}

void cm_buf_put_le64(struct cm_buf *buf, uint64_t v)
{
        put_le(buf, v, 8);
}

void cm_buf_put_be32(struct cm_buf *buf, uint32_t v)
{
        put_be(buf, v, 4);
}

void cm_buf_put_be64(struct cm_buf *buf, uint64_t v)
{
        put_be(buf, v, 8);
}

void cm_buf_put_varint(struct cm_buf *buf, uint64_t v)
{
        unsigned char bytes[10];
        size_t n = 0;
        while (v >= 0x80) {
                bytes[n++] = (unsigned char)(v | 0x80);
                v >>= 7;
        }
        bytes[n++] = (unsigned char)v;
        cm_buf_put(buf, bytes, n);
}

void cm_buf_put_bytes(struct cm_buf *buf, struct cm_sv s)
{
        cm_buf_put_varint(buf, s.len);
        cm_buf_put_sv(buf, s);
}
