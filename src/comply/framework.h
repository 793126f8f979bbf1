/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frameworks: what a standard, a law or a guide asks, as rows that checks and people answer. Read
 * from YAML files in checks/frameworks; the format is docs/formats/framework-file.md.
 *
 * Which checks answer a row has one source of truth per framework. `answered-by: maps`: the `maps` of
 * the checks themselves name the row. `answered-by: rows`: the row names checks, or rows of other
 * frameworks `through` which it is answered.
 */
#pragma once

#include "check/check.h"
#include "model/comply_result.h"

struct cm_framework_row {
        struct cm_sv id;
        struct cm_sv title;
        struct cm_sv question;
        struct cm_sv evidence; /* what a person must give, or "" */
        enum cm_comply_kind kind;
        const struct cm_node *checks;  /* patterns of ids, or NULL */
        const struct cm_node *through; /* "FRAMEWORK/ROW" patterns, or NULL */
        const struct cm_node *topics;  /* examples.h, or NULL */
        bool is_broad;                 /* it asks for many things, of which examples show some */
        struct cm_node_pos pos;
};

struct cm_framework_section {
        struct cm_sv id;
        struct cm_sv title;
        size_t row_first;
        size_t row_count;
};

struct cm_framework {
        struct cm_sv name; /* "cis-docker-1.6.0" */
        struct cm_sv title;
        struct cm_sv version;
        struct cm_sv url;
        struct cm_sv summary;
        struct cm_sv source; /* the file */
        bool by_maps;
        const struct cm_framework_section *sections;
        size_t section_count;
        const struct cm_framework_row *rows;
        size_t row_count;
        const struct cm_node *root;
};

/* Is this tree a framework (and no check, profile or file of examples)? */
bool cm_framework_is(const struct cm_node *root);
/*
 * Reads one framework by itself; what it says of checks is verified by cm_frameworks_verify().
 * Errors: CM_E_MALFORMED: "FILE:LINE:COLUMN: what". Owns: borrows from the tree.
 */
CM_MUST_CHECK int cm_framework_load(struct cm_arena *arena, struct cm_sv source,
                                    const struct cm_node *root, struct cm_framework *ret,
                                    struct cm_err *err);
const struct cm_framework_row *cm_framework_row_find(const struct cm_framework *f, struct cm_sv id);

/* Frameworks that may name each other's rows. */
struct cm_frameworks {
        const struct cm_framework *items;
        size_t count;
};
const struct cm_framework *cm_frameworks_find(const struct cm_frameworks *all, struct cm_sv name);

/* The checks that answer a row, in the order of `checks`. Owns: *ret in `arena`. */
void cm_framework_checks(struct cm_arena *arena, const struct cm_framework *framework,
                         const struct cm_framework_row *row, const struct cm_check *const *checks,
                         size_t check_count, const struct cm_check *const **ret, size_t *ret_count);

/*
 * Do frameworks and checks fit? Refused are: a pattern that no check has, a row that a check maps
 * or a row is answered through and that is not there, an automated row without any way to an answer,
 * a check for an organisational row.
 * Errors: CM_E_MALFORMED.
 */
CM_MUST_CHECK int cm_frameworks_verify(struct cm_arena *arena, const struct cm_frameworks *all,
                                       const struct cm_check *const *checks, size_t check_count,
                                       struct cm_err *err);
