/* SPDX-License-Identifier: Apache-2.0 */
/* CVSS 4.0: see cvss.h. */
#include "model/cvss_internal.h"

int cm_cvss_score_v4(const struct cm_cvss_metric *metrics, size_t count, double *ret,
                     struct cm_err *err)
{
        (void)metrics;
        (void)count;
        (void)ret;
        return CM_RAISE(err, CM_E_UNSUPPORTED, "CVSS 4.0 vectors are not scored");
}
