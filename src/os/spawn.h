/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts a role: this same binary exec'd (never a fork that keeps everything) with one socketpair
 * as descriptor 3, an optional shared page as descriptor 4, standard input and output on
 * /dev/null, standard error kept, every other descriptor closed, a minimal environment.
 */
#pragma once

#include <sys/types.h>

#include "base/err.h"

enum {
        CM_ROLE_FD_CHANNEL = 3,
        CM_ROLE_FD_NOTE = 4
};

struct cm_child {
        pid_t pid;   /* -1 when it was reaped */
        int pid_fd;  /* readable when it ended; -1 when the kernel has none */
        int channel; /* our end of the socketpair */
};

/*
 * Input:   argv[0] is the role's name ("coaming-worker"), NULL-terminated. `note_fd` may be -1.
 *          `keep_environment` hands the environment on (fetch: proxies, TLS settings).
 * Owns:    the caller owns channel and pid_fd. The child is killed when its parent dies.
 */
CM_MUST_CHECK int cm_spawn_role(const char *const *argv, int note_fd, bool keep_environment,
                                struct cm_child *ret, struct cm_err *err);
/* Kills when asked, waits, closes pid_fd; returns the wait status. */
int cm_child_reap(struct cm_child *child, bool kill_first);
/* An anonymous file of `size` bytes in memory. */
CM_MUST_CHECK int cm_memfd(const char *name, size_t size, int *ret_fd, struct cm_err *err);
