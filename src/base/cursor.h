/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only reader of binary input: bounds-checked, explicit about endianness, with sticky failure.
 * After the first read past the end every getter returns 0 or the empty view; a parser reads a
 * record whole and then asks cm_cursor_check() once.
 */
#pragma once

#include "base/err.h"
#include "base/sv.h"

struct cm_cursor {
        const unsigned char *ptr;
        size_t len;    /* bytes left */
        size_t offset; /* bytes consumed, for messages */
        bool failed;
};

struct cm_cursor cm_cursor_make(struct cm_sv bytes);
/* 0, or CM_E_MALFORMED "<what> is cut short at byte N". */
CM_MUST_CHECK int cm_cursor_check(const struct cm_cursor *c, const char *what, struct cm_err *err);

uint8_t cm_cursor_u8(struct cm_cursor *c);
uint16_t cm_cursor_le16(struct cm_cursor *c);
uint32_t cm_cursor_le32(struct cm_cursor *c);
uint64_t cm_cursor_le64(struct cm_cursor *c);
uint16_t cm_cursor_be16(struct cm_cursor *c);
uint32_t cm_cursor_be32(struct cm_cursor *c);
uint64_t cm_cursor_be64(struct cm_cursor *c);
uint64_t cm_cursor_varint(struct cm_cursor *c);               /* LEB128, at most 10 bytes */
struct cm_sv cm_cursor_take(struct cm_cursor *c, size_t len); /* borrows from the input */
struct cm_sv cm_cursor_bytes(struct cm_cursor *c);            /* varint length, then bytes */
void cm_cursor_skip(struct cm_cursor *c, size_t len);
/* A cursor over [offset, offset + len) of `bytes`; failed when that is not inside. */
struct cm_cursor cm_cursor_at(struct cm_sv bytes, uint64_t offset, uint64_t len);
