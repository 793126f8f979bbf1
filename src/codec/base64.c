/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of base64.h. */
#include "codec/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int value_of(char c)
{
        if (cm_is_upper(c))
                return c - 'A';
        if (cm_is_lower(c))
                return c - 'a' + 26;
        if (cm_is_digit(c))
                return c - '0' + 52;
        return c == '+' ? 62 : c == '/' ? 63 : -1;
}

int cm_base64_decode(struct cm_arena *arena, struct cm_sv text, struct cm_sv *ret,
                     struct cm_err *err)
{
        struct cm_sv body = text;
        while (body.len > 0 && body.ptr[body.len - 1] == '=' && text.len - body.len < 2)
                body.len--;
        size_t padding = text.len - body.len;
        size_t tail = body.len % 4;
        if (tail == 1 || (padding > 0 && text.len % 4 != 0))
                return CM_RAISE(err, CM_E_MALFORMED, "base64 text has a length of %zu", text.len);
        char *out = cm_arena_alloc(arena, body.len / 4 * 3 + 3, 1);
        size_t len = 0;
        uint32_t bits = 0;
        for (size_t i = 0; i < body.len; i++) {
                int value = value_of(body.ptr[i]);
                if (value < 0)
                        return CM_RAISE(err, CM_E_MALFORMED,
                                        "base64 text has a foreign character at %zu", i);
                bits = bits << 6 | (uint32_t)value;
                if (i % 4 == 3) {
                        out[len++] = (char)(bits >> 16 & 255);
                        out[len++] = (char)(bits >> 8 & 255);
                        out[len++] = (char)(bits & 255);
                }
        }
        if ((tail == 2 && (bits & 15) != 0) || (tail == 3 && (bits & 3) != 0))
                return CM_RAISE(err, CM_E_MALFORMED, "base64 text ends with stray bits");
        if (tail == 2)
                out[len++] = (char)(bits >> 4 & 255);
        if (tail == 3) {
                out[len++] = (char)(bits >> 10 & 255);
                out[len++] = (char)(bits >> 2 & 255);
        }
        *ret = cm_sv_make(out, len);
        return 0;
}

struct cm_sv cm_base64_encode(struct cm_arena *arena, struct cm_sv bytes)
{
        char *out = cm_arena_alloc(arena, bytes.len / 3 * 4 + 4, 1);
        size_t len = 0;
        for (size_t i = 0; i < bytes.len; i += 3) {
                size_t left = bytes.len - i;
                uint32_t bits = (uint32_t)(unsigned char)bytes.ptr[i] << 16;
                if (left > 1)
                        bits |= (uint32_t)(unsigned char)bytes.ptr[i + 1] << 8;
                if (left > 2)
                        bits |= (unsigned char)bytes.ptr[i + 2];
                out[len++] = alphabet[bits >> 18 & 63];
                out[len++] = alphabet[bits >> 12 & 63];
                out[len++] = left > 1 ? alphabet[bits >> 6 & 63] : '=';
                out[len++] = left > 2 ? alphabet[bits & 63] : '=';
        }
        return cm_sv_make(out, len);
}
