/* SPDX-License-Identifier: Apache-2.0 */
/* Taken-apart vectors, shared by cvss.c and cvss4.c. */
#pragma once

#include "model/cvss.h"

enum {
        CM_CVSS_METRICS_MAX = 40
};

struct cm_cvss_metric {
        struct cm_sv key;
        struct cm_sv value;
};

/* Is the view this short text? Metric keys are compared by the thousand. */
static inline bool cm_cvss_is(struct cm_sv s, const char *text)
{
        for (size_t i = 0; i < s.len; i++)
                if (text[i] != s.ptr[i] || text[i] == '\0')
                        return false;
        return text[s.len] == '\0';
}

/* "AV:N/AC:L/...". Errors: CM_E_MALFORMED. */
CM_MUST_CHECK int cm_cvss_metrics(struct cm_sv text, struct cm_cvss_metric *metrics, size_t max,
                                  size_t *ret_count, struct cm_err *err);
/* The one-letter value of a metric, or NUL when it is absent or not among `allowed`. */
char cm_cvss_get(const struct cm_cvss_metric *metrics, size_t count, const char *key,
                 const char *allowed);
CM_MUST_CHECK int cm_cvss_score_v4(const struct cm_cvss_metric *metrics, size_t count, double *ret,
                                   struct cm_err *err);
