/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files: read with a limit, replace atomically; and the clocks. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/* Returns: 0; 1 when there is no such file. Errors: CM_E_IO, CM_E_LIMIT (buf's maximum). */
CM_MUST_CHECK int cm_file_read(int dir_fd, const char *path, struct cm_buf *ret,
                               struct cm_err *err);
/* Temporary in the same directory, fsync when `durable`, rename: whole or not at all. */
CM_MUST_CHECK int cm_file_replace(int dir_fd, const char *path, struct cm_sv content, bool durable,
                                  struct cm_err *err);
/* Makes a directory and its missing parents (mode 0755). */
CM_MUST_CHECK int cm_dir_make(const char *path, struct cm_err *err);

int64_t cm_clock_wall_s(void); /* SOURCE_DATE_EPOCH when that is set */
int64_t cm_clock_monotonic_ms(void);
