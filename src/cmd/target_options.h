/* SPDX-License-Identifier: Apache-2.0 */
/* Options that every command with a TARGET takes, and their way into image/scan.h. */
#pragma once

#include "cmd/command.h"
#include "image/scan.h"

#define CM_OPTS_TARGET                                                                      \
        { .name = "platform",                                                               \
          .kind = CM_OPT_VALUE,                                                             \
          .arg = "OS/ARCH",                                                                 \
          .help = "which image of a multi-platform one",                                    \
          .in_config = true,                                                                \
          .heading = "Target" },                                                            \
                { .name = "image",                                                          \
                  .kind = CM_OPT_VALUE,                                                     \
                  .arg = "NAME",                                                            \
                  .help = "which image of an archive that holds several" },                 \
                { .name = "timeout",                                                        \
                  .kind = CM_OPT_VALUE,                                                     \
                  .arg = "SECONDS",                                                         \
                  .otherwise = "3600",                                                      \
                  .help = "give up reading after this time",                                \
                  .in_config = true },                                                      \
                { .name = "threads",                                                        \
                  .kind = CM_OPT_VALUE,                                                     \
                  .arg = "N",                                                               \
                  .help = "layers read at a time (default: processors)",                    \
                  .in_config = true },                                                      \
                { .name = "cache-dir",                                                      \
                  .kind = CM_OPT_VALUE,                                                     \
                  .arg = "DIR",                                                             \
                  .help = "where layer results are kept",                                   \
                  .in_config = true },                                                      \
        {                                                                                   \
                .name = "cache", .help = "keep and use layer results (--no-cache: do not)", \
                .otherwise = "true", .in_config = true                                      \
        }

CM_MUST_CHECK int cm_target_options(const struct cm_args *args, const char *target,
                                    struct cm_scan_options *ret, struct cm_err *err);
/* Erases the progress line, if one was shown. */
void cm_progress_end(void);
/* Whether output to a stream may be coloured: --color, NO_COLOR, FORCE_COLOR, terminal. */
bool cm_wants_color(const struct cm_args *args, int fd);
