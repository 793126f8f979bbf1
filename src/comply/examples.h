/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Examples: documents that violate what rows ask, and documents that satisfy it. They test the
 * mapping of checks to rows: a check that answers a row must fail where an example of the row
 * violates it, and pass where that is put right. A row names topics; a topic has examples in as many
 * kinds of document as it can be seen in. Format: docs/formats/framework-file.md, "Examples".
 */
#pragma once

#include "comply/framework.h"

struct cm_example {
        struct cm_sv topic;
        struct cm_sv base;               /* of which it is a change */
        struct cm_sv name;               /* file name, for kinds that go by it */
        const struct cm_node *violating; /* or NULL: texts */
        const struct cm_node *satisfying;
        struct cm_sv violating_text;
        struct cm_sv satisfying_text;
        const struct cm_node *params; /* check id -> name -> value, or NULL */
        size_t number;                /* within the topic, from 1 */
        struct cm_node_pos pos;
};

struct cm_examples {
        const struct cm_example *items;
        size_t count;
};

/* Is this tree a file of examples? */
bool cm_examples_is(const struct cm_node *root);
/* Reads one file; `ret` is put together by the caller from several. Errors: CM_E_MALFORMED. */
CM_MUST_CHECK int cm_examples_load(struct cm_arena *arena, struct cm_sv source,
                                   const struct cm_node *root, struct cm_examples *ret,
                                   struct cm_err *err);
/* Errors: CM_E_MALFORMED: a row names a topic that has no example. */
CM_MUST_CHECK int cm_examples_verify(struct cm_arena *arena, const struct cm_examples *examples,
                                     const struct cm_frameworks *frameworks, struct cm_err *err);
