/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests the mapping of checks to rows by examples (examples.h): evidence that does not show what a row
 * asks is worse than none. In both directions:
 *
 *   relevance      a check that answers a row fails on at least one example that violates the row, and
 *                  passes where that is put right;
 *   completeness   each example that violates a row is failed by at least one check of the row, if any
 *                  of them looks at such documents; of rows that maps answer and that are not broad.
 *
 * A check for which no example of its rows is of a kind of document that it looks at is untested, and
 * counted. So is one that fails on no example of a broad row: a row that asks for many things, of
 * which examples show some.
 */
#pragma once

#include "comply/examples.h"

struct cm_mapping_fault {
        struct cm_sv framework;
        struct cm_sv row;
        struct cm_sv check; /* or "": an example that no check fails on */
        struct cm_sv text;
};

struct cm_mapping_counts {
        size_t proved;   /* pairs of row and check that an example proves */
        size_t wrong;    /* that examples disprove */
        size_t untested; /* for which there is no example */
        size_t asked;    /* the check is a question to a person */
        size_t bare;     /* rows for checks to answer that have no example at all */
        size_t examples; /* that some check fails on */
        size_t missed;   /* that no check fails on */
};

struct cm_mapping_faults {
        struct cm_mapping_fault *items;
        size_t count;
        size_t capacity;
};

/*
 * Of one framework. Adds to *counts; faults and, when `untested` is not NULL, what is untested go to
 * the lists.
 * Errors: CM_E_MALFORMED (an example cannot be read).
 */
CM_MUST_CHECK int cm_mapping_test(struct cm_arena *arena, const struct cm_frameworks *all,
                                  const struct cm_framework *framework,
                                  const struct cm_check *const *checks, size_t check_count,
                                  const struct cm_examples *examples,
                                  struct cm_mapping_counts *counts,
                                  struct cm_mapping_faults *faults,
                                  struct cm_mapping_faults *untested, struct cm_err *err);
