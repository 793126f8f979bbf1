/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decompression of byte streams, step by step: gzip (ISA-L), zstd, or none. Concatenated gzip
 * members and zstd frames are one stream, as every layer reader treats them; zero padding after the
 * last member is accepted, other trailing bytes are not. Checksums of the formats are verified,
 * unless cm_inflate_trust_digest() says that something stronger is.
 *
 * Limits:  CM_INFLATE_RATIO_MAX after the first 64 MiB, and the output maximum given to new().
 * Thread:  one object, one thread.
 * Spec:    RFC 1952, RFC 1951, RFC 8878.
 */
#pragma once

#include "base/err.h"
#include "base/sv.h"

enum cm_compression {
        CM_COMPRESSION_NONE,
        CM_COMPRESSION_GZIP,
        CM_COMPRESSION_ZSTD
};

/* By magic number; `head` needs 4 bytes to tell. */
enum cm_compression cm_compression_detect(struct cm_sv head);
const char *cm_compression_to_string(enum cm_compression kind);

struct cm_inflate;

/* Aborts when memory for the state (gzip 0.1 MiB, zstd up to 8 MiB window) is out. */
struct cm_inflate *cm_inflate_new(enum cm_compression kind, uint64_t output_bytes_max);
/*
 * The caller compares a digest of the whole output with one that it knows: gzip's CRC-32 says nothing
 * beyond that and is not computed (one per cent of the time). The length at the end of a member still
 * has to be right. To be called before the first step.
 */
void cm_inflate_trust_digest(struct cm_inflate *inflate);
struct cm_inflate *cm_inflate_free(struct cm_inflate *inflate);
void cm_inflate_freep(struct cm_inflate **inflate);

/*
 * Takes bytes off the front of *in and writes up to `capacity` bytes to `out`. Call again while it
 * wrote something or while *in is not empty.
 * Errors:  CM_E_MALFORMED (not this format, checksum, trailing garbage), CM_E_LIMIT (bomb).
 */
CM_MUST_CHECK int cm_inflate_step(struct cm_inflate *inflate, struct cm_sv *in, char *out,
                                  size_t capacity, size_t *ret_written, struct cm_err *err);
/* At the end of the input: CM_E_MALFORMED when the stream is cut short. */
CM_MUST_CHECK int cm_inflate_finish(const struct cm_inflate *inflate, struct cm_err *err);
