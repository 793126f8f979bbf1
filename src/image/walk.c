/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Directory walk of walk.h: depth first with an explicit stack, names sorted per directory so that
 * the same tree gives the same records.
 */
#include "image/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/vec.h"
#include "codec/filecaps.h"

enum {
        DEPTH_MAX = 512,
        CHUNK = 256 << 10,
        NAMES_BYTES_MAX = 256 << 20
};

struct level {
        int fd;
        size_t path_len; /* of the directory, in walk.path */
        struct cm_arena *arena;
        CM_VEC(const char *) names;
        size_t next;
};

struct walk {
        const struct cm_walk_options *options;
        struct cm_records *records;
        struct cm_stream *stream;
        uint64_t mount_id;
        uint64_t entries;
        char path[CM_TAR_PATH_BYTES_MAX];
        char *chunk;
        struct level levels[DEPTH_MAX];
        size_t depth;
};

static int name_order(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void unreadable(struct walk *w, struct cm_sv path, const char *what, int errnum)
{
        char reason[160];
        char text[96] = "";
        snprintf(reason, sizeof(reason), "%s: %s", what, strerror_r(errnum, text, sizeof(text)));
        cm_records_put_file(w->records, path, 0);
        cm_records_put_unreadable(w->records, path, CM_SV(""), cm_sv_from_cstr(reason));
}

/* Reads all names of a directory; takes `fd`. */
static int level_push(struct walk *w, int fd, size_t path_len, struct cm_err *err)
{
        if (w->depth == DEPTH_MAX) {
                close(fd);
                return CM_RAISE(err, CM_E_LIMIT, "directories are nested deeper than %d",
                                DEPTH_MAX);
        }
        struct level *level = &w->levels[w->depth];
        *level = (struct level){ .fd = fd, .path_len = path_len };
        level->arena = cm_arena_new(NAMES_BYTES_MAX);
        int dup_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        DIR *dir = dup_fd < 0 ? NULL : fdopendir(dup_fd);
        w->depth++;
        if (dir == NULL) {
                if (dup_fd >= 0)
                        close(dup_fd);
                return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not read a directory");
        }
        for (struct dirent *e; (e = readdir(dir)) != NULL;) {
                if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
                        continue;
                struct cm_sv name = cm_sv_printf(level->arena, "%s", e->d_name);
                *CM_VEC_PUSH(level->arena, &level->names) = name.ptr;
        }
        closedir(dir);
        if (level->names.count > 1)
                qsort(level->names.items, level->names.count, sizeof(*level->names.items),
                      name_order);
        return 0;
}

static void level_pop(struct walk *w)
{
        struct level *level = &w->levels[--w->depth];
        close(level->fd);
        cm_arena_free(level->arena);
}

static int feed_file(struct walk *w, int fd, struct cm_stream_file *file, struct cm_err *err)
{
        uint64_t left = file->size_bytes;
        while (left > 0 && cm_stream_wants(w->stream)) {
                ssize_t n = read(fd, w->chunk, (size_t)CM_MIN(left, (uint64_t)CHUNK));
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0) {
                        unreadable(w, file->path, "could not read", errno);
                        break;
                }
                if (n == 0)
                        break; /* it shrank: what is there counts */
                left -= (uint64_t)n;
                int r = cm_stream_data(w->stream, cm_sv_make(w->chunk, (size_t)n), err);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int visit_file(struct walk *w, const struct level *level, const char *name,
                      struct cm_stream_file *file, struct cm_err *err)
{
        if (!cm_stream_begin(w->stream, file))
                return 0;
        int fd = -1;
        if (file->type == CM_TAR_FILE && file->size_bytes > 0) {
                fd = openat(level->fd, name,
                            O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
                if (fd < 0)
                        unreadable(w, file->path, "could not open", errno);
        }
        int r = fd < 0 ? 0 : feed_file(w, fd, file, err);
        if (fd >= 0)
                close(fd);
        return r < 0 ? r : cm_stream_end(w->stream, err);
}

static enum cm_tar_type type_of(mode_t mode)
{
        if (S_ISREG(mode))
                return CM_TAR_FILE;
        if (S_ISDIR(mode))
                return CM_TAR_DIR;
        if (S_ISLNK(mode))
                return CM_TAR_SYMLINK;
        return S_ISFIFO(mode)  ? CM_TAR_FIFO
               : S_ISCHR(mode) ? CM_TAR_CHAR
               : S_ISBLK(mode) ? CM_TAR_BLOCK
                               : CM_TAR_OTHER;
}

static bool is_vcs(const char *name)
{
        return strcmp(name, ".git") == 0 || strcmp(name, ".hg") == 0 || strcmp(name, ".svn") == 0;
}

/* Consumers may look at directories; there is nothing in them to read. */
static int visit_dir(struct walk *w, const struct level *level, const char *name,
                     const struct cm_stream_file *file, struct cm_err *err)
{
        size_t path_len = file->path.len;
        if (w->options->skip_vcs && is_vcs(name))
                return 0;
        if (cm_stream_begin(w->stream, file)) {
                int r = cm_stream_end(w->stream, err);
                if (r < 0)
                        return r;
        }
        int fd = openat(level->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0) {
                unreadable(w, cm_sv_make(w->path, path_len), "could not open directory", errno);
                return 0;
        }
        return level_push(w, fd, path_len, err);
}

/* A file system without attributes has none; what may not be read is not taken for none. */
static size_t read_caps(struct walk *w, const struct level *level, const char *name,
                        char caps[CM_FILECAPS_BYTES_MAX])
{
        int fd = openat(level->fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        ssize_t n = fd < 0 ? -1 : fgetxattr(fd, "security.capability", caps, CM_FILECAPS_BYTES_MAX);
        bool is_unknown = n < 0 && errno != ENODATA && errno != ENOTSUP && errno != ENOENT;
        if (fd >= 0)
                close(fd);
        if (is_unknown)
                cm_records_put_cut(w->records, CM_FACT_CAPABILITIES, 0);
        return n < 0 ? 0 : (size_t)n;
}

static int visit(struct walk *w, const struct level *level, const char *name, struct cm_err *err)
{
        size_t name_len = strlen(name);
        size_t at = level->path_len == 0 ? 0 : level->path_len + 1;
        if (at + name_len >= sizeof(w->path))
                return CM_RAISE(err, CM_E_LIMIT, "path is over limit tar_path_bytes_max");
        if (at > 0)
                w->path[at - 1] = '/';
        memcpy(w->path + at, name, name_len);
        struct cm_sv path = cm_sv_make(w->path, at + name_len);
        w->options->note.set(w->options->note.ctx, path);
        if (++w->entries > CM_TAR_ENTRIES_MAX)
                return CM_RAISE(err, CM_E_LIMIT, "directory is over limit tar_entries_max");
        struct statx st;
        if (statx(level->fd, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT,
                  STATX_BASIC_STATS | STATX_MNT_ID, &st) != 0) {
                if (errno != ENOENT)
                        unreadable(w, path, "could not stat", errno);
                return 0;
        }
        enum cm_tar_type type = type_of(st.stx_mode);
        char link[CM_TAR_PATH_BYTES_MAX];
        ssize_t link_len = 0;
        if (type == CM_TAR_SYMLINK)
                link_len = readlinkat(level->fd, name, link, sizeof(link));
        struct cm_stream_file file = {
                .path = path,
                .link = cm_sv_make(link, link_len < 0 ? 0 : (size_t)link_len),
                .type = type,
                .mode = (uint32_t)st.stx_mode & 07777U,
                .uid = st.stx_uid,
                .gid = st.stx_gid,
                .size_bytes = type == CM_TAR_FILE ? st.stx_size : 0,
        };
        if (type == CM_TAR_DIR)
                return st.stx_mnt_id == w->mount_id ? visit_dir(w, level, name, &file, err) : 0;
        char caps[CM_FILECAPS_BYTES_MAX];
        if (w->options->read_caps && type == CM_TAR_FILE && (file.mode & 0111U) != 0)
                file.caps = cm_sv_make(caps, read_caps(w, level, name, caps));
        return visit_file(w, level, name, &file, err);
}

static int walk_all(struct walk *w, int root_fd, struct cm_err *err)
{
        struct statx st;
        if (statx(root_fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_MNT_ID, &st) != 0 ||
            !S_ISDIR(st.stx_mode))
                return CM_RAISE(err, CM_E_IO, "scan root is not a directory");
        w->mount_id = st.stx_mnt_id; /* bind mounts of one file system differ in it, too */
        int fd = fcntl(root_fd, F_DUPFD_CLOEXEC, 0);
        if (fd < 0)
                return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not duplicate a descriptor");
        int r = level_push(w, fd, 0, err);
        while (r == 0 && w->depth > 0) {
                struct level *level = &w->levels[w->depth - 1];
                if (level->next == level->names.count) {
                        level_pop(w);
                        continue;
                }
                r = visit(w, level, level->names.items[level->next++], err);
        }
        while (w->depth > 0)
                level_pop(w);
        return r;
}

int cm_walk_dir(int root_fd, const struct cm_walk_options *options, struct cm_records *records,
                struct cm_err *err)
{
        struct walk *w = calloc(1, sizeof(*w));
        CM_ASSERT(w != NULL);
        w->options = options;
        w->records = records;
        w->chunk = malloc(CHUNK);
        CM_ASSERT(w->chunk != NULL);
        bool is_crowded = false; /* nothing is kept of a directory */
        const struct cm_stream_env env = { options->paths, records, options->capture_left,
                                           &is_crowded };
        w->stream = cm_stream_new(options->consumers, options->consumer_count, &env);
        int r = walk_all(w, root_fd, err);
        cm_stream_free(w->stream);
        free(w->chunk);
        free(w);
        return r < 0 ? r : cm_records_finish(records, err);
}
