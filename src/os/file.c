/* SPDX-License-Identifier: Apache-2.0 */
/* File helpers and clocks of file.h. */
#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int cm_file_read_fd(int fd, const char *what, struct cm_buf *ret, struct cm_err *err)
{
        ssize_t n = 0;
        do {
                char *p = cm_buf_reserve(ret, CM_KIB(64));
                if (p == NULL) {
                        /* The last piece may be smaller than a whole chunk. */
                        size_t room = ret->bytes_max - ret->len;
                        p = room > 0 ? cm_buf_reserve(ret, room) : NULL;
                        n = p == NULL ? read(fd, (char[1]){ 0 }, 1) : read(fd, p, room);
                        if (p == NULL && n == 0)
                                ret->overflow = false;
                        if (p == NULL)
                                break;
                        ret->overflow = false;
                } else {
                        n = read(fd, p, CM_KIB(64));
                }
                if (n > 0)
                        cm_buf_commit(ret, (size_t)n);
        } while (n > 0 || (n < 0 && errno == EINTR));
        return n < 0 ? CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not read %s", what) : 0;
}

int cm_file_read(int dir_fd, const char *path, struct cm_buf *ret, struct cm_err *err)
{
        int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC);
        if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
                return 1;
        if (fd < 0)
                return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not open '%.200s'", path);
        char what[256];
        snprintf(what, sizeof(what), "'%.200s'", path);
        int r = cm_file_read_fd(fd, what, ret, err);
        close(fd);
        return r < 0 ? r : cm_buf_check(ret, path, err);
}

static int write_all(int fd, struct cm_sv content)
{
        while (content.len > 0) {
                ssize_t n = write(fd, content.ptr, content.len);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -1;
                content = cm_sv_skip(content, (size_t)n);
        }
        return 0;
}

/* `path` with a random ending: nobody else uses it. */
static int random_name(const char *path, char *ret, size_t size, struct cm_err *err)
{
        uint64_t random = 0;
        if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random))
                return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not get random bytes");
        int n = snprintf(ret, size, "%s.%016llx.tmp", path, (unsigned long long)random);
        if (n < 0 || (size_t)n >= size)
                return CM_RAISE(err, CM_E_IO, "file name '%.200s' is too long", path);
        return 0;
}

int cm_file_replace(int dir_fd, const char *path, struct cm_sv content, bool durable,
                    struct cm_err *err)
{
        char temporary[512];
        int r = random_name(path, temporary, sizeof(temporary), err);
        if (r < 0)
                return r;
        int fd = openat(dir_fd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        if (fd < 0)
                return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not create '%.200s'", temporary);
        int saved = 0;
        if (write_all(fd, content) != 0 || (durable && fsync(fd) != 0))
                saved = errno;
        if (close(fd) != 0 && saved == 0)
                saved = errno;
        if (saved == 0 && renameat(dir_fd, temporary, dir_fd, path) != 0)
                saved = errno;
        if (saved != 0) {
                unlinkat(dir_fd, temporary, 0);
                return CM_RAISE_ERRNO(err, CM_E_IO, saved, "could not write '%.200s'", path);
        }
        if (durable && dir_fd >= 0)
                fsync(dir_fd);
        return 0;
}

int cm_file_create(int dir_fd, const char *path, struct cm_sv content, uint32_t mode,
                   struct cm_err *err)
{
        char temporary[512];
        int r = random_name(path, temporary, sizeof(temporary), err);
        if (r < 0)
                return r;
        int fd = openat(dir_fd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
        if (fd < 0)
                return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not create '%.200s'", temporary);
        int saved = write_all(fd, content) != 0 ? errno : 0;
        if (close(fd) != 0 && saved == 0)
                saved = errno;
        /* A link, other than a rename, does not replace what another process made meanwhile. */
        if (saved == 0 && linkat(dir_fd, temporary, dir_fd, path, 0) != 0)
                saved = errno;
        /* Not every file system has links. */
        if ((saved == EPERM || saved == EOPNOTSUPP) &&
            renameat2(dir_fd, temporary, dir_fd, path, RENAME_NOREPLACE) == 0)
                saved = 0;
        unlinkat(dir_fd, temporary, 0);
        if (saved == EEXIST)
                return 1;
        if (saved != 0)
                return CM_RAISE_ERRNO(err, CM_E_IO, saved, "could not write '%.200s'", path);
        return 0;
}

int cm_temp_open(int dir_fd, struct cm_temp *ret, struct cm_err *err)
{
        struct cm_temp temp = { .dir_fd = dir_fd };
        int r = random_name("t", temp.name, sizeof(temp.name), err);
        if (r < 0)
                return r;
        temp.fd = openat(dir_fd, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0644);
        if (temp.fd < 0) { /* not every file system has O_TMPFILE */
                temp.fd = openat(dir_fd, temp.name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
                temp.has_name = temp.fd >= 0;
        }
        if (temp.fd < 0)
                return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not create a temporary file");
        *ret = temp;
        return 0;
}

int cm_temp_append(struct cm_temp *temp, struct cm_sv bytes, struct cm_err *err)
{
        if (write_all(temp->fd, bytes) != 0)
                return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not write a temporary file");
        return 0;
}

int cm_temp_write_at(struct cm_temp *temp, uint64_t offset_bytes, struct cm_sv bytes,
                     struct cm_err *err)
{
        ssize_t n = pwrite(temp->fd, bytes.ptr, bytes.len, (off_t)offset_bytes);
        if (n < 0 || (size_t)n != bytes.len)
                return CM_RAISE_ERRNO(err, CM_E_IO, n < 0 ? errno : ENOSPC,
                                      "could not write a temporary file");
        return 0;
}

static int give_name(struct cm_temp *temp)
{
        char self[64];
        snprintf(self, sizeof(self), "/proc/self/fd/%d", temp->fd);
        if (!temp->has_name &&
            linkat(AT_FDCWD, self, temp->dir_fd, temp->name, AT_SYMLINK_FOLLOW) != 0)
                return errno;
        temp->has_name = true;
        return 0;
}

int cm_temp_keep(struct cm_temp *temp, const char *name, struct cm_err *err)
{
        int saved = give_name(temp);
        int closed = close(temp->fd);
        temp->fd = -1;
        if (saved == 0 && closed != 0)
                saved = errno;
        if (saved == 0 && renameat(temp->dir_fd, temp->name, temp->dir_fd, name) != 0)
                saved = errno;
        if (saved == 0)
                return 0;
        cm_temp_drop(temp);
        return CM_RAISE_ERRNO(err, CM_E_IO, saved, "could not write '%.200s'", name);
}

void cm_temp_drop(struct cm_temp *temp)
{
        if (temp->fd >= 0)
                close(temp->fd);
        temp->fd = -1;
        if (temp->has_name)
                unlinkat(temp->dir_fd, temp->name, 0);
        temp->has_name = false;
}

int cm_dir_make(const char *path, struct cm_err *err)
{
        char partial[4096];
        size_t len = strlen(path);
        if (len >= sizeof(partial))
                return CM_RAISE(err, CM_E_IO, "directory name is too long");
        for (size_t i = 1; i <= len; i++) {
                if (path[i] != '/' && path[i] != '\0')
                        continue;
                memcpy(partial, path, i);
                partial[i] = '\0';
                if (mkdir(partial, 0755) != 0 && errno != EEXIST)
                        return CM_RAISE_ERRNO(err, CM_E_IO, errno,
                                              "could not make directory '%.200s'", partial);
        }
        return 0;
}

int64_t cm_clock_wall_s(void)
{
        const char *fixed = getenv("SOURCE_DATE_EPOCH");
        struct cm_err ignored = CM_ERR_INIT;
        int64_t v = 0;
        if (fixed != NULL &&
            cm_parse_i64(cm_sv_from_cstr(fixed), 0, INT64_MAX / 2, &v, &ignored) == 0)
                return v;
        return (int64_t)time(NULL);
}

int64_t cm_clock_monotonic_ms(void)
{
        struct timespec ts;
        clock_gettime(CLOCK_MONOTONIC, &ts);
        return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}
