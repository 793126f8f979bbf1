/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where `coaming check` gets its documents: files, or something that is asked and answers with
 * documents. A source is a const descriptor in a file of its own (cmd/check_source_<name>.c) and
 * one row of check_sources.def. Documents are only carried here; the sandboxed checker reads them.
 */
#pragma once

#include "cmd/command.h"

struct cm_check_triggers;

/* Where documents go. `fd` stays the caller's and is read from its start. */
struct cm_check_document_sink {
        int (*put)(struct cm_check_document_sink *sink, const char *name, int fd,
                   struct cm_err *err);
        /* One that is no document, because of what is in it; the run goes on. Or NULL. */
        void (*unread)(struct cm_check_document_sink *sink, const char *name,
                       const struct cm_err *problem);
};

struct cm_check_source {
        const char *prefix; /* "docker:"; "" takes every target that no other row takes */
        bool is_whole;      /* the prefix is the whole target: "docker:NAME" is not this row's */
        const char *summary;
        /* `rest`: the target without the prefix. Gives out its documents in a fixed order. */
        int (*give)(const struct cm_args *args, const char *rest,
                    struct cm_check_document_sink *sink, struct cm_err *err);
        /* Says what will tell of changes (cmd/check_trigger.h). NULL: nothing does but time. */
        int (*watch)(const struct cm_args *args, const char *rest,
                     struct cm_check_triggers *triggers, struct cm_err *err);
};

/* Finds the row for the target. Errors: those of the source and of the sink. */
CM_MUST_CHECK int cm_check_source_give(const struct cm_args *args, const char *target,
                                       struct cm_check_document_sink *sink, struct cm_err *err);

/* Likewise what tells of its changes. Errors: CM_E_USAGE. */
CM_MUST_CHECK int cm_check_source_watch(const struct cm_args *args, const char *target,
                                        struct cm_check_triggers *triggers, struct cm_err *err);

/* An image or root file system, named as `coaming scan` takes it. Errors: those of
 * cm_scan(), but for content that is no image: that goes to `sink` as unread. */
CM_MUST_CHECK int cm_check_source_image_target(const struct cm_args *args, const char *target,
                                               struct cm_check_document_sink *sink,
                                               struct cm_err *err);
/* One file by its path; "-" is standard input. Errors: CM_E_IO. */
CM_MUST_CHECK int cm_check_source_file(const char *path, struct cm_check_document_sink *sink,
                                       struct cm_err *err);
/* A document that was put together in memory. Errors: CM_E_IO. */
CM_MUST_CHECK int cm_check_source_text(const char *name, struct cm_sv text,
                                       struct cm_check_document_sink *sink, struct cm_err *err);
