/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Escapers: anything that came from outside passes one of these before it is printed or put into
 * an error message. Invalid UTF-8 becomes \xNN, control and bidirectional characters are escaped.
 */
#pragma once

#include "base/buf.h"
#include "base/sv.h"

/* For terminals, logs and error messages: NUL-terminated, in `arena`, cut with "..." at 200 bytes. */
const char *cm_escape(struct cm_arena *arena, struct cm_sv s);
/* The same without a cut, appended to a buffer. */
void cm_buf_put_escaped(struct cm_buf *buf, struct cm_sv s);
/* A JSON string with its quotes. Invalid UTF-8 becomes U+FFFD. */
void cm_buf_put_json(struct cm_buf *buf, struct cm_sv s);
/* Length of the valid UTF-8 sequence at the start (1-4), or 0; *ret_cp is its code point. */
size_t cm_utf8_next(struct cm_sv s, uint32_t *ret_cp);
