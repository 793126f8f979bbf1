/* SPDX-License-Identifier: Apache-2.0 */
/* The sums that every report states, so that formats cannot disagree on what counts. */
#pragma once

#include "model/finding.h"

struct cm_totals {
        /* Of findings that count, see cm_finding_counts(): */
        size_t findings;
        size_t by_severity[CM_SEVERITY_COUNT];
        size_t fixable;
        size_t exploited;
        /* Of the others: */
        size_t waived;
        size_t informational;
};

struct cm_totals cm_totals_of(const struct cm_scan_result *result);
