/* SPDX-License-Identifier: Apache-2.0 */
/* See watch.h. */
#include "os/watch.h"

#include <errno.h>
#include <sys/inotify.h>
#include <unistd.h>

int cm_watch_open(int *ret_fd, struct cm_err *err)
{
        int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        if (fd < 0)
                return CM_RAISE_ERRNO(err, CM_E_ENV, errno, "could not watch for changes");
        *ret_fd = fd;
        return 0;
}

int cm_watch_directory(int fd, const char *path, struct cm_err *err)
{
        const uint32_t mask = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |
                              IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
        if (inotify_add_watch(fd, path, mask) >= 0)
                return 0;
        bool is_full = errno == ENOSPC || errno == ENOMEM;
        return CM_RAISE_ERRNO(err, is_full ? CM_E_ENV : CM_E_IO, errno, "could not watch '%.200s'",
                              path);
}

void cm_watch_drain(int fd)
{
        char events[4096];
        while (read(fd, events, sizeof(events)) > 0)
                ;
}
