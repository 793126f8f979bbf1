/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Profiles: a named choice of checks with values for their parameters, read from a YAML file beside
 * the checks. The format is docs/formats/check-file.md, "Profiles".
 *
 *     profile: pss-baseline
 *     title: Pod Security Standards, level baseline
 *     tags: [kubernetes]
 *     select:
 *       - {framework: pss, rows: ["baseline*"]}
 *       - {checks: ["K8S-01*"]}
 *     params: {K8S-0103: {allowed: [CHOWN]}}
 */
#pragma once

#include "check/check.h"

/* Is this tree a profile (and not a check)? */
bool cm_check_profile_is(const struct cm_node *root);
/* Errors: CM_E_MALFORMED: "FILE:LINE:COLUMN: what". */
CM_MUST_CHECK int cm_check_profile_verify(struct cm_arena *arena, struct cm_sv source,
                                          const struct cm_node *root, struct cm_err *err);
/* Does it choose this check? */
bool cm_check_profile_selects(const struct cm_node *root, const struct cm_check *check);
/* '*' stands for any text, also none. */
bool cm_check_glob(struct cm_sv pattern, struct cm_sv text);
