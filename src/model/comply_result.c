/* SPDX-License-Identifier: Apache-2.0 */
/* Words, weights and sums of comply_result.h. */
#include "model/comply_result.h"

static const char *const kind_names[] = {
#define X(kind, name) name,
        CM_COMPLY_KINDS(X)
#undef X
};

const char *cm_comply_kind_to_string(enum cm_comply_kind kind)
{
        return kind_names[kind];
}

bool cm_comply_kind_from_string(struct cm_sv s, enum cm_comply_kind *ret)
{
        for (size_t i = 0; i < CM_COMPLY_KIND_COUNT; i++) {
                if (!cm_sv_eq(s, cm_sv_from_cstr(kind_names[i])))
                        continue;
                *ret = (enum cm_comply_kind)i;
                return true;
        }
        return false;
}

unsigned cm_comply_weight(enum cm_severity severity)
{
        static const unsigned weights[CM_SEVERITY_COUNT] = {
                [CM_SEVERITY_UNKNOWN] = 4, [CM_SEVERITY_NEGLIGIBLE] = 1,
                [CM_SEVERITY_LOW] = 2,     [CM_SEVERITY_MEDIUM] = 4,
                [CM_SEVERITY_HIGH] = 7,    [CM_SEVERITY_CRITICAL] = 10,
        };
        return weights[severity];
}

struct cm_comply_totals cm_comply_totals_of(const struct cm_comply_outcome *outcome)
{
        struct cm_comply_totals t = { .covered = 0 };
        uint64_t passed = 0;
        uint64_t weighed = 0;
        for (size_t i = 0; i < outcome->row_count; i++) {
                const struct cm_comply_row *row = &outcome->rows[i];
                t.by_state[row->state]++;
                t.by_severity[row->severity][row->state]++;
                t.covered += row->check_count > 0;
                if (row->state == CM_CHECK_NOT_APPLICABLE || row->state == CM_CHECK_WAIVED)
                        continue;
                weighed += cm_comply_weight(row->severity);
                if (row->state == CM_CHECK_PASS)
                        passed += cm_comply_weight(row->severity);
        }
        uint64_t applies = outcome->row_count - t.by_state[CM_CHECK_NOT_APPLICABLE];
        uint64_t decided = applies - t.by_state[CM_CHECK_UNKNOWN] - t.by_state[CM_CHECK_MANUAL];
        t.coverage_permille = applies == 0 ? 1000 : (unsigned)(decided * 1000 / applies);
        t.score_permille = weighed == 0 ? 0 : (unsigned)(passed * 1000 / weighed);
        return t;
}
