/* SPDX-License-Identifier: Apache-2.0 */
/* Options that every command with a TARGET takes, and their way into image/scan.h. */
#pragma once

#include "cmd/command.h"
#include "image/scan.h"

/* clang-format off: one row per line */
#define CM_OPTS_TARGET                                                                       \
        { .name = "platform",                                                                \
          .kind = CM_OPT_VALUE,                                                              \
          .arg = "OS/ARCH",                                                                  \
          .help = "which image of a multi-platform one",                                     \
          .in_config = true,                                                                 \
          .heading = "Target" },                                                             \
                { .name = "image",                                                           \
                  .kind = CM_OPT_VALUE,                                                      \
                  .arg = "NAME",                                                             \
                  .help = "which image of an archive that holds several" },                  \
                { .name = "timeout",                                                         \
                  .kind = CM_OPT_VALUE,                                                      \
                  .arg = "SECONDS",                                                          \
                  .help = "give up reading after this time",                                 \
                  .otherwise = "3600",                                                       \
                  .in_config = true },                                                       \
                { .name = "threads",                                                         \
                  .kind = CM_OPT_VALUE,                                                      \
                  .arg = "N",                                                                \
                  .help = "layers read at a time (default: processors)",                     \
                  .in_config = true },                                                       \
                { .name = "cache-dir",                                                       \
                  .kind = CM_OPT_VALUE,                                                      \
                  .arg = "DIR",                                                              \
                  .help = "where layer results are kept",                                    \
                  .in_config = true },                                                       \
                { .name = "cache",                                                           \
                  .help = "keep and use layer results (--no-cache: do not)",                 \
                  .otherwise = "true",                                                       \
                  .in_config = true },                                                       \
                { .name = "docker-host",                                                     \
                  .kind = CM_OPT_VALUE,                                                      \
                  .arg = "URL",                                                              \
                  .help = "engine socket or address (default: DOCKER_HOST, usual sockets)",  \
                  .in_config = true,                                                         \
                  .heading = "Engines and registries" },                                     \
                { .name = "tls-ca",                                                          \
                  .kind = CM_OPT_VALUE,                                                      \
                  .arg = "FILE",                                                             \
                  .help = "PEM authorities to trust beside the system's",                    \
                  .in_config = true },                                                       \
                { .name = "tls-cert",                                                        \
                  .kind = CM_OPT_VALUE,                                                      \
                  .arg = "FILE",                                                             \
                  .help = "PEM client certificate",                                          \
                  .in_config = true },                                                       \
                { .name = "tls-key",                                                         \
                  .kind = CM_OPT_VALUE,                                                      \
                  .arg = "FILE",                                                             \
                  .help = "its PEM key",                                                     \
                  .in_config = true },                                                       \
                { .name = "tls-skip-verify", .help = "accept any certificate (dangerous)" }, \
                { .name = "insecure-http",                                                   \
                  .help = "registries by plain http, not only loopback" },                   \
        {                                                                                    \
                .name = "mirror", .kind = CM_OPT_LIST, .arg = "REGISTRY=URL",                \
                .help = "pulls of REGISTRY are tried at URL first", .in_config = true        \
        }
/* clang-format on */

CM_MUST_CHECK int cm_target_options(const struct cm_args *args, const char *target,
                                    struct cm_scan_options *ret, struct cm_err *err);
/* Erases the progress line, if one was shown. */
void cm_progress_end(void);
/* Whether output to a stream may be coloured: --color, NO_COLOR, FORCE_COLOR, terminal. */
bool cm_wants_color(const struct cm_args *args, int fd);
