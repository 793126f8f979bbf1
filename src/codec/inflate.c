/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streaming decompression of inflate.h over ISA-L and libzstd. ISA-L 2.30 stops after each gzip
 * member and wants crc_flag set again after a reset; it does not call truncation an error, so the
 * member state is tracked here.
 */
#include "codec/inflate.h"

#include <isa-l/igzip_lib.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/limits.h"

/* Windows above this are refused by zstd itself; `zstd --long=27` needs 128 MiB. */
enum {
        ZSTD_WINDOW_LOG_MAX_ALLOWED = 27
};

static const uint64_t ratio_free_bytes = 64U << 20;

/* Of a gzip member whose header and trailer are read here, because ISA-L would compute the CRC. */
enum member_part {
        MEMBER_HEADER,
        MEMBER_BODY,
        MEMBER_TRAILER
};

enum {
        TRAILER_BYTES = 8 /* CRC-32 and length, RFC 1952 section 2.3.1 */
};

struct cm_inflate {
        enum cm_compression kind;
        bool has_digest; /* cm_inflate_trust_digest() */
        bool in_member;  /* between the first and the last byte of a member or frame */
        bool any;        /* at least one byte of input was seen */
        bool padding;    /* zero bytes after the last member */
        uint64_t output_bytes_max;
        uint64_t input_bytes;
        uint64_t output_bytes;
        ZSTD_DStream *zstd;
        enum member_part part;
        unsigned char trailer[TRAILER_BYTES];
        size_t trailer_len;
        uint64_t member_bytes; /* of output */
        struct isal_gzip_header header;
        struct inflate_state gzip; /* large: last */
};

enum cm_compression cm_compression_detect(struct cm_sv head)
{
        if (cm_sv_has_prefix(head, CM_SV("\x1f\x8b\x08")))
                return CM_COMPRESSION_GZIP;
        if (cm_sv_has_prefix(head, CM_SV("\x28\xb5\x2f\xfd")))
                return CM_COMPRESSION_ZSTD;
        /* zstd:chunked and eStargz writers may begin with a skippable frame: 0x184D2A50..5F. */
        if (head.len >= 4 && memcmp(head.ptr + 1, "\x2a\x4d\x18", 3) == 0 &&
            ((unsigned char)head.ptr[0] & 0xf0) == 0x50)
                return CM_COMPRESSION_ZSTD;
        return CM_COMPRESSION_NONE;
}

const char *cm_compression_to_string(enum cm_compression kind)
{
        static const char *const names[] = { "none", "gzip", "zstd" };
        return names[kind];
}

struct cm_inflate *cm_inflate_new(enum cm_compression kind, uint64_t output_bytes_max)
{
        size_t size = kind == CM_COMPRESSION_GZIP ? sizeof(struct cm_inflate)
                                                  : offsetof(struct cm_inflate, gzip);
        struct cm_inflate *inflate = calloc(1, size);
        CM_ASSERT(inflate != NULL);
        inflate->kind = kind;
        inflate->output_bytes_max = output_bytes_max;
        if (kind == CM_COMPRESSION_GZIP) {
                isal_inflate_init(&inflate->gzip);
        } else if (kind == CM_COMPRESSION_ZSTD) {
                inflate->zstd = ZSTD_createDStream();
                CM_ASSERT(inflate->zstd != NULL);
                ZSTD_DCtx_setParameter(inflate->zstd, ZSTD_d_windowLogMax,
                                       ZSTD_WINDOW_LOG_MAX_ALLOWED);
        }
        return inflate;
}

void cm_inflate_trust_digest(struct cm_inflate *inflate)
{
        CM_ASSERT(!inflate->any);
        inflate->has_digest = true;
}

struct cm_inflate *cm_inflate_free(struct cm_inflate *inflate)
{
        if (inflate == NULL)
                return NULL;
        ZSTD_freeDStream(inflate->zstd);
        free(inflate);
        return NULL;
}

void cm_inflate_freep(struct cm_inflate **inflate)
{
        *inflate = cm_inflate_free(*inflate);
}

/*
 * Before a member's first byte. After a complete member only zeros, or another member, may follow.
 * Returns 1 inside a member, 0 when there is nothing to inflate.
 */
static int enter_member(struct cm_inflate *s, struct cm_sv *in, struct cm_err *err)
{
        if (s->in_member)
                return 1;
        if (in->len == 0)
                return 0;
        if (s->any && (s->padding || in->ptr[0] == '\0')) {
                s->padding = true;
                size_t n = 0;
                while (n < in->len && in->ptr[n] == '\0')
                        n++;
                *in = cm_sv_skip(*in, n);
                if (in->len > 0)
                        return CM_RAISE(err, CM_E_MALFORMED, "%s stream has bytes after its end",
                                        cm_compression_to_string(s->kind));
                return 0;
        }
        if (s->kind == CM_COMPRESSION_GZIP) {
                isal_inflate_reset(&s->gzip);
                s->gzip.crc_flag = s->has_digest ? ISAL_DEFLATE : ISAL_GZIP;
                s->part = s->has_digest ? MEMBER_HEADER : MEMBER_BODY;
                s->trailer_len = 0;
                s->member_bytes = 0;
                isal_gzip_header_init(&s->header);
        }
        s->in_member = s->any = true;
        return 1;
}

static const char *gzip_reason(int code)
{
        switch (code) {
        case ISAL_INVALID_WRAPPER:
                return "header is not gzip";
        case ISAL_UNSUPPORTED_METHOD:
                return "compression method is not deflate";
        case ISAL_INCORRECT_CHECKSUM:
                return "checksum does not match";
        default:
                return "deflate data is damaged";
        }
}

/* The member's last bytes: some may be among the bits that the inflater took in advance. */
static int read_trailer(struct cm_inflate *s)
{
        struct inflate_state *z = &s->gzip;
        if (s->part == MEMBER_BODY) {
                z->read_in >>= z->read_in_length % 8;
                z->read_in_length -= z->read_in_length % 8;
                s->part = MEMBER_TRAILER;
        }
        for (; z->read_in_length > 0 && s->trailer_len < TRAILER_BYTES; z->read_in_length -= 8) {
                s->trailer[s->trailer_len++] = (unsigned char)z->read_in;
                z->read_in >>= 8;
        }
        for (; z->avail_in > 0 && s->trailer_len < TRAILER_BYTES; z->avail_in--)
                s->trailer[s->trailer_len++] = *z->next_in++;
        if (s->trailer_len < TRAILER_BYTES)
                return ISAL_END_INPUT;
        CM_ASSERT(z->read_in_length ==
                  0); /* it holds eight bytes at most: no more than a trailer */
        uint32_t len = (uint32_t)s->trailer[4] | (uint32_t)s->trailer[5] << 8 |
                       (uint32_t)s->trailer[6] << 16 | (uint32_t)s->trailer[7] << 24;
        return len == (uint32_t)s->member_bytes ? ISAL_DECOMP_OK : ISAL_INCORRECT_CHECKSUM;
}

/* One step over a member; without CRC its header and trailer are read apart. */
static int inflate_parts(struct cm_inflate *s)
{
        struct inflate_state *z = &s->gzip;
        if (!s->has_digest)
                return isal_inflate(z);
        if (s->part == MEMBER_HEADER) {
                int r = isal_read_gzip_header(z, &s->header);
                if (r != ISAL_DECOMP_OK)
                        return r;
                s->part = MEMBER_BODY;
        }
        if (s->part == MEMBER_BODY) {
                uint32_t room = z->avail_out;
                int r = isal_inflate(z);
                s->member_bytes += room - z->avail_out;
                if (r != ISAL_DECOMP_OK || z->block_state != ISAL_BLOCK_FINISH)
                        return r;
        }
        return read_trailer(s);
}

static int step_gzip(struct cm_inflate *s, struct cm_sv *in, char *out, size_t capacity,
                     size_t *ret_written, struct cm_err *err)
{
        int entered = enter_member(s, in, err);
        if (entered <= 0)
                return entered;
        size_t in_len = CM_MIN(in->len, (size_t)UINT32_MAX);
        size_t out_len = CM_MIN(capacity, (size_t)UINT32_MAX);
        s->gzip.next_in = (uint8_t *)(uintptr_t)in->ptr;
        s->gzip.avail_in = (uint32_t)in_len;
        s->gzip.next_out = (uint8_t *)out;
        s->gzip.avail_out = (uint32_t)out_len;
        int r = inflate_parts(s);
        if (r < 0 || r == ISAL_NEED_DICT)
                return CM_RAISE(err, CM_E_MALFORMED, "gzip stream at output byte %llu: %s",
                                (unsigned long long)s->output_bytes, gzip_reason(r));
        *in = cm_sv_skip(*in, in_len - s->gzip.avail_in);
        *ret_written = out_len - s->gzip.avail_out;
        if (s->gzip.block_state == ISAL_BLOCK_FINISH &&
            (!s->has_digest || s->trailer_len == TRAILER_BYTES))
                s->in_member = false;
        return 0;
}

static int step_zstd(struct cm_inflate *s, struct cm_sv *in, char *out, size_t capacity,
                     size_t *ret_written, struct cm_err *err)
{
        int entered = enter_member(s, in, err);
        if (entered <= 0)
                return entered;
        ZSTD_inBuffer from = { in->ptr, in->len, 0 };
        ZSTD_outBuffer to = { out, capacity, 0 };
        size_t r = ZSTD_decompressStream(s->zstd, &to, &from);
        if (ZSTD_isError(r))
                return CM_RAISE(err, CM_E_MALFORMED, "zstd stream at output byte %llu: %s",
                                (unsigned long long)s->output_bytes, ZSTD_getErrorName(r));
        *in = cm_sv_skip(*in, from.pos);
        *ret_written = to.pos;
        if (r == 0)
                s->in_member = false;
        return 0;
}

static int step_none(struct cm_inflate *s, struct cm_sv *in, char *out, size_t capacity,
                     size_t *ret_written)
{
        size_t n = CM_MIN(in->len, capacity);
        if (n > 0)
                memcpy(out, in->ptr, n);
        *in = cm_sv_skip(*in, n);
        *ret_written = n;
        s->any = true;
        return 0;
}

static int check_bomb(const struct cm_inflate *s, struct cm_err *err)
{
        if (s->output_bytes > s->output_bytes_max)
                return CM_RAISE(err, CM_E_LIMIT,
                                "uncompressed size is over limit layer_bytes_max (%llu)",
                                (unsigned long long)s->output_bytes_max);
        if (s->kind != CM_COMPRESSION_NONE && s->output_bytes > ratio_free_bytes &&
            s->output_bytes / CM_INFLATE_RATIO_MAX > s->input_bytes)
                return CM_RAISE(err, CM_E_LIMIT,
                                "compression ratio is over limit inflate_ratio_max (%llu): "
                                "decompression bomb",
                                (unsigned long long)CM_INFLATE_RATIO_MAX);
        return 0;
}

int cm_inflate_step(struct cm_inflate *s, struct cm_sv *in, char *out, size_t capacity,
                    size_t *ret_written, struct cm_err *err)
{
        CM_ASSERT(capacity > 0);
        size_t before = in->len;
        size_t written = 0;
        int r = 0;
        switch (s->kind) {
        case CM_COMPRESSION_NONE:
                r = step_none(s, in, out, capacity, &written);
                break;
        case CM_COMPRESSION_GZIP:
                r = step_gzip(s, in, out, capacity, &written, err);
                break;
        case CM_COMPRESSION_ZSTD:
                r = step_zstd(s, in, out, capacity, &written, err);
                break;
        }
        if (r < 0)
                return r;
        if (before > 0 && in->len == before && written == 0 && s->in_member)
                return CM_RAISE(err, CM_E_MALFORMED, "%s stream makes no progress",
                                cm_compression_to_string(s->kind));
        s->input_bytes += before - in->len;
        s->output_bytes += written;
        *ret_written = written;
        return check_bomb(s, err);
}

int cm_inflate_finish(const struct cm_inflate *s, struct cm_err *err)
{
        if (s->kind != CM_COMPRESSION_NONE && (s->in_member || !s->any))
                return CM_RAISE(err, CM_E_MALFORMED, "%s stream is cut short",
                                cm_compression_to_string(s->kind));
        return 0;
}
