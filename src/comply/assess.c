/* SPDX-License-Identifier: Apache-2.0 */
/* See assess.h. */
#include "comply/assess.h"

#include "base/escape.h"
#include "base/vec.h"

/* What decides first comes first. */
static const enum cm_check_state order[] = { CM_CHECK_FAIL,   CM_CHECK_UNKNOWN,
                                             CM_CHECK_MANUAL, CM_CHECK_WAIVED,
                                             CM_CHECK_PASS,   CM_CHECK_NOT_APPLICABLE };

static bool deciding(const uint64_t counts[CM_CHECK_STATE_COUNT], enum cm_check_state *ret)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(order); i++) {
                if (counts[order[i]] == 0)
                        continue;
                *ret = order[i];
                return true;
        }
        return false;
}

static const struct cm_comply_answer *answer_for(const struct cm_comply_input *in, struct cm_sv row,
                                                 struct cm_sv check)
{
        for (size_t i = 0; i < in->answer_count; i++) {
                struct cm_comply_answer *a = &in->answers[i];
                if (a->is_expired || !cm_sv_eq(a->row, row) || !cm_sv_eq(a->check, check))
                        continue;
                a->is_used = true;
                return a;
        }
        return NULL;
}

static bool has_expired_answer(const struct cm_comply_input *in, struct cm_sv row)
{
        for (size_t i = 0; i < in->answer_count; i++)
                if (in->answers[i].is_expired && cm_sv_eq(in->answers[i].row, row))
                        return true;
        return false;
}

static struct cm_comply_check check_of(const struct cm_comply_input *in,
                                       const struct cm_check *check)
{
        struct cm_comply_check c = { .id = check->id,
                                     .title = check->title,
                                     .severity = check->severity,
                                     .state = CM_CHECK_UNKNOWN };
        for (size_t i = 0; i < in->outcome->tally_count; i++) {
                const struct cm_check_tally *t = &in->outcome->tallies[i];
                if (cm_sv_eq(t->check, check->id))
                        for (size_t j = 0; j < CM_CHECK_STATE_COUNT; j++)
                                c.counts[j] += t->counts[j];
        }
        if (c.counts[CM_CHECK_MANUAL] > 0) {
                const struct cm_comply_answer *a = answer_for(in, CM_SV(""), check->id);
                if (a != NULL) {
                        c.counts[a->state] += c.counts[CM_CHECK_MANUAL];
                        c.counts[CM_CHECK_MANUAL] = 0;
                }
        }
        c.has_result = deciding(c.counts, &c.state);
        return c;
}

/* A document that is damaged may hold what would fail. */
static const struct cm_check_unread *first_damaged(const struct cm_check_outcome *o)
{
        for (size_t i = 0; i < o->unread_count; i++)
                if (o->unread[i].code != CM_E_OK)
                        return &o->unread[i];
        return NULL;
}

/* The part of a row that checks decide. Returns false when no check answers it. */
static bool assess_checks(struct cm_arena *arena, const struct cm_comply_input *in,
                          struct cm_comply_row *row, enum cm_check_state *ret)
{
        uint64_t counts[CM_CHECK_STATE_COUNT] = { 0 };
        const struct cm_check_unread *damaged = first_damaged(in->outcome);
        for (size_t i = 0; i < row->check_count; i++)
                if (row->checks[i].has_result)
                        counts[row->checks[i].state]++;
        *ret = CM_CHECK_UNKNOWN;
        if (row->check_count == 0)
                return false;
        if (!deciding(counts, ret)) {
                row->reason = CM_SV("nothing that its checks look at was given");
        } else if (damaged != NULL && (*ret == CM_CHECK_PASS || *ret == CM_CHECK_NOT_APPLICABLE)) {
                *ret = CM_CHECK_UNKNOWN;
                row->reason = cm_sv_printf(arena, "'%s' could not be read",
                                           cm_escape(arena, damaged->document));
        } else if (*ret == CM_CHECK_UNKNOWN) {
                row->reason = CM_SV("a check could not decide");
        } else if (*ret == CM_CHECK_MANUAL) {
                row->reason = CM_SV("a question of a check waits for an answer");
        }
        return true;
}

static void assess_row(struct cm_arena *arena, const struct cm_comply_input *in,
                       struct cm_comply_row *row)
{
        enum cm_check_state by_checks = CM_CHECK_UNKNOWN;
        uint64_t counts[CM_CHECK_STATE_COUNT] = { 0 };
        bool has_checks = assess_checks(arena, in, row, &by_checks);
        bool asks = row->kind != CM_COMPLY_AUTOMATED || !has_checks;
        if (has_checks)
                counts[by_checks]++;
        if (asks) {
                row->answer = answer_for(in, row->id, CM_SV(""));
                if (row->answer != NULL)
                        counts[row->answer->state]++;
                else
                        counts[row->kind == CM_COMPLY_AUTOMATED ? CM_CHECK_UNKNOWN
                                                                : CM_CHECK_MANUAL]++;
        }
        CM_ASSERT(deciding(counts, &row->state));
        if (!asks || row->answer != NULL || row->reason.len > 0)
                return;
        if (has_expired_answer(in, row->id))
                row->reason = CM_SV("the answer has expired");
        else if (row->kind == CM_COMPLY_AUTOMATED)
                row->reason = CM_SV("not covered: no check answers this row yet");
        else if (row->state == CM_CHECK_MANUAL)
                row->reason = CM_SV("waits for an answer");
}

static void fill_row(struct cm_arena *arena, const struct cm_comply_input *in,
                     const struct cm_framework_row *from, struct cm_comply_row *row)
{
        const struct cm_check *const *checks = NULL;
        *row = (struct cm_comply_row){ .id = from->id,
                                       .title = from->title,
                                       .question = from->question,
                                       .wanted = from->evidence,
                                       .kind = from->kind,
                                       .severity = CM_SEVERITY_UNKNOWN };
        cm_framework_checks(arena, in->framework, from, in->checks, in->check_count, &checks,
                            &row->check_count);
        struct cm_comply_check *out = CM_NEW_ARRAY(arena, struct cm_comply_check, row->check_count);
        for (size_t i = 0; i < row->check_count; i++) {
                out[i] = check_of(in, checks[i]);
                row->severity = CM_MAX(row->severity, out[i].severity);
        }
        row->checks = out;
        if (row->check_count == 0)
                row->severity = CM_SEVERITY_MEDIUM;
        assess_row(arena, in, row);
}

void cm_comply_assess(struct cm_arena *arena, const struct cm_comply_input *in,
                      struct cm_comply_outcome *ret)
{
        const struct cm_framework *f = in->framework;
        struct cm_comply_section *sections =
                CM_NEW_ARRAY(arena, struct cm_comply_section, f->section_count);
        for (size_t i = 0; i < f->section_count; i++)
                sections[i] = (struct cm_comply_section){ f->sections[i].id, f->sections[i].title,
                                                          f->sections[i].row_first,
                                                          f->sections[i].row_count };
        struct cm_comply_row *rows = CM_NEW_ARRAY(arena, struct cm_comply_row, f->row_count);
        for (size_t i = 0; i < f->row_count; i++)
                fill_row(arena, in, &f->rows[i], &rows[i]);
        *ret = (struct cm_comply_outcome){
                .framework = f->name,
                .title = f->title,
                .version = f->version,
                .sections = sections,
                .section_count = f->section_count,
                .rows = rows,
                .row_count = f->row_count,
                .answers = in->answers,
                .answer_count = in->answer_count,
                .checked = in->outcome,
        };
}

void cm_comply_wanted(struct cm_arena *arena, const struct cm_framework *framework,
                      const struct cm_check *const *checks, size_t check_count,
                      const struct cm_sv **ret, size_t *ret_count)
{
        CM_VEC(struct cm_sv) ids = { 0 };
        bool *taken = CM_NEW_ARRAY(arena, bool, check_count);
        for (size_t i = 0; i < framework->row_count; i++) {
                const struct cm_check *const *found = NULL;
                size_t count = 0;
                cm_framework_checks(arena, framework, &framework->rows[i], checks, check_count,
                                    &found, &count);
                for (size_t j = 0; j < count; j++)
                        for (size_t k = 0; k < check_count; k++)
                                taken[k] = taken[k] || checks[k] == found[j];
        }
        for (size_t k = 0; k < check_count; k++)
                if (taken[k])
                        *CM_VEC_PUSH(arena, &ids) = checks[k]->id;
        *ret = ids.items;
        *ret_count = ids.count;
}
