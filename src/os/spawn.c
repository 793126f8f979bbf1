/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fork and exec of spawn.h. It is vfork: our memory is not copied only to be thrown away, and until the
 * exec the child runs in it, so that it makes nothing but system calls.
 */
#include "os/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static char *const minimal_environment[] = { (char[]){ "LC_ALL=C" }, NULL };

CM_NORETURN static void child_main(const char *const *argv, int channel, int note_fd, pid_t parent,
                                   bool keep_environment)
{
        /* Above the numbers they will get, so that the dup2 calls cannot overwrite each other. */
        int high = fcntl(channel, F_DUPFD, 10);
        int note = note_fd < 0 ? -1 : fcntl(note_fd, F_DUPFD, 10);
        int null = open("/dev/null", O_RDWR);
        if (high < 0 || null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 ||
            dup2(high, CM_ROLE_FD_CHANNEL) < 0)
                _exit(127);
        unsigned first_closed = CM_ROLE_FD_CHANNEL + 1;
        if (note >= 0) {
                if (dup2(note, CM_ROLE_FD_NOTE) < 0)
                        _exit(127);
                first_closed = CM_ROLE_FD_NOTE + 1;
        }
        syscall(SYS_close_range, first_closed, ~0U, 0U);
        /* The parent may have died before this took effect. */
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
                _exit(127);
        execve("/proc/self/exe", (char *const *)(uintptr_t)argv,
               keep_environment ? environ : minimal_environment);
        _exit(127);
}

int cm_spawn_role(const char *const *argv, int note_fd, bool keep_environment, struct cm_child *ret,
                  struct cm_err *err)
{
        int pair[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
                return CM_RAISE_ERRNO(err, CM_E_ENV, errno, "could not make a socketpair");
        pid_t parent = getpid();
        pid_t pid = vfork();
        if (pid < 0) {
                int saved = errno;
                close(pair[0]);
                close(pair[1]);
                return CM_RAISE_ERRNO(err, CM_E_ENV, saved, "could not start %s", argv[0]);
        }
        if (pid == 0)
                child_main(argv, pair[1], note_fd, parent, keep_environment);
        close(pair[1]);
        ret->pid = pid;
        ret->channel = pair[0];
        ret->pid_fd = (int)syscall(SYS_pidfd_open, pid, 0);
        return 0;
}

int cm_child_reap(struct cm_child *child, bool kill_first)
{
        int status = 0;
        if (child->pid > 0) {
                if (kill_first)
                        kill(child->pid, SIGKILL);
                while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
                        ;
        }
        child->pid = -1;
        if (child->pid_fd >= 0)
                close(child->pid_fd);
        child->pid_fd = -1;
        return status;
}

int cm_memfd(const char *name, size_t size, int *ret_fd, struct cm_err *err)
{
        int fd = memfd_create(name, MFD_CLOEXEC);
        if (fd < 0)
                return CM_RAISE_ERRNO(err, CM_E_ENV, errno, "could not make a memory file");
        if (size > 0 && ftruncate(fd, (off_t)size) != 0) {
                int saved = errno;
                close(fd);
                return CM_RAISE_ERRNO(err, CM_E_ENV, saved, "could not size a memory file");
        }
        *ret_fd = fd;
        return 0;
}
