/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files: read with a limit, replace atomically; and the clocks. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/*
 * Reads an open file to its end. What is over buf's maximum is not read: ask cm_buf_check().
 * Errors: CM_E_IO ("could not read <what>").
 */
CM_MUST_CHECK int cm_file_read_fd(int fd, const char *what, struct cm_buf *ret, struct cm_err *err);
/* Returns: 0; 1 when there is no such file. Errors: CM_E_IO, CM_E_LIMIT (buf's maximum). */
CM_MUST_CHECK int cm_file_read(int dir_fd, const char *path, struct cm_buf *ret,
                               struct cm_err *err);
/* Temporary in the same directory, fsync when `durable`, rename: whole or not at all. */
CM_MUST_CHECK int cm_file_replace(int dir_fd, const char *path, struct cm_sv content, bool durable,
                                  struct cm_err *err);
/*
 * Makes a file with this content unless it is there already: whole or not at all, and of two that
 * try at once one wins. Returns: 0; 1 when it was there (and is unchanged). Errors: CM_E_IO.
 */
CM_MUST_CHECK int cm_file_create(int dir_fd, const char *path, struct cm_sv content, uint32_t mode,
                                 struct cm_err *err);
/* Makes a directory and its missing parents (mode 0755). */
CM_MUST_CHECK int cm_dir_make(const char *path, struct cm_err *err);

/*
 * A file that is written piece by piece and gets its name only when it is whole. Where the file
 * system can, it has no name before: a process that is killed leaves nothing behind.
 */
struct cm_temp {
        int dir_fd; /* borrowed */
        int fd;     /* -1 when there is none */
        char name[40];
        bool has_name;
};
CM_MUST_CHECK int cm_temp_open(int dir_fd, struct cm_temp *ret, struct cm_err *err);
/* At the end, or over bytes written before. */
CM_MUST_CHECK int cm_temp_append(struct cm_temp *temp, struct cm_sv bytes, struct cm_err *err);
CM_MUST_CHECK int cm_temp_write_at(struct cm_temp *temp, uint64_t offset_bytes, struct cm_sv bytes,
                                   struct cm_err *err);
/* Replaces the file of that name in the directory. The temporary is gone after, kept or not. */
CM_MUST_CHECK int cm_temp_keep(struct cm_temp *temp, const char *name, struct cm_err *err);
void cm_temp_drop(struct cm_temp *temp);

int64_t cm_clock_wall_s(void); /* SOURCE_DATE_EPOCH when that is set */
int64_t cm_clock_monotonic_ms(void);
