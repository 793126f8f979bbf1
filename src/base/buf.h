/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growable byte buffer on the heap. Its maximum is a mandatory constructor argument: writes past
 * it fail softly (`overflow` is set, the bytes are dropped) so that writers need no check per call;
 * whoever takes the content asks cm_buf_check() once. Also the writer of little-endian frames
 * that base/cursor.h reads.
 */
#pragma once

#include "base/err.h"
#include "base/sv.h"

struct cm_buf {
        char *ptr;
        size_t len;
        size_t capacity;
        size_t bytes_max;
        bool overflow;
};

void cm_buf_init(struct cm_buf *buf, size_t bytes_max);
void cm_buf_fini(struct cm_buf *buf); /* for CM_CLEANUP; takes a zeroed buffer */
void cm_buf_clear(struct cm_buf *buf);
/* 0, or CM_E_LIMIT when something was dropped ("<what> is larger than N bytes"). */
CM_MUST_CHECK int cm_buf_check(const struct cm_buf *buf, const char *what, struct cm_err *err);

void cm_buf_put(struct cm_buf *buf, const void *bytes, size_t len);
void cm_buf_put_sv(struct cm_buf *buf, struct cm_sv s);
void cm_buf_put_str(struct cm_buf *buf, const char *s);
void cm_buf_put_char(struct cm_buf *buf, char c);
void cm_buf_printf(struct cm_buf *buf, const char *format, ...) CM_PRINTF(2, 3);
/* Room for `len` bytes to be written by the caller, or NULL past the maximum; then commit. */
char *cm_buf_reserve(struct cm_buf *buf, size_t len);
void cm_buf_commit(struct cm_buf *buf, size_t len);

/* Frames: fixed little-endian integers, LEB128 varints, varint-length-prefixed bytes. */
void cm_buf_put_u8(struct cm_buf *buf, uint8_t v);
void cm_buf_put_le16(struct cm_buf *buf, uint16_t v);
void cm_buf_put_le32(struct cm_buf *buf, uint32_t v);
void cm_buf_put_le64(struct cm_buf *buf, uint64_t v);
void cm_buf_put_be32(struct cm_buf *buf, uint32_t v);
void cm_buf_put_be64(struct cm_buf *buf, uint64_t v);
void cm_buf_put_varint(struct cm_buf *buf, uint64_t v);
void cm_buf_put_bytes(struct cm_buf *buf, struct cm_sv s);

static inline struct cm_sv cm_buf_sv(const struct cm_buf *buf)
{
        return (struct cm_sv){ buf->ptr, buf->len };
}
