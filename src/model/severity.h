/* SPDX-License-Identifier: Apache-2.0 */
/* Severity words of a finding, ordered so that a greater value is worse. */
#pragma once

#include "base/sv.h"

#define CM_SEVERITIES(X)            \
        X(UNKNOWN, "unknown")       \
        X(NEGLIGIBLE, "negligible") \
        X(LOW, "low")               \
        X(MEDIUM, "medium")         \
        X(HIGH, "high")             \
        X(CRITICAL, "critical")

enum cm_severity {
#define X(severity, name) CM_SEVERITY_##severity,
        CM_SEVERITIES(X)
#undef X
        CM_SEVERITY_COUNT
};

const char *cm_severity_to_string(enum cm_severity severity);
/* Our own words only, any case. */
bool cm_severity_from_string(struct cm_sv s, enum cm_severity *ret);
/*
 * Words of distributions and advisories too: "Important", "Moderate", "unimportant",
 * "end-of-life", "not yet assigned", ...; false when the word says nothing.
 */
bool cm_severity_from_vendor_word(struct cm_sv s, enum cm_severity *ret);
/* CVSS qualitative rating of a base score: 0 -> NEGLIGIBLE ("none"), < 4 low, < 7, < 9. */
enum cm_severity cm_severity_from_score(double score);
