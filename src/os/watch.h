/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting until something changes in directories: inotify(7). Says only that something happened;
 * what it was is found out by looking, since a queue that ran over says nothing else either.
 */
#pragma once

#include "base/err.h"

/* Owns: *ret_fd is the caller's; it is readable when something changed. Errors: CM_E_ENV. */
CM_MUST_CHECK int cm_watch_open(int *ret_fd, struct cm_err *err);
/*
 * From now on tells of entries of the directory that are made, written, renamed, removed or change
 * their mode; not of what lies below its subdirectories. Errors: CM_E_ENV (the kernel's limit of
 * watches is used up: fs.inotify.max_user_watches), CM_E_IO.
 */
CM_MUST_CHECK int cm_watch_directory(int fd, const char *path, struct cm_err *err);
/* Forgets what happened until now. */
void cm_watch_drain(int fd);
