/* SPDX-License-Identifier: Apache-2.0 */
/* Directory walk and archive walk of container.h. Not for: images (image/ has its own tar reader). */
#include "advisory/container.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/limits.h"
#include "base/vec.h"

struct walk {
        const struct cm_container *c;
        struct cm_arena *arena; /* names */
        struct cm_buf content;
        uint64_t members;
        uint64_t total_bytes;
};

static int count_member(struct walk *w, struct cm_err *err)
{
        if (++w->members > CM_FEED_MEMBERS_MAX)
                return CM_RAISE(err, CM_E_LIMIT, "more members than limit feed_members_max");
        return 0;
}

static int hand_over(struct walk *w, struct cm_sv name, struct cm_err *err)
{
        if (cm_buf_check(&w->content, "document", err) < 0)
                return cm_err_context(err, "'%s': limit feed_document_bytes_max",
                                      cm_escape(w->arena, name));
        w->total_bytes += w->content.len;
        if (w->total_bytes > CM_FEED_TOTAL_BYTES_MAX)
                return CM_RAISE(err, CM_E_LIMIT, "more bytes than limit feed_total_bytes_max");
        return w->c->member(w->c->ctx, name, cm_buf_sv(&w->content), err);
}

static int archive_failed(struct walk *w, struct archive *a, struct cm_err *err)
{
        const char *text = archive_error_string(a);
        return CM_RAISE(
                err, CM_E_MALFORMED, "archive is damaged: %s",
                cm_escape(w->arena, cm_sv_from_cstr(text == NULL ? "reading failed" : text)));
}

static int read_entry(struct walk *w, struct archive *a, struct cm_err *err)
{
        cm_buf_clear(&w->content);
        for (;;) {
                char *to = cm_buf_reserve(&w->content, CM_KIB(64));
                if (to == NULL) {
                        w->content.overflow = true;
                        return 0; /* hand_over() names the limit */
                }
                la_ssize_t n = archive_read_data(a, to, CM_KIB(64));
                if (n < 0)
                        return archive_failed(w, a, err);
                if (n == 0)
                        return 0;
                cm_buf_commit(&w->content, (size_t)n);
        }
}

/* "x.csv.gz" -> "x.csv" for files that are only compressed. */
static struct cm_sv plain_name(struct cm_sv name)
{
        static const char *const suffixes[] = { ".gz", ".zst", ".bz2", ".xz" };
        for (size_t i = 0; i < CM_ARRAY_LEN(suffixes); i++) {
                struct cm_sv s = cm_sv_from_cstr(suffixes[i]);
                if (cm_sv_has_suffix(name, s))
                        return cm_sv_slice(name, 0, name.len - s.len);
        }
        return name;
}

static int one_entry(struct walk *w, struct archive *a, struct archive_entry *entry,
                     struct cm_sv path, struct cm_err *err)
{
        int r = count_member(w, err);
        if (r < 0)
                return r;
        bool raw = archive_format(a) == ARCHIVE_FORMAT_RAW;
        const char *given = archive_entry_pathname(entry);
        struct cm_sv name = raw ? plain_name(cm_sv_base_name(path))
                                : cm_sv_from_cstr(given == NULL ? "" : given);
        if (!raw && (archive_entry_filetype(entry) != AE_IFREG || name.len == 0 ||
                     !w->c->wants(w->c->ctx, name)))
                return 0;
        name = cm_sv_dup(w->arena, name);
        r = read_entry(w, a, err);
        return r < 0 ? r : hand_over(w, name, err);
}

static int walk_entries(struct walk *w, struct archive *a, struct cm_sv path, struct cm_err *err)
{
        for (;;) {
                struct archive_entry *entry = NULL;
                int rc = archive_read_next_header(a, &entry);
                if (rc == ARCHIVE_EOF)
                        return 0;
                if (rc == ARCHIVE_RETRY)
                        continue;
                if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
                        return archive_failed(w, a, err);
                int r = one_entry(w, a, entry, path, err);
                if (r < 0)
                        return r;
                cm_arena_reset(w->arena);
        }
}

static int walk_file(struct walk *w, int fd, struct cm_sv path, struct cm_err *err)
{
        struct archive *a = archive_read_new();
        CM_ASSERT(a != NULL);
        CM_IGNORE(archive_read_support_filter_gzip(a));
        CM_IGNORE(archive_read_support_filter_zstd(a));
        CM_IGNORE(archive_read_support_filter_bzip2(a));
        CM_IGNORE(archive_read_support_filter_xz(a));
        CM_IGNORE(archive_read_support_format_tar(a));
        CM_IGNORE(archive_read_support_format_zip(a));
        CM_IGNORE(archive_read_support_format_raw(a));
        int r = 0;
        if (archive_read_open_fd(a, fd, CM_KIB(64)) != ARCHIVE_OK)
                r = archive_failed(w, a, err);
        else
                r = walk_entries(w, a, path, err);
        archive_read_free(a);
        return r;
}

static int by_name(const void *pa, const void *pb)
{
        return cm_sv_cmp(*(const struct cm_sv *)pa, *(const struct cm_sv *)pb);
}

/* Names in a directory, sorted; `fd` stays open. */
static int list_directory(int fd, struct cm_arena *arena, struct cm_sv **ret, size_t *ret_count,
                          struct cm_err *err)
{
        int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *dir = copy < 0 ? NULL : fdopendir(copy);
        if (dir == NULL) {
                int failed = errno;
                if (copy >= 0)
                        close(copy);
                return CM_RAISE_ERRNO(err, CM_E_IO, failed, "could not read directory");
        }
        CM_VEC(struct cm_sv) names = { 0 };
        for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
                struct cm_sv name = cm_sv_from_cstr(e->d_name);
                if (!cm_sv_has_prefix(name, CM_SV("."))) /* ".git", ".github" and the two dots */
                        *CM_VEC_PUSH(arena, &names) = cm_sv_printf(arena, "%s%c", e->d_name, '\0');
        }
        closedir(dir);
        if (names.count > 0)
                qsort(names.items, names.count, sizeof(*names.items), by_name);
        *ret = names.items;
        *ret_count = names.count;
        return 0;
}

static int read_plain(struct walk *w, int fd, struct cm_err *err)
{
        cm_buf_clear(&w->content);
        for (;;) {
                char *to = cm_buf_reserve(&w->content, CM_KIB(64));
                if (to == NULL) {
                        w->content.overflow = true;
                        return 0;
                }
                ssize_t n = read(fd, to, CM_KIB(64));
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not read file");
                if (n == 0)
                        return 0;
                cm_buf_commit(&w->content, (size_t)n);
        }
}

static int walk_directory(struct walk *w, int fd, struct cm_sv prefix, int depth,
                          struct cm_err *err);

static int walk_member(struct walk *w, int parent, struct cm_sv name, struct cm_sv path, int depth,
                       struct cm_err *err)
{
        struct stat st;
        int fd = openat(parent, name.ptr, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
        if (fd < 0 && errno == ELOOP)
                return 0;
        if (fd < 0 || fstat(fd, &st) < 0) {
                int failed = errno;
                if (fd >= 0)
                        close(fd);
                return CM_RAISE_ERRNO(err, CM_E_IO, failed, "could not open '%s'",
                                      cm_escape(w->arena, path));
        }
        int r = 0;
        if (S_ISDIR(st.st_mode)) {
                r = walk_directory(w, fd, path, depth + 1, err);
        } else if (S_ISREG(st.st_mode)) {
                r = count_member(w, err);
                if (r == 0 && w->c->wants(w->c->ctx, path)) {
                        r = read_plain(w, fd, err);
                        if (r == 0)
                                r = hand_over(w, path, err);
                }
        }
        close(fd);
        return r;
}

static int walk_directory(struct walk *w, int fd, struct cm_sv prefix, int depth,
                          struct cm_err *err)
{
        if (depth > CM_FEED_DIRECTORY_DEPTH_MAX)
                return CM_RAISE(err, CM_E_LIMIT,
                                "directories are nested deeper than limit "
                                "feed_directory_depth_max");
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1024));
        struct cm_sv *names = NULL;
        size_t n = 0;
        int r = list_directory(fd, arena, &names, &n, err);
        for (size_t i = 0; r == 0 && i < n; i++) {
                struct cm_sv path = cm_sv_slice(names[i], 0, names[i].len - 1);
                if (prefix.len > 0)
                        path = cm_sv_printf(arena, "%.*s/%.*s", CM_SV_ARG(prefix), CM_SV_ARG(path));
                r = walk_member(w, fd, names[i], path, depth, err);
        }
        return r;
}

int cm_container_walk(const char *path, const struct cm_container *c, struct cm_err *err)
{
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return CM_RAISE_ERRNO(err, errno == ENOENT ? CM_E_NOT_FOUND : CM_E_IO, errno,
                                      "could not open '%s'", path);
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(64));
        struct walk w = { .c = c, .arena = arena };
        cm_buf_init(&w.content, CM_FEED_DOCUMENT_BYTES_MAX);
        struct stat st = { 0 };
        int r = fstat(fd, &st) < 0 ? CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not stat file") : 0;
        if (r == 0 && S_ISDIR(st.st_mode))
                r = walk_directory(&w, fd, CM_SV(""), 0, err);
        else if (r == 0)
                r = walk_file(&w, fd, cm_sv_from_cstr(path), err);
        cm_buf_fini(&w.content);
        close(fd);
        return r < 0 ? cm_err_context(err, "reading '%s'", path) : 0;
}
