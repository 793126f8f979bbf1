/* SPDX-License-Identifier: Apache-2.0 */
/* Packing and unpacking of pack.h over libzstd. */
#include "advisory/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "advisory/db.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "crypto/sha256.h"

#define SKIPPABLE_MAGIC 0x184D2A5CU
#define HEAD_MAGIC      "COAMINGDBZ1"

enum {
        FRAME_HEAD_BYTES = 8,
        PAYLOAD_BYTES_MAX = 512,
        CHUNK_BYTES = 1 << 18,
        LEVEL = 19
};

static int write_all(int fd, const void *bytes, size_t len, struct cm_err *err)
{
        const char *p = bytes;
        while (len > 0) {
                ssize_t n = write(fd, p, len);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not write database");
                p += n;
                len -= (size_t)n;
        }
        return 0;
}

/* Returns the bytes read, 0 at the end. */
static int read_some(int fd, void *to, size_t len, size_t *ret, struct cm_err *err)
{
        for (;;) {
                ssize_t n = read(fd, to, len);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not read database");
                *ret = (size_t)n;
                return 0;
        }
}

int cm_db_pack_decode_head(struct cm_sv bytes, struct cm_db_pack_head *ret, struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(bytes);
        bool ours = cm_cursor_le32(&c) == SKIPPABLE_MAGIC;
        uint32_t payload = cm_cursor_le32(&c);
        struct cm_db_pack_head head = { .frame_bytes = (uint64_t)payload + FRAME_HEAD_BYTES };
        c = cm_cursor_at(bytes, FRAME_HEAD_BYTES, payload);
        ours = ours && cm_sv_eq(cm_cursor_bytes(&c), CM_SV(HEAD_MAGIC));
        head.size_bytes = cm_cursor_le64(&c);
        head.newest_s = (int64_t)(cm_cursor_le64(&c) & INT64_MAX);
        head.digest = cm_cursor_bytes(&c);
        head.name = cm_cursor_bytes(&c);
        if (!ours || c.failed || head.digest.len != CM_SHA256_TEXT_BYTES - 1 ||
            cm_sv_find_char(head.digest, '/') >= 0)
                return CM_RAISE(err, CM_E_MALFORMED,
                                "file is not a packed advisory database of coaming");
        if (head.size_bytes > CM_DB_UNPACKED_BYTES_MAX)
                return CM_RAISE(err, CM_E_LIMIT,
                                "packed database is over limit db_unpacked_bytes_max");
        *ret = head;
        return 0;
}

int cm_db_pack_read_head(struct cm_arena *arena, int fd, struct cm_db_pack_head *ret,
                         struct cm_err *err)
{
        char bytes[FRAME_HEAD_BYTES + PAYLOAD_BYTES_MAX];
        ssize_t n = pread(fd, bytes, sizeof(bytes), 0);
        if (n < 0)
                return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not read packed database");
        struct cm_db_pack_head head;
        int r = cm_db_pack_decode_head(cm_sv_make(bytes, (size_t)n), &head, err);
        if (r < 0)
                return r;
        head.digest = cm_sv_dup(arena, head.digest);
        head.name = cm_sv_dup(arena, head.name);
        *ret = head;
        return 0;
}

static int compress_stream(int in, int out, struct cm_err *err)
{
        ZSTD_CCtx *z = ZSTD_createCCtx();
        CM_ASSERT(z != NULL);
        ZSTD_CCtx_setParameter(z, ZSTD_c_compressionLevel, LEVEL);
        ZSTD_CCtx_setParameter(z, ZSTD_c_windowLog, CM_DB_WINDOW_LOG_MAX);
        ZSTD_CCtx_setParameter(z, ZSTD_c_enableLongDistanceMatching, 1);
        ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1);
        char *from = malloc(CHUNK_BYTES);
        char *to = malloc(CHUNK_BYTES);
        CM_ASSERT(from != NULL && to != NULL);
        int r = 0;
        bool last = false;
        while (r == 0 && !last) {
                size_t n = 0;
                r = read_some(in, from, CHUNK_BYTES, &n, err);
                last = n == 0;
                ZSTD_inBuffer input = { from, n, 0 };
                size_t left = 1;
                while (r == 0 && (last ? left != 0 : input.pos < input.size)) {
                        ZSTD_outBuffer output = { to, CHUNK_BYTES, 0 };
                        left = ZSTD_compressStream2(z, &output, &input,
                                                    last ? ZSTD_e_end : ZSTD_e_continue);
                        r = ZSTD_isError(left)
                                    ? CM_RAISE(err, CM_E_INTERNAL, "could not compress: %s",
                                               ZSTD_getErrorName(left))
                                    : write_all(out, to, output.pos, err);
                }
        }
        free(from);
        free(to);
        ZSTD_freeCCtx(z);
        return r;
}

static int digest_of(int fd, char text[CM_SHA256_TEXT_BYTES], uint64_t *ret_bytes,
                     struct cm_err *err)
{
        struct cm_sha256 *sha CM_CLEANUP(cm_sha256_freep)
        = cm_sha256_new();
        char *chunk = malloc(CHUNK_BYTES);
        CM_ASSERT(chunk != NULL);
        uint64_t total = 0;
        size_t n = 1;
        int r = lseek(fd, 0, SEEK_SET) < 0
                        ? CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not seek in database")
                        : 0;
        while (r == 0 && n > 0) {
                r = read_some(fd, chunk, CHUNK_BYTES, &n, err);
                if (r == 0)
                        cm_sha256_update(sha, cm_sv_make(chunk, n));
                total += n;
        }
        free(chunk);
        cm_sha256_text(sha, text);
        *ret_bytes = total;
        return r;
}

int cm_db_pack_verify(int fd, const struct cm_db_pack_head *head, struct cm_err *err)
{
        char text[CM_SHA256_TEXT_BYTES];
        uint64_t bytes = 0;
        int r = digest_of(fd, text, &bytes, err);
        if (r < 0)
                return r;
        if (bytes != head->size_bytes || !cm_sv_eq(head->digest, cm_sv_from_cstr(text)))
                return CM_RAISE(err, CM_E_DIGEST, "unpacked database is not what was packed");
        return 0;
}

static int write_packed(int in, int out, const struct cm_db_info *info, struct cm_err *err)
{
        char digest[CM_SHA256_TEXT_BYTES];
        uint64_t bytes = 0;
        struct cm_buf payload CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_buf frame CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&payload, PAYLOAD_BYTES_MAX);
        cm_buf_init(&frame, FRAME_HEAD_BYTES + PAYLOAD_BYTES_MAX);
        int r = digest_of(in, digest, &bytes, err);
        if (r < 0)
                return r;
        cm_buf_put_bytes(&payload, CM_SV(HEAD_MAGIC));
        cm_buf_put_le64(&payload, bytes);
        cm_buf_put_le64(&payload, (uint64_t)info->newest_s);
        cm_buf_put_bytes(&payload, cm_sv_from_cstr(digest));
        cm_buf_put_bytes(&payload, info->name);
        r = cm_buf_check(&payload, "name of the database", err);
        if (r < 0)
                return r;
        cm_buf_put_le32(&frame, SKIPPABLE_MAGIC);
        cm_buf_put_le32(&frame, (uint32_t)payload.len);
        cm_buf_put_sv(&frame, cm_buf_sv(&payload));
        r = write_all(out, frame.ptr, frame.len, err);
        if (r == 0 && lseek(in, 0, SEEK_SET) < 0)
                r = CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not seek in database");
        if (r == 0)
                r = compress_stream(in, out, err);
        if (r == 0 && fsync(out) < 0)
                r = CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not sync packed database");
        return r;
}

int cm_db_pack(const char *from, const char *to, struct cm_err *err)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        struct cm_db *db CM_CLEANUP(cm_db_closep)
        = NULL;
        int r = cm_db_open(from, &db, err);
        if (r < 0)
                return r;
        struct cm_sv temp = cm_sv_printf(arena, "%s.new.%d%c", to, (int)getpid(), '\0');
        int in = open(from, O_RDONLY | O_CLOEXEC);
        int out = open(temp.ptr, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        if (in < 0 || out < 0)
                r = CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not open '%s'", in < 0 ? from : to);
        if (r == 0)
                r = write_packed(in, out, cm_db_info(db), err);
        if (in >= 0)
                close(in);
        if (out >= 0)
                close(out);
        if (r == 0 && rename(temp.ptr, to) < 0)
                r = CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not rename to '%s'", to);
        if (r < 0)
                CM_IGNORE(unlink(temp.ptr));
        return r;
}

struct unpacker {
        int in;
        int out;
        uint64_t total;
        uint64_t total_max;
        char *from;
        char *to;
        struct cm_sha256 *sha;
        bool frame_ended;
};

static int unpack_chunk(struct unpacker *u, ZSTD_DCtx *z, size_t n, struct cm_err *err)
{
        ZSTD_inBuffer input = { u->from, n, 0 };
        while (input.pos < input.size) {
                ZSTD_outBuffer output = { u->to, CHUNK_BYTES, 0 };
                size_t left = ZSTD_decompressStream(z, &output, &input);
                if (ZSTD_isError(left))
                        return CM_RAISE(err, CM_E_MALFORMED, "packed database is damaged: %s",
                                        ZSTD_getErrorName(left));
                u->frame_ended = left == 0;
                u->total += output.pos;
                if (u->total > u->total_max)
                        return CM_RAISE(err, CM_E_DIGEST,
                                        "packed database holds more than its head says");
                cm_sha256_update(u->sha, cm_sv_make(u->to, output.pos));
                int r = write_all(u->out, u->to, output.pos, err);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int unpack_stream(struct unpacker *u, const struct cm_db_pack_head *head, struct cm_err *err)
{
        ZSTD_DCtx *z = ZSTD_createDCtx();
        CM_ASSERT(z != NULL);
        ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, CM_DB_WINDOW_LOG_MAX);
        size_t n = 1;
        int r = 0;
        while (r == 0 && n > 0) {
                r = read_some(u->in, u->from, CHUNK_BYTES, &n, err);
                if (r == 0)
                        r = unpack_chunk(u, z, n, err);
        }
        ZSTD_freeDCtx(z);
        if (r < 0)
                return r;
        char text[CM_SHA256_TEXT_BYTES];
        cm_sha256_text(u->sha, text);
        if (!u->frame_ended || u->total != head->size_bytes ||
            !cm_sv_eq(head->digest, cm_sv_from_cstr(text)))
                return CM_RAISE(err, CM_E_DIGEST,
                                "packed database is cut short or does not have its digest");
        return 0;
}

int cm_db_unpack(int fd, const struct cm_db_pack_head *head, int out_fd, struct cm_err *err)
{
        if (lseek(fd, (off_t)head->frame_bytes, SEEK_SET) < 0)
                return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not seek in packed database");
        struct cm_sha256 *sha CM_CLEANUP(cm_sha256_freep)
        = cm_sha256_new();
        struct unpacker u = { .in = fd,
                              .out = out_fd,
                              .total_max = head->size_bytes,
                              .from = malloc(CHUNK_BYTES),
                              .to = malloc(CHUNK_BYTES),
                              .sha = sha };
        CM_ASSERT(u.from != NULL && u.to != NULL);
        int r = unpack_stream(&u, head, err);
        free(u.from);
        free(u.to);
        return r;
}
