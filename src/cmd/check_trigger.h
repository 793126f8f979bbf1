/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tells `check --watch` to look again: changes of files, events of engines, or only time. Made
 * anew before each look, so that nothing that changes during it is lost:
 *
 *     r = cm_check_triggers_arm(&triggers, args, err);
 *     ... look ...
 *     r = cm_check_triggers_wait(&triggers, args, stop_fd, err);
 *     cm_check_triggers_fini(&triggers);
 */
#pragma once

#include "base/vec.h"
#include "cmd/command.h"
#include "fetch/fetch.h"

struct cm_check_engine_events {
        struct cm_fetch *fetch;
        int fd;
};

struct cm_check_triggers {
        struct cm_arena *arena;
        int watch_fd;       /* inotify, or -1 */
        uint64_t signature; /* of all files: another one when a file is another one */
        bool is_probe;      /* only the signature is wanted */
        bool asks_again;    /* something tells nothing: time does */
        bool is_broken;     /* something should tell, and cannot now: tried again soon */
        CM_VEC(struct cm_check_engine_events) engines;
};

/*
 * For sources. A file, followed through links; a directory in which documents may appear; and a file in
 * a directory that was told already.
 */
void cm_check_trigger_file(struct cm_check_triggers *t, const char *path);
void cm_check_trigger_entry(struct cm_check_triggers *t, const char *path);
void cm_check_trigger_directory(struct cm_check_triggers *t, const char *path);
/* Events of an engine. An engine that does not answer is tried again: no error. */
void cm_check_trigger_engine(struct cm_check_triggers *t, const struct cm_fetch_options *options);

/* All targets, and the files that options name. `ret` lives in args->arena. Errors: CM_E_ENV. */
CM_MUST_CHECK int cm_check_triggers_arm(struct cm_check_triggers *ret, const struct cm_args *args,
                                        struct cm_err *err);
/*
 * Waits until something changed or --interval is over. Changes that come together are one.
 * Returns: 0; 1 when `stop_fd` became readable. Errors: CM_E_ENV.
 */
CM_MUST_CHECK int cm_check_triggers_wait(struct cm_check_triggers *t, const struct cm_args *args,
                                         int stop_fd, struct cm_err *err);
void cm_check_triggers_fini(struct cm_check_triggers *t);
