/* SPDX-License-Identifier: Apache-2.0 */
/* openat2 with a component-walking fallback; see rooted.h. */
#include "os/rooted.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* One component after the other, none of them a link. */
static int walk_open(int root_fd, const char *path, int flags)
{
        int at = fcntl(root_fd, F_DUPFD_CLOEXEC, 0);
        char name[256];
        while (at >= 0 && *path != '\0') {
                size_t n = strcspn(path, "/");
                bool last = path[n] == '\0';
                if (n == 0 || n >= sizeof(name) || (n == 2 && memcmp(path, "..", 2) == 0)) {
                        close(at);
                        errno = EINVAL;
                        return -1;
                }
                memcpy(name, path, n);
                name[n] = '\0';
                int next = openat(at, name,
                                  O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
                                          (last ? flags : O_RDONLY | O_DIRECTORY));
                int saved = errno;
                close(at);
                errno = saved;
                at = next;
                path += last ? n : n + 1;
        }
        return at;
}

int cm_root_open_file(int root_fd, const char *path, int *ret_fd, struct cm_err *err)
{
        const struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
                                      .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
        int fd = (int)syscall(SYS_openat2, root_fd, path, &how, sizeof(how));
        if (fd < 0 && (errno == ENOSYS || errno == EPERM))
                fd = walk_open(root_fd, path, O_RDONLY);
        if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
                return 1;
        if (fd < 0)
                return CM_RAISE_ERRNO(err,
                                      errno == EXDEV || errno == ELOOP ? CM_E_MALFORMED : CM_E_IO,
                                      errno, "could not open '%.200s'", path);
        struct stat st;
        if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
                close(fd);
                return CM_RAISE(err, CM_E_MALFORMED, "'%.200s' is not a regular file", path);
        }
        *ret_fd = fd;
        return 0;
}

int cm_root_open_in(int root_fd, const char *path, int flags)
{
        int nonblock =
                (flags & O_PATH) != 0 ? 0 : O_NONBLOCK; /* openat2 refuses it beside O_PATH */
        const struct open_how how = {
                .flags = (uint64_t)(unsigned)(flags | O_CLOEXEC | nonblock),
                .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
        };
        int fd = (int)syscall(SYS_openat2, root_fd, path, &how, sizeof(how));
        if (fd < 0 && errno == ENOSYS)
                fd = strcmp(path, ".") == 0 ? openat(root_fd, path, flags | O_CLOEXEC)
                                            : walk_open(root_fd, path, flags);
        return fd;
}
