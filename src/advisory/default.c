/* SPDX-License-Identifier: Apache-2.0 */
/* Search, choice and unpacking of default.h. */
#include "advisory/default.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "advisory/db.h"
#include "advisory/pack.h"
#include "base/vec.h"

static const char *cstr(struct cm_arena *arena, struct cm_sv s)
{
        return cm_sv_printf(arena, "%.*s%c", CM_SV_ARG(s), '\0').ptr;
}

/* Beside an installed program PREFIX/bin/coaming, or beside build/coaming of a source tree. */
static struct cm_sv share_dir_of(struct cm_arena *arena)
{
        static const char *const places[] = { "../share/coaming", "../share" };
        char exe[PATH_MAX];
        ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe));
        struct cm_sv dir;
        struct cm_sv base;
        if (n <= 0 || !cm_sv_cut_last(cm_sv_make(exe, (size_t)n), '/', &dir, &base))
                return CM_SV("");
        for (size_t i = 0; i < CM_ARRAY_LEN(places); i++) {
                struct cm_sv at = cm_sv_printf(arena, "%.*s/%s", CM_SV_ARG(dir), places[i]);
                const char *probe = cstr(
                        arena, cm_sv_printf(arena, "%.*s/coaming-default.db.zst", CM_SV_ARG(at)));
                if (access(probe, R_OK) == 0)
                        return at;
        }
        return CM_SV("");
}

static struct cm_sv env(const char *name)
{
        return cm_sv_from_cstr(getenv(name));
}

void cm_db_places_load(struct cm_arena *arena, struct cm_db_places *ret)
{
        struct cm_sv xdg = env("XDG_CACHE_HOME");
        struct cm_sv home = env("HOME");
        *ret = (struct cm_db_places){
                .db_dir = env("COAMING_DB_DIR"),
                .share_dir = share_dir_of(arena),
                .cache_dir = CM_SV(""),
        };
        if (ret->db_dir.len == 0)
                ret->db_dir = CM_SV("/var/lib/coaming/db");
        /* The XDG specification tells to ignore relative paths. */
        if (xdg.len > 0 && xdg.ptr[0] == '/')
                ret->cache_dir = cm_sv_printf(arena, "%.*s/coaming", CM_SV_ARG(xdg));
        else if (home.len > 0 && home.ptr[0] == '/')
                ret->cache_dir = cm_sv_printf(arena, "%.*s/.cache/coaming", CM_SV_ARG(home));
        else if (geteuid() == 0)
                ret->cache_dir = CM_SV("/var/cache/coaming");
}

struct candidate {
        const char *path;
        struct cm_sv name;
        int64_t newest_s;
        bool packed;
        struct cm_db_pack_head head;
};

struct find {
        struct cm_arena *arena;
        const struct cm_db_places *places;
        CM_VEC(struct candidate) list;
        CM_VEC(const char *) paths;
};

/* Keeps one of each name: the newer; the first found (installed) of equals. */
static void consider(struct find *f, const struct candidate *c)
{
        for (size_t i = 0; i < f->list.count; i++) {
                struct candidate *known = &f->list.items[i];
                if (!cm_sv_eq(known->name, c->name))
                        continue;
                if (c->newest_s > known->newest_s)
                        *known = *c;
                return;
        }
        *CM_VEC_PUSH(f->arena, &f->list) = *c;
}

static int consider_file(struct find *f, const char *path, struct cm_err *err)
{
        struct candidate c = { .path = path };
        struct cm_db *db CM_CLEANUP(cm_db_closep)
        = NULL;
        int r = cm_db_open(path, &db, err);
        if (r < 0)
                return r;
        c.name = cm_sv_dup(f->arena, cm_db_info(db)->name);
        c.newest_s = cm_db_info(db)->newest_s;
        consider(f, &c);
        return 0;
}

static int consider_packed(struct find *f, const char *path, struct cm_err *err)
{
        struct candidate c = { .path = path, .packed = true };
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not open '%s'", path);
        int r = cm_db_pack_read_head(f->arena, fd, &c.head, err);
        close(fd);
        if (r < 0)
                return cm_err_context(err, "'%s'", path);
        c.name = c.head.name;
        c.newest_s = c.head.newest_s;
        consider(f, &c);
        return 0;
}

static int by_name(const void *pa, const void *pb)
{
        return cm_sv_cmp(*(const struct cm_sv *)pa, *(const struct cm_sv *)pb);
}

static int scan_dir(struct find *f, struct cm_sv dir, const char *suffix,
                    int (*take)(struct find *f, const char *path, struct cm_err *err),
                    struct cm_err *err)
{
        if (dir.len == 0)
                return 0;
        DIR *d = opendir(cstr(f->arena, dir));
        if (d == NULL)
                return errno == ENOENT || errno == ENOTDIR || errno == EACCES
                               ? 0
                               : CM_RAISE_ERRNO(err, CM_E_IO, errno,
                                                "could not read directory of databases");
        CM_VEC(struct cm_sv) names = { 0 };
        for (struct dirent *e = readdir(d); e != NULL; e = readdir(d))
                if (cm_sv_has_suffix(cm_sv_from_cstr(e->d_name), cm_sv_from_cstr(suffix)))
                        *CM_VEC_PUSH(f->arena, &names) =
                                cm_sv_dup(f->arena, cm_sv_from_cstr(e->d_name));
        closedir(d);
        if (names.count > 0)
                qsort(names.items, names.count, sizeof(*names.items), by_name);
        int r = 0;
        for (size_t i = 0; r == 0 && i < names.count; i++)
                r = take(f,
                         cstr(f->arena, cm_sv_printf(f->arena, "%.*s/%.*s", CM_SV_ARG(dir),
                                                     CM_SV_ARG(names.items[i]))),
                         err);
        return r;
}

/* A time in the past that says "this copy is as it was unpacked". */
static time_t stamp_of(const struct cm_db_pack_head *head)
{
        time_t stamp = 0;
        for (size_t i = 7; i < 14; i++)
                stamp = stamp * 16 + cm_hex_value(head->digest.ptr[i]);
        return 1000000000 + stamp;
}

/* Returns: 1 when the cached copy can be used, 0 when it must be made. */
static int cached_is_good(int dir, const char *name, const struct cm_db_pack_head *head)
{
        struct stat st;
        int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0)
                return 0;
        struct cm_err err = CM_ERR_INIT;
        bool good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
                    (uint64_t)st.st_size == head->size_bytes &&
                    (st.st_mtim.tv_sec == stamp_of(head) || cm_db_pack_verify(fd, head, &err) == 0);
        close(fd);
        return good;
}

static int unpack_to(const struct candidate *c, int out, struct cm_err *err)
{
        int in = open(c->path, O_RDONLY | O_CLOEXEC);
        if (in < 0)
                return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not open '%s'", c->path);
        int r = cm_db_unpack(in, &c->head, out, err);
        close(in);
        return r < 0 ? cm_err_context(err, "unpacking '%s'", c->path) : 0;
}

static int make_cached(struct find *f, int dir, const char *name, const struct candidate *c,
                       struct cm_err *err)
{
        const char *temp = cstr(f->arena, cm_sv_printf(f->arena, "%s.new.%d", name, (int)getpid()));
        CM_IGNORE(unlinkat(dir, temp, 0));
        int out = openat(dir, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (out < 0)
                return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not write to the cache");
        int r = unpack_to(c, out, err);
        const struct timespec times[2] = { { .tv_sec = stamp_of(&c->head) },
                                           { .tv_sec = stamp_of(&c->head) } };
        if (r == 0 && (futimens(out, times) < 0 || fsync(out) < 0))
                r = CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not sync the cache");
        close(out);
        if (r == 0 && renameat(dir, temp, dir, name) < 0)
                r = CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not rename in the cache");
        if (r < 0)
                CM_IGNORE(unlinkat(dir, temp, 0));
        return r;
}

static void make_parents(struct cm_arena *arena, struct cm_sv dir)
{
        for (size_t i = 1; i <= dir.len; i++)
                if (i == dir.len || dir.ptr[i] == '/')
                        CM_IGNORE(mkdir(cstr(arena, cm_sv_slice(dir, 0, i)), 0700));
}

/* Our own directory, or -1: a cache in a place that others can write is none. */
static int open_cache(struct find *f)
{
        struct cm_sv dir = f->places->cache_dir;
        struct stat st;
        if (dir.len == 0)
                return -1;
        make_parents(f->arena, dir);
        int fd = open(cstr(f->arena, dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return -1;
        if (fstat(fd, &st) < 0 || st.st_uid != geteuid() || (st.st_mode & 022) != 0) {
                close(fd);
                return -1;
        }
        return fd;
}

/* Returns: 1 with the path; 0 when there is no cache to write to. */
static int from_cache(struct find *f, const struct candidate *c, const char **ret,
                      struct cm_err *err)
{
        int dir = open_cache(f);
        if (dir < 0)
                return 0;
        struct cm_sv hex = cm_sv_skip(c->head.digest, 7);
        struct cm_sv name = cm_sv_printf(f->arena, "db-%.*s.db%c", CM_SV_ARG(hex), '\0');
        int r = 0;
        if (!cached_is_good(dir, name.ptr, &c->head)) {
                CM_IGNORE(flock(dir, LOCK_EX)); /* released when `dir` is closed */
                if (!cached_is_good(dir, name.ptr, &c->head))
                        r = make_cached(f, dir, name.ptr, c, err);
        }
        close(dir);
        if (r < 0 && err->code == CM_E_IO) {
                cm_err_clear(err); /* read-only or full: a memory file does */
                return 0;
        }
        if (r < 0)
                return r;
        *ret = cstr(f->arena,
                    cm_sv_printf(f->arena, "%.*s/%s", CM_SV_ARG(f->places->cache_dir), name.ptr));
        return 1;
}

static void close_fd(void *ctx)
{
        close((int)(intptr_t)ctx);
}

static int from_memory(struct find *f, const struct candidate *c, const char **ret,
                       struct cm_err *err)
{
        int fd = memfd_create("coaming-db", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        if (fd < 0)
                return CM_RAISE_ERRNO(err, CM_E_ENV, errno, "could not make a memory file");
        cm_arena_on_free(f->arena, close_fd, (void *)(intptr_t)fd);
        int r = unpack_to(c, fd, err);
        if (r < 0)
                return r;
        CM_IGNORE(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW));
        *ret = cstr(f->arena, cm_sv_printf(f->arena, "/proc/self/fd/%d", fd));
        return 0;
}

static int path_of(struct find *f, const struct candidate *c, struct cm_err *err)
{
        const char *path = c->path;
        int r = 0;
        if (c->packed) {
                r = from_cache(f, c, &path, err);
                if (r == 0)
                        r = from_memory(f, c, &path, err);
        }
        if (r >= 0)
                *CM_VEC_PUSH(f->arena, &f->paths) = path;
        return r < 0 ? r : 0;
}

int cm_db_default_find(struct cm_arena *arena, const struct cm_db_places *places,
                       const char *const **ret, size_t *ret_count, struct cm_err *err)
{
        struct find f = { .arena = arena, .places = places };
        int r = scan_dir(&f, places->db_dir, ".db", consider_file, err);
        if (r == 0)
                r = scan_dir(&f, places->share_dir, ".db.zst", consider_packed, err);
        for (size_t i = 0; r == 0 && i < f.list.count; i++)
                r = path_of(&f, &f.list.items[i], err);
        if (r < 0)
                return r;
        if (f.paths.count == 0)
                return CM_RAISE(err, CM_E_NOT_FOUND,
                                "no advisory database is installed: name one with --db FILE");
        *ret = f.paths.items;
        *ret_count = f.paths.count;
        return 0;
}
