/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the text of a file to results: finds out what kind of document it is, reads it, takes its
 * subjects and evaluates the checks of a set on them. Pure; runs in the sandboxed worker.
 */
#pragma once

#include "check/evaluate.h"

struct cm_check_counts {
        size_t documents; /* of a known kind */
        size_t unknown;   /* documents of no known kind: not looked at */
        size_t subjects;
};

/*
 * Input:   `name` decides for kinds that have names ("Dockerfile"); both are borrowed and must
 *          outlive the results.
 * Errors:  CM_E_MALFORMED with line and column, CM_E_LIMIT.
 * Counts:  *counts is added to.
 */
CM_MUST_CHECK int cm_check_text(const struct cm_check_set *set, struct cm_arena *arena,
                                struct cm_sv name, struct cm_sv text, cm_check_results *results,
                                struct cm_check_counts *counts, struct cm_err *err);

/* The same for a tree that was read already. */
CM_MUST_CHECK int cm_check_document(const struct cm_check_set *set, struct cm_arena *arena,
                                    const struct cm_document *document, cm_check_results *results,
                                    struct cm_check_counts *counts, struct cm_err *err);
