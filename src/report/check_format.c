/* SPDX-License-Identifier: Apache-2.0 */
/* The table made from check_formats.def, and the sums. */
#include "report/check_format.h"

#include <string.h>

#include "model/comply_result.h"

#define CM_CHECK_FORMAT(name) extern const struct cm_check_format cm_check_format_##name;
#include "report/check_formats.def"
#undef CM_CHECK_FORMAT

const struct cm_check_format *const cm_check_formats[] = {
#define CM_CHECK_FORMAT(name) &cm_check_format_##name,
#include "report/check_formats.def"
#undef CM_CHECK_FORMAT
        NULL,
};

const struct cm_check_format *cm_check_format_find(const char *name)
{
        for (const struct cm_check_format *const *f = cm_check_formats; *f != NULL; f++)
                if (strcmp((*f)->name, name) == 0)
                        return *f;
        return NULL;
}

struct cm_check_totals cm_check_totals_of(const struct cm_check_outcome *outcome)
{
        struct cm_check_totals t = { { 0 } };
        uint64_t passed = 0;
        uint64_t weighed = 0;
        for (size_t i = 0; i < outcome->tally_count; i++) {
                const struct cm_check_tally *tally = &outcome->tallies[i];
                for (size_t j = 0; j < CM_CHECK_STATE_COUNT; j++) {
                        t.by_state[j] += tally->counts[j];
                        t.by_severity[tally->severity][j] += tally->counts[j];
                        if (j == CM_CHECK_NOT_APPLICABLE || j == CM_CHECK_WAIVED)
                                continue;
                        weighed += tally->counts[j] * cm_comply_weight(tally->severity);
                }
                passed += tally->counts[CM_CHECK_PASS] * cm_comply_weight(tally->severity);
                t.failed_by_severity[tally->severity] += tally->counts[CM_CHECK_FAIL];
        }
        uint64_t decided =
                t.by_state[CM_CHECK_FAIL] + t.by_state[CM_CHECK_WAIVED] + t.by_state[CM_CHECK_PASS];
        uint64_t all = decided + t.by_state[CM_CHECK_UNKNOWN] + t.by_state[CM_CHECK_MANUAL];
        t.coverage_permille = all == 0 ? 1000 : (unsigned)(decided * 1000 / all);
        t.score_permille = weighed == 0 ? 0 : (unsigned)(passed * 1000 / weighed);
        return t;
}

bool cm_check_report_shows(const struct cm_check_report *report, const struct cm_check_result *r)
{
        return r->severity >= report->severity || r->state == CM_CHECK_UNKNOWN;
}

static bool same_object(const struct cm_check_subject *a, const struct cm_check_subject *b)
{
        return a->document_number == b->document_number && cm_sv_eq(a->document, b->document) &&
               cm_sv_eq(a->kind, b->kind) && cm_sv_eq(a->name, b->name) &&
               cm_sv_eq(a->group, b->group);
}

size_t cm_check_object_end(const struct cm_check_outcome *outcome, size_t from)
{
        const struct cm_check_result *results = outcome->results;
        size_t to = from;
        while (to < outcome->result_count &&
               same_object(&results[from].subject, &results[to].subject))
                to++;
        return to;
}
