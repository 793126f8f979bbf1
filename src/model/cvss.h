/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CVSS base scores computed from vectors, versions 2.0, 3.0, 3.1 and 4.0.
 * Pure. Spec: FIRST CVSS v2.0 complete guide; v3.1 specification section 7; v4.0 specification
 * section 8 with its MacroVector table.
 */
#pragma once

#include "base/err.h"
#include "base/sv.h"

enum cm_cvss_version {
        CM_CVSS_NONE,
        CM_CVSS_V2,
        CM_CVSS_V30,
        CM_CVSS_V31,
        CM_CVSS_V40
};

/*
 * Parses a vector ("CVSS:3.1/AV:N/...", "AV:N/AC:L/Au:N/..." with or without parentheses) and
 * computes its base score (v4: CVSS-B; threat and environmental metrics count when present).
 * Errors:  CM_E_MALFORMED: metric missing, repeated or with a value of another version.
 */
CM_MUST_CHECK int cm_cvss_score(struct cm_sv vector, enum cm_cvss_version *ret_version,
                                double *ret_score, struct cm_err *err);
const char *cm_cvss_version_to_string(enum cm_cvss_version version); /* "2.0", "3.1", ... */
