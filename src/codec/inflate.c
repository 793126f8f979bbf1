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

struct cm_inflate {
        enum cm_compression kind;
        bool in_member; /* between the first and the last byte of a member or frame */
        bool any;       /* at least one byte of input was seen */
        bool padding;   /* zero bytes after the last member */
        uint64_t output_bytes_max;
        uint64_t input_bytes;
        uint64_t output_bytes;
        ZSTD_DStream *zstd;
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
                inflate->gzip.crc_flag = ISAL_GZIP;
        } else if (kind == CM_COMPRESSION_ZSTD) {
                inflate->zstd = ZSTD_createDStream();
                CM_ASSERT(inflate->zstd != NULL);
                ZSTD_DCtx_setParameter(inflate->zstd, ZSTD_d_windowLogMax,
                                       ZSTD_WINDOW_LOG_MAX_ALLOWED);
        }
        return inflate;
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
        if (s->any && s->kind == CM_COMPRESSION_GZIP) {
                isal_inflate_reset(&s->gzip);
                s->gzip.crc_flag = ISAL_GZIP;
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
        int r = isal_inflate(&s->gzip);
        if (r < 0 || r == ISAL_NEED_DICT)
                return CM_RAISE(err, CM_E_MALFORMED, "gzip stream at output byte %llu: %s",
                                (unsigned long long)s->output_bytes, gzip_reason(r));
        *in = cm_sv_skip(*in, in_len - s->gzip.avail_in);
        *ret_written = out_len - s->gzip.avail_out;
        if (s->gzip.block_state == ISAL_BLOCK_FINISH)
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
