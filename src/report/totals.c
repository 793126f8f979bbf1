/* SPDX-License-Identifier: Apache-2.0 */
/* One pass over the findings, see totals.h. */
#include "report/totals.h"

struct cm_totals cm_totals_of(const struct cm_scan_result *result)
{
        struct cm_totals t = { .findings = 0 };
        for (size_t i = 0; i < result->finding_count; i++) {
                const struct cm_finding *f = &result->findings[i];
                if (f->waiver != NULL)
                        t.waived++;
                else if (!cm_finding_counts(f))
                        t.informational++;
                else {
                        t.findings++;
                        t.by_severity[f->severity]++;
                        t.fixable += f->fixed_version.len > 0;
                        t.exploited += f->facts.kev;
                }
        }
        return t;
}
