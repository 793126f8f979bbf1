/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming check --watch`: looks again whenever something changed, and says only what differs. */
#pragma once

#include "cmd/command.h"
#include "model/check_result.h"

/* clang-format off */
#define CM_OPTS_WATCH                                                                           \
        { .name = "watch",                                                                      \
          .help = "stay, look again when something changes, and say what differs",              \
          .heading = "Watching" },                                                              \
                { .name = "interval",                                                           \
                  .kind = CM_OPT_VALUE,                                                         \
                  .arg = "SECONDS",                                                             \
                  .otherwise = "60",                                                            \
                  .help = "how often to look at what tells of no changes",                      \
                  .in_config = true }
/* clang-format on */

struct cm_check_watch {
        /* Judges all targets once. The outcome lives in args->arena. */
        int (*judge)(void *ctx, const struct cm_args *args, struct cm_check_outcome *ret,
                     struct cm_err *err);
        /* What to exit with after such an outcome. */
        int (*status)(void *ctx, const struct cm_args *args,
                      const struct cm_check_outcome *outcome);
        /* The first look as a report; NULL: its results are changes, too. */
        int (*report)(void *ctx, const struct cm_args *args, struct cm_check_outcome *outcome,
                      struct cm_err *err);
        void *ctx;
        bool json; /* a JSON object a line, schema/check-change-v1.json, instead of text */
};

/*
 * Until SIGINT or SIGTERM. The first look must work; later ones that do not are told on standard
 * error and tried again. Returns: the exit status, that of the last look that worked.
 */
int cm_check_watch(const struct cm_args *args, const struct cm_check_watch *watch);
