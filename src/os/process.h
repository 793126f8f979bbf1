/* SPDX-License-Identifier: Apache-2.0 */
/* Other processes of this machine, as /proc shows them. Nothing is parsed but what the kernel wrote. */
#pragma once

#include <sys/types.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/sv.h"

/* Who listens on a unix socket; 0 when that cannot be seen (another PID namespace, no such socket). */
pid_t cm_process_of_socket(const char *path);
/* All processes that are seen. Owns: *ret in `arena`. Errors: CM_E_IO: there is no /proc. */
CM_MUST_CHECK int cm_process_list(struct cm_arena *arena, pid_t **ret, size_t *ret_count,
                                  struct cm_err *err);
/* Its name as the kernel keeps it, at most 15 bytes; "" when it is gone. Owns: in `arena`. */
struct cm_sv cm_process_name(struct cm_arena *arena, pid_t pid);
/*
 * A file of /proc/PID ("cmdline", "cgroup", "net/tcp").
 * Returns: 0; 1 when the process is gone. Errors: CM_E_IO (not permitted), CM_E_LIMIT.
 */
CM_MUST_CHECK int cm_process_read(pid_t pid, const char *file, struct cm_buf *ret,
                                  struct cm_err *err);
/*
 * A file at the path that the process sees: its root and working directory may be others than ours.
 * `ret_changed_s`: when it was last written. Returns: 0; 1 when there is none. Errors: CM_E_IO,
 * CM_E_LIMIT.
 */
CM_MUST_CHECK int cm_process_read_path(pid_t pid, const char *path, struct cm_buf *ret,
                                       int64_t *ret_changed_s, struct cm_err *err);
/* When it began, in seconds of the wall clock; -1 when that is not known. */
int64_t cm_process_start_s(pid_t pid);
/* The user whom it runs as, in our user namespace. Returns: false when it is gone. */
bool cm_process_user(pid_t pid, uid_t *ret);
