/* SPDX-License-Identifier: Apache-2.0 */
/* Where reports go: standard output, and files named by --output FORMAT=FILE. */
#pragma once

#include "base/buf.h"
#include "cmd/command.h"

/* The rows of the options that every command with a report has. */
/* clang-format off */
#define CM_OPTS_REPORT(formats)                                                                 \
        { .name = "format",                                                                     \
          .letter = 'f',                                                                        \
          .kind = CM_OPT_VALUE,                                                                 \
          .arg = "FORMAT",                                                                      \
          .otherwise = "table",                                                                 \
          .help = formats,                                                                      \
          .in_config = true },                                                                  \
                { .name = "output",                                                             \
                  .letter = 'o',                                                                \
                  .kind = CM_OPT_LIST,                                                          \
                  .arg = "FORMAT=FILE",                                                         \
                  .help = "also write a report to a file; repeatable",                          \
                  .in_config = true },                                                          \
                { .name = "json", .help = "short for --format json" },                          \
                { .name = "wide", .help = "tables of 160 columns, with more", .in_config = true }
/* clang-format on */

/* What --format says, or --json. */
const char *cm_report_format(const struct cm_args *args);

/* Writes one report with the format of a name; false: there is no such format. */
struct cm_report_writer {
        bool (*write)(void *ctx, const char *format, bool to_terminal, struct cm_buf *out);
        void *ctx;
};

/* Errors: CM_E_USAGE (no such format, no "="), CM_E_IO, CM_E_LIMIT (a report over 1 GiB). */
CM_MUST_CHECK int cm_report_output(const struct cm_args *args, const char *format,
                                   const struct cm_report_writer *writer, struct cm_err *err);
