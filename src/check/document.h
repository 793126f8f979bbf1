/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a document kind is: a const descriptor in a file of its own and one row in documents.def. It
 * says whether a text is of its kind, reads it into a tree, and gives out the subjects in it: the
 * objects, normalised, that rules are about. Pure: bytes in, subjects out; runs in the sandboxed
 * worker.
 */
#pragma once

#include "check/check.h"
#include "check/locate.h"
#include "codec/node_yaml.h"

struct cm_document_kind;
struct cm_text_edit;

struct cm_document {
        struct cm_sv name; /* file name as given */
        struct cm_sv text;
        size_t number;        /* of a stream of several documents */
        size_t order;         /* of the file among those of a run, from 1; 0: it is of no file */
        struct cm_sv pointer; /* where `root` stands in the text, or "": it is all of it */
        const struct cm_node *root;
        struct cm_node_locator *locator; /* of `root` */
        bool has_no_lines;               /* of its kind */
        const struct cm_document_kind *kind;
};

/* One object. */
struct cm_subject {
        const struct cm_check_view *view;
        const struct cm_document *document;
        struct cm_sv kind;
        struct cm_sv name;
        struct cm_sv group;
        const struct cm_node *subject;
        const struct cm_node *variables[CM_CHECK_VIEW_VARIABLES_MAX]; /* as the view names them */
        struct cm_node_pos pos;                                       /* where the object begins */
        /* Why nothing is known of objects of this kind that may be there: then there is no object,
         * and every check that looks at such ones is unknown. Else "". */
        struct cm_sv unseen;
};

/* Where subjects go; they live in the arena of the run. */
struct cm_subject_sink {
        int (*put)(struct cm_subject_sink *sink, const struct cm_subject *subject,
                   struct cm_err *err);
        /* Is a subject of this view looked at? NULL: all are. For views that cost much to make. */
        bool (*wants)(struct cm_subject_sink *sink, const struct cm_check_view *view);
};

struct cm_document_kind {
        const char *name; /* "kubernetes" */
        const char *summary;
        const struct cm_check_view *const *views; /* NULL-terminated */
        enum cm_node_yaml_schema schema;          /* what its readers take a plain scalar for */
        bool has_short_tags; /* "!Ref x" is {"Ref": x}: codec/node_yaml.h, `cloudformation` */
        bool has_no_lines;   /* the program makes such documents: nobody has the text */
        /* Is a document of this name one that people write, so that it can be fixed? NULL: none is. */
        bool (*is_source)(struct cm_sv name);
        /* Makes changes in its text, all or none, when it is neither YAML nor JSON. Or NULL. */
        int (*edit)(struct cm_arena *arena, struct cm_sv text, const struct cm_text_edit *edits,
                    size_t count, struct cm_sv *ret, struct cm_err *err);
        /* Is this tree of this kind? Called only for trees. */
        bool (*is)(struct cm_sv name, const struct cm_node *root);
        /* For kinds with a syntax of their own (Dockerfile): by name and first bytes. Or NULL. */
        bool (*is_text)(struct cm_sv name, struct cm_sv head);
        int (*parse)(struct cm_arena *arena, struct cm_sv text, const struct cm_node **ret,
                     struct cm_err *err);
        /* What readers of this kind take the tree for (null members are absent ...). Or NULL. */
        const struct cm_node *(*normalise)(struct cm_arena *arena, const struct cm_node *root);
        int (*subjects)(struct cm_arena *arena, const struct cm_document *document,
                        struct cm_subject_sink *sink, struct cm_err *err);
        /* What the documents of a run are together, for subjects that need more than one: keeps
         * what it needs of each, and gives the subjects out after the last. Or NULL. */
        const struct cm_document_join_kind *join;
};

struct cm_document_join;

struct cm_document_join_kind {
        /* Everything lives in `arena`, of CM_CHECK_JOIN_BYTES_MAX and some room. */
        struct cm_document_join *(*start)(struct cm_arena *arena);
        /* Keeps copies: nothing of the document is needed later. Errors: CM_E_LIMIT. */
        int (*gather)(struct cm_document_join *join, const struct cm_document *document,
                      struct cm_err *err);
        /* The order in which documents came must not matter. */
        int (*subjects)(struct cm_document_join *join, struct cm_arena *arena,
                        struct cm_subject_sink *sink, struct cm_err *err);
};

/* All rows of documents.def, in row order. */
extern const struct cm_document_kind *const cm_document_kinds[];
extern const size_t cm_document_kinds_count;

/* The view of this name, of any kind of document; NULL when there is none. */
const struct cm_check_view *cm_check_view_find(struct cm_sv name);

/* One JSON value; of a key that stands twice the last counts. */
CM_MUST_CHECK int cm_document_read_json(struct cm_arena *arena, struct cm_sv text,
                                        const struct cm_node **ret, struct cm_err *err);
/*
 * For formats whose readers take a member that is null for one that is not there: the tree without
 * such members. What has none is shared, not copied.
 */
const struct cm_node *cm_document_without_nulls(struct cm_arena *arena, const struct cm_node *n);
