/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of `coaming comply` share: frameworks and checks at hand. */
#pragma once

#include "cmd/check_run.h"
#include "cmd/command.h"
#include "comply/framework.h"

struct cm_comply_context {
        struct cm_frameworks frameworks;
        const struct cm_check *const *checks;
        size_t check_count;
        struct cm_check_library *library;
};

/* The built-in frameworks and checks, and the checks of `files`. Errors: CM_E_USAGE, CM_E_MALFORMED. */
CM_MUST_CHECK int cm_comply_open(const struct cm_args *args, const char *const *files, size_t count,
                                 struct cm_comply_context *ret, struct cm_err *err);
/* A built-in framework by its name, or one of a file. Errors: CM_E_USAGE, CM_E_MALFORMED. */
CM_MUST_CHECK int cm_comply_framework(const struct cm_args *args, struct cm_comply_context *context,
                                      const char *name, const struct cm_framework **ret,
                                      struct cm_err *err);

/* Everything of one audit. */
struct cm_comply_audit {
        const struct cm_args *args;
        struct cm_arena *arena;
        struct cm_comply_context context;
        const struct cm_framework *framework;
        struct cm_check_waiver *waivers;
        size_t waiver_count;
        struct cm_sv waivers_text;
        struct cm_comply_answer *answers;
        size_t answer_count;
        struct cm_sv answers_text;
        struct cm_check_kept_list kept;
        struct cm_check_outcome checked;
        struct cm_comply_outcome outcome;
};

/* Writes an evidence archive. Errors: CM_E_IO, CM_E_LIMIT. */
CM_MUST_CHECK int cm_comply_evidence_write(const struct cm_comply_audit *audit, const char *path,
                                           struct cm_err *err);

extern const struct cm_cmd cm_cmd_comply_list;
extern const struct cm_cmd cm_cmd_comply_show;
extern const struct cm_cmd cm_cmd_comply_test;
extern const struct cm_cmd cm_cmd_comply_verify;
extern const struct cm_cmd cm_cmd_comply_diff;
extern const struct cm_cmd cm_cmd_comply_history;
