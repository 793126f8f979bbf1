/* SPDX-License-Identifier: Apache-2.0 */
/* A cache over the zoneinfo directory; see zoneinfo.h. */
#include "os/zoneinfo.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/map.h"
#include "os/rooted.h"

struct cm_zoneinfo {
        struct cm_arena *arena;
        const char *directory;
        int fd; /* -1 until the first use */
        struct cm_map zones;
};

static void close_directory(void *ctx)
{
        struct cm_zoneinfo *zones = ctx;
        if (zones->fd >= 0)
                close(zones->fd);
}

struct cm_zoneinfo *cm_zoneinfo_new(struct cm_arena *arena, const char *directory)
{
        struct cm_zoneinfo *zones = CM_NEW(arena, struct cm_zoneinfo);
        zones->arena = arena;
        zones->directory = directory == NULL ? "/usr/share/zoneinfo" : directory;
        zones->fd = -1;
        cm_map_init(&zones->zones, arena);
        cm_arena_on_free(arena, close_directory, zones);
        return zones;
}

/* Components of the alphabet that zones use, none of them empty, so none is ".." either. */
static bool is_name(struct cm_sv name)
{
        char before = '/';
        if (name.len == 0 || name.len > 64 || !cm_is_upper(name.ptr[0]))
                return false;
        for (size_t i = 0; i < name.len; i++) {
                char c = name.ptr[i];
                if (c == '/' ? before == '/' : !cm_is_alnum(c) && c != '+' && c != '-' && c != '_')
                        return false;
                before = c;
        }
        return before != '/';
}

static int read_all(struct cm_zoneinfo *zones, int fd, struct cm_sv *ret, struct cm_err *err)
{
        char *bytes = cm_arena_alloc(zones->arena, CM_ZONE_BYTES_MAX + 1, 1);
        size_t len = 0;
        while (len <= CM_ZONE_BYTES_MAX) {
                ssize_t n = read(fd, bytes + len, CM_ZONE_BYTES_MAX + 1 - len);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not read time zone");
                if (n == 0) {
                        *ret = cm_sv_make(bytes, len);
                        return 0;
                }
                len += (size_t)n;
        }
        return CM_RAISE(err, CM_E_LIMIT, "time zone is larger than %zu bytes (zone_bytes_max)",
                        CM_ZONE_BYTES_MAX);
}

static int read_zone(struct cm_zoneinfo *zones, struct cm_sv name, struct cm_sv *ret,
                     struct cm_err *err)
{
        const char *path = NULL;
        int fd = -1;
        if (zones->fd < 0)
                zones->fd = open(zones->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (zones->fd < 0)
                return errno == ENOENT ? 1
                                       : CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not open '%s'",
                                                        zones->directory);
        int r = cm_cstr(zones->arena, name, &path, err);
        if (r == 0)
                r = cm_root_open_file(zones->fd, path, &fd, err);
        if (r < 0 && err->code == CM_E_MALFORMED) { /* a folder ("Europe") is no zone */
                cm_err_clear(err);
                return 1;
        }
        if (r != 0)
                return r;
        r = read_all(zones, fd, ret, err);
        close(fd);
        return r;
}

int cm_zoneinfo_load(void *ctx, struct cm_sv name, struct cm_sv *ret_tzif, struct cm_err *err)
{
        struct cm_zoneinfo *zones = ctx;
        if (!is_name(name))
                return 1;
        const struct cm_sv *known = cm_map_get(&zones->zones, name);
        if (known != NULL) {
                *ret_tzif = *known;
                return 0;
        }
        if (zones->zones.count >= CM_ZONES_MAX)
                return CM_RAISE(err, CM_E_LIMIT, "more than %zu time zones (zones_max)",
                                CM_ZONES_MAX);
        struct cm_sv *bytes = CM_NEW(zones->arena, struct cm_sv);
        int r = read_zone(zones, name, bytes, err);
        if (r != 0)
                return r;
        cm_map_put(&zones->zones, cm_sv_dup(zones->arena, name), bytes);
        *ret_tzif = *bytes;
        return 0;
}
