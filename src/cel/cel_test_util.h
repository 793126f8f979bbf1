/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of the engine: an expression over a small document, in text out. */
#pragma once

#include "cel/value.h"
#include "tests/harness.h"

/* "doc" is {"spec": {"name": "web", "replicas": 3, "ratio": 0.5, "on": true, "none": null},
 * "list": [1, 2, 3]}; "gone" is unavailable. */
struct cm_cel_test {
        struct cm_arena *arena;
        const struct cm_cel_program *program;
        struct cm_cel_run run;
        struct cm_cel_value value;
        struct cm_cel_fault fault;
        struct cm_err err;
        int result; /* of parse, then of evaluation */
};

/* Fills *t; frees nothing: a test is a process of its own. */
void cm_cel_test_run(struct cm_cel_test *t, const char *text, uint64_t cost_max, size_t bytes_max);
/* The value as JSON, "error LINE:COLUMN TEXT", "refused LINE:COLUMN TEXT" or "limit". */
struct cm_sv cm_cel_test_text(const char *text);

#define CM_CHECK_CEL(text, want) CM_CHECK_SV(cm_cel_test_text(text), want)
