/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `helm template` prints, by the templates it came from: helm writes "# Source: CHART/PATH"
 * under the "---" of each document. Pure; charts decide what is in it.
 *
 * Parts are in the order in which their templates appear first. The documents of one template are
 * one part, with "---" between them. What stands before the first such comment, when it is more than
 * blanks, is a part without a name.
 */
#pragma once

#include "base/arena.h"
#include "base/sv.h"

struct cm_helm_part {
        struct cm_sv name; /* below the chart: "templates/x.yaml", "charts/db/templates/y.yaml" */
        struct cm_sv text;
};

/* Errors: CM_E_LIMIT (more than CM_HELM_PARTS_MAX). Owns: parts live in `arena`. */
enum {
        CM_HELM_PARTS_MAX = 20000
};
CM_MUST_CHECK int cm_helm_output_split(struct cm_arena *arena, struct cm_sv text,
                                       const struct cm_helm_part **ret, size_t *ret_count,
                                       struct cm_err *err);
