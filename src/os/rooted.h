/* SPDX-License-Identifier: Apache-2.0 */
/* Opens below a directory that links cannot leave. Spec: openat2(2). */
#pragma once

#include "base/err.h"

/*
 * Opens a regular file below `root_fd`, read-only. ".." and absolute links that leave the root
 * fail, so do magic links. Kernels without openat2 (before 5.6) refuse every link instead.
 * Returns: 0; 1 when there is no such file.
 */
CM_MUST_CHECK int cm_root_open_file(int root_fd, const char *path, int *ret_fd, struct cm_err *err);

/*
 * Opens anything below `root_fd` as if that were "/": absolute links and ".." stay inside it, so
 * that a foreign root file system is seen as it sees itself. Magic links fail. Never blocks on a
 * FIFO. Kernels without openat2 refuse every link instead.
 *
 * Input:   `path` is relative ("etc/passwd", "." for the root); `flags` as for open(2).
 * Returns: a descriptor; -1 with errno.
 */
CM_MUST_CHECK int cm_root_open_in(int root_fd, const char *path, int flags);
