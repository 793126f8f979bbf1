/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks a directory on disk (rootfs: or dir:) and feeds the same consumers as a layer does. Never
 * follows a link, never crosses a mount, opens only regular files.
 */
#pragma once

#include "image/consumer.h"
#include "image/layer.h"

struct cm_walk_options {
        const struct cm_consumer *const *consumers;
        size_t consumer_count;
        const struct cm_path_table *paths;
        uint64_t *capture_left;
        struct cm_layer_note note;
        bool read_caps; /* capabilities of executables, too */
        bool skip_vcs;  /* source trees: .git and the like are not looked into */
};

/*
 * Input:   `root_fd` is an open directory; it stays the caller's.
 * Returns: 0, records complete. Files and directories that cannot be opened become UNREADABLE
 *          records when somebody wanted them.
 * Errors:  CM_E_LIMIT (depth 512, tar_entries_max), CM_E_IO.
 */
CM_MUST_CHECK int cm_walk_dir(int root_fd, const struct cm_walk_options *options,
                              struct cm_records *records, struct cm_err *err);
