/* SPDX-License-Identifier: Apache-2.0 */
/* File cache of cache.h. A file: 8 magic bytes, SHA-256 of the content, content. */
#include "store/cache.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "crypto/sha256.h"
#include "os/file.h"

#define ENTRY_BYTES_MAX CM_MIB(512)

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
