/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a role is told to try on itself by `doctor --self` and the live test: one call per forbidden
 * class, made raw so that no library gets in between.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/profile.h"

const char *const cm_sandbox_probes[] = { "open",        "create",     "socket",  "connect",
                                          "exec",        "fork",       "ptrace",  "bpf",
                                          "mount",       "kill",       "unshare", "module",
                                          "exec-memory", "raw-socket", "listen",  "keyring",
                                          "io-uring",    "process-vm", NULL };

/* What must work: threads whose heaps grow and shrink. */
static void *work(void *arg)
{
        enum {
                BLOCKS = 400,
                BLOCK_BYTES = 100000
        };
        (void)arg;
        void *blocks[BLOCKS];
        for (int round = 0; round < 3; round++) {
                for (size_t i = 0; i < BLOCKS; i++) {
                        blocks[i] = malloc(BLOCK_BYTES);
                        if (blocks[i] != NULL)
                                memset(blocks[i], round, BLOCK_BYTES);
                }
                for (size_t i = BLOCKS; i > 0; i--)
                        free(blocks[i - 1]);
        }
        return NULL;
}

static long attempt_threads(void)
{
        pthread_t threads[3];
        for (size_t i = 0; i < CM_ARRAY_LEN(threads); i++) {
                int failed = pthread_create(&threads[i], NULL, work, NULL);
                if (failed != 0) {
                        errno = failed;
                        return -1;
                }
        }
        for (size_t i = 0; i < CM_ARRAY_LEN(threads); i++)
                pthread_join(threads[i], NULL);
        return 0;
}

static long attempt(const char *name, int root_fd)
{
        if (strcmp(name, "threads") == 0)
                return attempt_threads();
        if (strcmp(name, "abort") == 0)
                abort();
        if (strcmp(name, "open") == 0)
                return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY, 0);
        if (strcmp(name, "create") == 0)
                return syscall(SYS_openat, AT_FDCWD, "/tmp/coaming-probe", O_WRONLY | O_CREAT,
                               0600);
        if (strcmp(name, "socket") == 0)
                return syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
        if (strcmp(name, "connect") == 0)
                return syscall(SYS_connect, -1, NULL, 0);
        if (strcmp(name, "exec") == 0) {
                char *const argv[] = { (char[]){ "true" }, NULL };
                return syscall(SYS_execve, "/bin/true", argv, NULL);
        }
        if (strcmp(name, "fork") == 0)
                return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
        if (strcmp(name, "ptrace") == 0)
                return syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0);
        if (strcmp(name, "bpf") == 0)
                return syscall(SYS_bpf, BPF_MAP_CREATE, NULL, 0);
        if (strcmp(name, "mount") == 0)
                return syscall(SYS_mount, "none", "/", NULL, 0, NULL);
        if (strcmp(name, "kill") == 0)
                return syscall(SYS_kill, 1, 0);
        if (strcmp(name, "exec-memory") == 0)
                return syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (strcmp(name, "unshare") == 0)
                return syscall(SYS_unshare, CLONE_NEWUSER);
        if (strcmp(name, "module") == 0)
                return syscall(SYS_init_module, NULL, 0, "");
        if (strcmp(name, "raw-socket") == 0)
                return syscall(SYS_socket, AF_PACKET, SOCK_RAW, 0);
        if (strcmp(name, "listen") == 0)
                return syscall(SYS_listen, -1, 1);
        if (strcmp(name, "keyring") == 0)
                return syscall(SYS_keyctl, 0, -3, 0, 0, 0);
        if (strcmp(name, "io-uring") == 0)
                return syscall(SYS_io_uring_setup, 1, NULL);
        if (strcmp(name, "process-vm") == 0)
                return syscall(SYS_process_vm_readv, 1, NULL, 0, NULL, 0, 0);
        if (strncmp(name, "read:", 5) == 0) /* a path of the caller's choice */
                return syscall(SYS_openat, root_fd, name + 5, O_RDONLY, 0);
        errno = EINVAL;
        return -1;
}

int cm_sandbox_probe(const char *name, int root_fd)
{
        return attempt(name, root_fd) >= 0 ? 0 : errno;
}
