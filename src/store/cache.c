/* SPDX-License-Identifier: Apache-2.0 */
/* File cache of cache.h. A file: 8 magic bytes, SHA-256 of the content, content. */
#include "store/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "crypto/sha256.h"
#include "os/file.h"

#define ENTRY_BYTES_MAX CM_MIB(512)
#define SECRET_NAME     "secret" /* keys are hexadecimal: no block has this name */

enum {
        HEAD_BYTES = 8 + CM_SHA256_BYTES,
        READ_CHUNK = 64 << 10
};

static const char magic[8] = { 'c', 'm', 'c', 'a', 'c', 'h', 'e', '1' };

struct cm_cache {
        int dir_fd;
};

const char *cm_cache_default_dir(struct cm_arena *arena)
{
        const char *xdg = getenv("XDG_CACHE_HOME");
        const char *home = getenv("HOME");
        if (xdg != NULL && *xdg == '/')
                return cm_sv_printf(arena, "%s/coaming", xdg).ptr;
        if (home != NULL && *home == '/')
                return cm_sv_printf(arena, "%s/.cache/coaming", home).ptr;
        return "/var/cache/coaming";
}

struct cm_cache *cm_cache_open(const char *dir, const char *kind)
{
        struct cm_arena *scratch CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_KIB(64));
        const char *path = cm_sv_printf(scratch, "%s/%s", dir, kind).ptr;
        int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        struct cm_err ignored = CM_ERR_INIT;
        if (fd < 0 && cm_dir_make(path, &ignored) == 0)
                fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return NULL;
        struct cm_cache *cache = calloc(1, sizeof(*cache));
        CM_ASSERT(cache != NULL);
        cache->dir_fd = fd;
        return cache;
}

struct cm_cache *cm_cache_close(struct cm_cache *cache)
{
        if (cache != NULL) {
                close(cache->dir_fd);
                free(cache);
        }
        return NULL;
}

static void digest_of(struct cm_sv content, unsigned char digest[CM_SHA256_BYTES])
{
        struct cm_sha256 *sha = cm_sha256_new();
        cm_sha256_update(sha, content);
        cm_sha256_final(sha, digest);
        cm_sha256_free(sha);
}

bool cm_cache_get(struct cm_cache *cache, struct cm_arena *arena, const char *key,
                  struct cm_sv *ret)
{
        if (cache == NULL)
                return false;
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, ENTRY_BYTES_MAX);
        struct cm_err ignored = CM_ERR_INIT;
        if (cm_file_read(cache->dir_fd, key, &buf, &ignored) != 0)
                return false;
        struct cm_cursor c = cm_cursor_make(cm_buf_sv(&buf));
        struct cm_sv head = cm_cursor_take(&c, sizeof(magic));
        struct cm_sv stated = cm_cursor_take(&c, CM_SHA256_BYTES);
        struct cm_sv content = cm_cursor_take(&c, c.len);
        if (c.failed || !cm_sv_eq(head, cm_sv_make(magic, sizeof(magic))))
                return false;
        unsigned char digest[CM_SHA256_BYTES];
        digest_of(content, digest);
        if (!cm_sv_eq(stated, cm_sv_make(digest, sizeof(digest))))
                return false;
        *ret = cm_sv_dup(arena, content);
        return true;
}

void cm_cache_put(struct cm_cache *cache, const char *key, struct cm_sv content)
{
        if (cache == NULL)
                return;
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, ENTRY_BYTES_MAX);
        unsigned char digest[CM_SHA256_BYTES];
        digest_of(content, digest);
        cm_buf_put(&buf, magic, sizeof(magic));
        cm_buf_put(&buf, digest, sizeof(digest));
        cm_buf_put_sv(&buf, content);
        struct cm_err ignored = CM_ERR_INIT;
        if (!buf.overflow)
                CM_IGNORE(cm_file_replace(cache->dir_fd, key, cm_buf_sv(&buf), false, &ignored));
}

/* Returns whether the file was there in its whole length. */
static bool read_secret(struct cm_cache *cache, struct cm_siphash_key *ret, bool *ret_is_damaged)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_KIB(1));
        struct cm_err ignored = CM_ERR_INIT;
        int r = cm_file_read(cache->dir_fd, SECRET_NAME, &buf, &ignored);
        *ret_is_damaged = (r == 0 && buf.len != sizeof(ret->bytes)) || ignored.code == CM_E_LIMIT;
        if (r != 0 || *ret_is_damaged)
                return false;
        memcpy(ret->bytes, buf.ptr, sizeof(ret->bytes));
        return true;
}

bool cm_cache_secret(struct cm_cache *cache, struct cm_siphash_key *ret)
{
        bool is_damaged = false;
        if (cache == NULL)
                return false;
        if (read_secret(cache, ret, &is_damaged))
                return true;
        struct cm_siphash_key fresh;
        struct cm_err ignored = CM_ERR_INIT;
        if (getrandom(fresh.bytes, sizeof(fresh.bytes), 0) != (ssize_t)sizeof(fresh.bytes))
                return false;
        /* What was stored under a lost secret is not found any more, and made again. */
        if (is_damaged)
                unlinkat(cache->dir_fd, SECRET_NAME, 0);
        if (cm_file_create(cache->dir_fd, SECRET_NAME, cm_sv_make(fresh.bytes, sizeof(fresh.bytes)),
                           0600, &ignored) < 0)
                return false;
        return read_secret(cache, ret, &is_damaged); /* ours, or that of who was faster */
}

struct cm_cache_writer {
        struct cm_temp temp;
        struct cm_sha256 *sha;
        bool failed;
};

struct cm_cache_writer *cm_cache_write_open(struct cm_cache *cache)
{
        static const char zeros[CM_SHA256_BYTES];
        struct cm_err ignored = CM_ERR_INIT;
        struct cm_temp temp;
        if (cache == NULL || cm_temp_open(cache->dir_fd, &temp, &ignored) < 0)
                return NULL;
        struct cm_cache_writer *writer = calloc(1, sizeof(*writer));
        CM_ASSERT(writer != NULL);
        writer->temp = temp;
        writer->sha = cm_sha256_new();
        /* The digest is known, and written here, only at the end. */
        writer->failed =
                cm_temp_append(&writer->temp, cm_sv_make(magic, sizeof(magic)), &ignored) < 0 ||
                cm_temp_append(&writer->temp, cm_sv_make(zeros, sizeof(zeros)), &ignored) < 0;
        return writer;
}

void cm_cache_write(struct cm_cache_writer *writer, struct cm_sv bytes)
{
        struct cm_err ignored = CM_ERR_INIT;
        if (writer == NULL || writer->failed)
                return;
        cm_sha256_update(writer->sha, bytes);
        writer->failed = cm_temp_append(&writer->temp, bytes, &ignored) < 0;
}

struct cm_cache_writer *cm_cache_write_close(struct cm_cache_writer *writer, const char *key)
{
        if (writer == NULL)
                return NULL;
        unsigned char digest[CM_SHA256_BYTES];
        struct cm_err ignored = CM_ERR_INIT;
        cm_sha256_final(writer->sha, digest);
        cm_sha256_free(writer->sha);
        if (key != NULL && !writer->failed &&
            cm_temp_write_at(&writer->temp, sizeof(magic), cm_sv_make(digest, sizeof(digest)),
                             &ignored) == 0)
                CM_IGNORE(cm_temp_keep(&writer->temp, key, &ignored));
        cm_temp_drop(&writer->temp);
        free(writer);
        return NULL;
}

struct cm_cache_reader {
        int fd;
        uint64_t size_bytes; /* of the content */
};

static bool read_at(int fd, uint64_t offset, char *ret, size_t len)
{
        while (len > 0) {
                ssize_t n = pread(fd, ret, len, (off_t)offset);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        return false;
                ret += n;
                offset += (uint64_t)n;
                len -= (size_t)n;
        }
        return true;
}

/* Reads it whole once, in pieces. */
static bool is_undamaged(struct cm_cache_reader *reader)
{
        struct stat st;
        char head[HEAD_BYTES];
        if (fstat(reader->fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < HEAD_BYTES ||
            !read_at(reader->fd, 0, head, sizeof(head)) || memcmp(head, magic, sizeof(magic)) != 0)
                return false;
        reader->size_bytes = (uint64_t)st.st_size - HEAD_BYTES;
        char *chunk = malloc(READ_CHUNK);
        CM_ASSERT(chunk != NULL);
        struct cm_sha256 *sha CM_CLEANUP(cm_sha256_freep)
        = cm_sha256_new();
        bool ok = true;
        for (uint64_t at = 0; ok && at < reader->size_bytes;) {
                size_t n = (size_t)CM_MIN(reader->size_bytes - at, (uint64_t)READ_CHUNK);
                ok = cm_cache_read(reader, at, chunk, n);
                if (ok)
                        cm_sha256_update(sha, cm_sv_make(chunk, n));
                at += n;
        }
        free(chunk);
        unsigned char digest[CM_SHA256_BYTES];
        cm_sha256_final(sha, digest);
        return ok && memcmp(digest, head + sizeof(magic), sizeof(digest)) == 0;
}

struct cm_cache_reader *cm_cache_read_open(struct cm_cache *cache, const char *key)
{
        if (cache == NULL)
                return NULL;
        struct cm_cache_reader *reader = calloc(1, sizeof(*reader));
        CM_ASSERT(reader != NULL);
        reader->fd = openat(cache->dir_fd, key, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        return reader->fd >= 0 && is_undamaged(reader) ? reader : cm_cache_read_close(reader);
}

uint64_t cm_cache_read_size_bytes(const struct cm_cache_reader *reader)
{
        return reader->size_bytes;
}

bool cm_cache_read(struct cm_cache_reader *reader, uint64_t offset_bytes, char *ret, size_t len)
{
        return read_at(reader->fd, offset_bytes + HEAD_BYTES, ret, len);
}

struct cm_cache_reader *cm_cache_read_close(struct cm_cache_reader *reader)
{
        if (reader == NULL)
                return NULL;
        if (reader->fd >= 0)
                close(reader->fd);
        free(reader);
        return NULL;
}
