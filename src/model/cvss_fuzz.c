/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a vector is refused with an error, or has a score from 0 to 10 in whole tenths. */
#include <math.h>

#include "model/cvss.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_err err = CM_ERR_INIT;
        enum cm_cvss_version version = CM_CVSS_NONE;
        double score = -1;
        int r = cm_cvss_score(cm_sv_make(data, size), &version, &score, &err);
        CM_ASSERT(r == 0 ? version != CM_CVSS_NONE && score >= 0.0 && score <= 10.0
                         : err.code == CM_E_MALFORMED);
        CM_ASSERT(r != 0 || fabs(score * 10.0 - round(score * 10.0)) < 1e-6);
        return 0;
}
