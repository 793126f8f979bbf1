/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the text of a file to results: finds out what kind of document it is, reads it, takes its
 * subjects and evaluates checks on them. Pure; runs in the sandboxed worker.
 */
#pragma once

#include "check/evaluate.h"

/* What is kept of all documents of a run, by kind; see struct cm_document_join_kind. */
struct cm_check_joins;
struct cm_check_joins *cm_check_joins_new(struct cm_arena *arena);

/* Who has the checks for a kind of document: they are loaded when the first one comes. */
struct cm_check_provider {
        struct cm_check_joins *joins; /* NULL: subjects of several documents are not given out */
        size_t document_order;        /* of the document that is read, from 1 */
        /* Returns 0 and a set that may be empty. */
        int (*get)(struct cm_check_provider *provider, const struct cm_document_kind *kind,
                   struct cm_check_set **ret, struct cm_err *err);
};

/* A provider that gives one check to every kind of document: for its tests. */
struct cm_check_alone {
        struct cm_check_provider provider; /* first */
        struct cm_check_set *set;
};
/* `check` and `settings` are borrowed; documents are joined: cm_check_joined() is due. */
void cm_check_alone_init(struct cm_check_alone *alone, struct cm_arena *arena,
                         const struct cm_check *check, const struct cm_check_settings *settings);

struct cm_check_counts {
        size_t documents; /* of a known kind */
        size_t unknown;   /* documents of no known kind: not looked at */
        size_t subjects;
};

/*
 * Input:   `name` decides for kinds that have names ("Dockerfile"); `arena` holds the document.
 * Errors:  CM_E_MALFORMED with line and column, CM_E_LIMIT.
 * Counts:  *counts is added to.
 */
CM_MUST_CHECK int cm_check_text(struct cm_check_provider *provider, struct cm_arena *arena,
                                struct cm_sv name, struct cm_sv text, struct cm_check_sink *sink,
                                struct cm_check_counts *counts, struct cm_err *err);

/* The same for a tree that was read already. */
CM_MUST_CHECK int cm_check_document(struct cm_check_provider *provider, struct cm_arena *arena,
                                    const struct cm_document *document, struct cm_check_sink *sink,
                                    struct cm_check_counts *counts, struct cm_err *err);

/* After the last document: the subjects that documents make together. Errors: those of the sink. */
CM_MUST_CHECK int cm_check_joined(struct cm_check_provider *provider, struct cm_arena *arena,
                                  struct cm_check_sink *sink, struct cm_check_counts *counts,
                                  struct cm_err *err);
