/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The `table` format of check results: what a person reads. Per document and object, what fails and
 * what is not known, with its place; then the sums and the next step.
 */
#include <stdio.h>

#include "base/escape.h"
#include "base/time.h"
#include "report/check_format.h"
#include "report/terminal.h"

static void put_subject(struct cm_buf *out, const struct cm_check_subject *s)
{
        cm_buf_put_str(out, "  ");
        cm_buf_put_escaped(out, s->kind);
        if (s->name.len > 0) {
                cm_buf_put_char(out, ' ');
                if (s->group.len > 0) {
                        cm_buf_put_escaped(out, s->group);
                        cm_buf_put_char(out, '/');
                }
                cm_buf_put_escaped(out, s->name);
        }
        cm_buf_put_char(out, '\n');
}

static void put_word(struct cm_buf *out, const struct cm_check_report *report,
                     const struct cm_check_result *r)
{
        const char *word = r->state == CM_CHECK_FAIL ? cm_severity_to_string(r->severity)
                                                     : cm_check_state_to_string(r->state);
        if (report->color)
                cm_buf_put_str(out, cm_term_color(r->state == CM_CHECK_FAIL ? r->severity
                                                                            : CM_SEVERITY_UNKNOWN));
        cm_buf_printf(out, "%-10s", word);
        if (report->color)
                cm_buf_put_str(out, CM_TERM_RESET);
}

static void put_result(struct cm_buf *out, const struct cm_check_report *report,
                       const struct cm_check_result *r)
{
        size_t width = report->wide ? CM_TERM_WIDTH_WIDE : CM_TERM_WIDTH;
        char place[32] = "";
        if (r->place.line > 0)
                snprintf(place, sizeof(place), " %u:%u", r->place.line, r->place.column);
        size_t place_len = cm_sv_from_cstr(place).len;
        cm_buf_put_str(out, "    ");
        put_word(out, report, r);
        cm_buf_put_char(out, ' ');
        cm_term_put_cell(out, r->check, 9, true);
        cm_buf_put_char(out, ' ');
        size_t indent = 4 + 10 + 1 + 9 + 1;
        size_t room = width - indent - place_len;
        if (r->change == CM_CHECK_CHANGE_NEW) {
                cm_buf_put_str(out, "new: ");
                room -= 5;
        }
        /* A question that is cut cannot be answered. */
        bool is_question = r->state == CM_CHECK_MANUAL;
        struct cm_sv text = r->message.len > 0 && !is_question ? r->message : r->title;
        cm_term_put_cell(out, text, room, place_len > 0);
        cm_buf_put_str(out, place);
        cm_buf_put_char(out, '\n');
        if (is_question)
                cm_term_put_indented(out, r->message, width, indent);
}

static bool same_subject(const struct cm_check_result *a, const struct cm_check_result *b)
{
        return a->subject.document_number == b->subject.document_number &&
               cm_sv_eq(a->subject.kind, b->subject.kind) &&
               cm_sv_eq(a->subject.name, b->subject.name) &&
               cm_sv_eq(a->subject.group, b->subject.group);
}

static void put_results(struct cm_buf *out, const struct cm_check_report *report)
{
        const struct cm_check_outcome *o = report->outcome;
        const struct cm_check_result *last = NULL;
        for (size_t i = 0; i < o->result_count; i++) {
                const struct cm_check_result *r = &o->results[i];
                if (!cm_check_report_shows(report, r))
                        continue;
                bool new_document =
                        last == NULL || !cm_sv_eq(last->subject.document, r->subject.document);
                if (new_document) {
                        if (last != NULL)
                                cm_buf_put_char(out, '\n');
                        if (r->subject.document.len > 0)
                                cm_buf_put_escaped(out, r->subject.document);
                        else
                                cm_buf_put_str(out, "Questions to answer");
                        cm_buf_put_char(out, '\n');
                }
                if (r->subject.document.len > 0 && (new_document || !same_subject(last, r)))
                        put_subject(out, &r->subject);
                put_result(out, report, r);
                last = r;
        }
        if (last != NULL)
                cm_buf_put_char(out, '\n');
}

static void put_unread(struct cm_buf *out, const struct cm_check_outcome *o)
{
        for (size_t i = 0; i < o->unread_count; i++) {
                cm_buf_put_str(out, "not read: ");
                cm_buf_put_escaped(out, o->unread[i].document);
                cm_buf_put_str(out, ": ");
                if (o->unread[i].code == CM_E_OK)
                        cm_buf_put_str(out, "no kind of document that checks know");
                else
                        cm_buf_put_escaped(out, o->unread[i].reason);
                cm_buf_put_char(out, '\n');
        }
        if (o->unread_count > 0)
                cm_buf_put_char(out, '\n');
}

static void put_idle_waivers(struct cm_buf *out, const struct cm_check_outcome *o)
{
        bool any = false;
        for (size_t i = 0; i < o->waiver_count; i++) {
                const struct cm_check_waiver *w = &o->waivers[i];
                char date[CM_TIME_TEXT_BYTES];
                if (w->used > 0)
                        continue;
                any = true;
                cm_buf_put_str(out, w->is_expired ? "waiver expired: " : "waiver not needed: ");
                cm_buf_put_escaped(out, w->check);
                cm_buf_printf(out, ", %s, ", cm_date_format(w->expires_s, date));
                cm_buf_put_escaped(out, w->owner);
                cm_buf_put_char(out, '\n');
        }
        if (any)
                cm_buf_put_char(out, '\n');
}

static void put_sums(struct cm_buf *out, const struct cm_check_report *report)
{
        const struct cm_check_totals t = cm_check_totals_of(report->outcome);
        cm_buf_printf(out, "%llu failed", (unsigned long long)t.by_state[CM_CHECK_FAIL]);
        const char *separator = " (";
        for (size_t i = CM_SEVERITY_COUNT; i-- > 0;) {
                if (t.failed_by_severity[i] == 0)
                        continue;
                cm_buf_printf(out, "%s%llu %s", separator,
                              (unsigned long long)t.failed_by_severity[i],
                              cm_severity_to_string((enum cm_severity)i));
                separator = ", ";
        }
        if (t.by_state[CM_CHECK_FAIL] > 0)
                cm_buf_put_char(out, ')');
        cm_buf_printf(out, "\n%llu unknown, %llu passed, %llu not applicable",
                      (unsigned long long)t.by_state[CM_CHECK_UNKNOWN],
                      (unsigned long long)t.by_state[CM_CHECK_PASS],
                      (unsigned long long)t.by_state[CM_CHECK_NOT_APPLICABLE]);
        if (t.by_state[CM_CHECK_MANUAL] > 0)
                cm_buf_printf(out, ", %llu to be answered",
                              (unsigned long long)t.by_state[CM_CHECK_MANUAL]);
        if (t.by_state[CM_CHECK_WAIVED] > 0)
                cm_buf_printf(out, ", %llu waived",
                              (unsigned long long)t.by_state[CM_CHECK_WAIVED]);
        cm_buf_printf(out, "\n%llu document%s, %llu object%s, coverage %u.%u %%\n",
                      (unsigned long long)report->outcome->documents,
                      report->outcome->documents == 1 ? "" : "s",
                      (unsigned long long)report->outcome->subjects,
                      report->outcome->subjects == 1 ? "" : "s", t.coverage_permille / 10,
                      t.coverage_permille % 10);
        if (report->profile.len == 0)
                return;
        cm_buf_printf(out, "score %u.%u %%: ", t.score_permille / 10, t.score_permille % 10);
        cm_term_put_wrapped(out, cm_sv_from_cstr(CM_CHECK_SCORE_FORMULA), CM_TERM_WIDTH - 15);
}

static void put_baseline(struct cm_buf *out, const struct cm_check_outcome *o)
{
        const struct cm_check_changes n = cm_check_changes_of(o);
        for (size_t i = 0; i < o->gone_count; i++) {
                cm_buf_put_str(out, "gone: ");
                cm_term_put_cell(out, o->gone[i].check, 9, true);
                cm_buf_put_char(out, ' ');
                cm_term_put_cell(out, o->gone[i].message, CM_TERM_WIDTH - 16, false);
                cm_buf_put_char(out, '\n');
        }
        cm_buf_printf(out,
                      "against the baseline: %llu new, %llu of new checks, %llu known, %zu gone\n",
                      (unsigned long long)n.by_change[CM_CHECK_CHANGE_NEW],
                      (unsigned long long)n.by_change[CM_CHECK_CHANGE_NEW_CHECK],
                      (unsigned long long)n.by_change[CM_CHECK_CHANGE_KNOWN], o->gone_count);
}

static void table_write(struct cm_buf *out, const struct cm_check_report *report)
{
        put_results(out, report);
        put_unread(out, report->outcome);
        put_idle_waivers(out, report->outcome);
        put_sums(out, report);
        if (report->outcome->has_baseline)
                put_baseline(out, report->outcome);
        for (size_t i = 0; i < report->outcome->result_count; i++) {
                const struct cm_check_result *r = &report->outcome->results[i];
                if (r->state != CM_CHECK_FAIL || !cm_check_report_shows(report, r))
                        continue;
                cm_buf_put_str(out, "Next: coaming checks show ");
                cm_buf_put_escaped(out, r->check);
                cm_buf_put_char(out, '\n');
                break;
        }
}

extern const struct cm_check_format cm_check_format_table;
const struct cm_check_format cm_check_format_table = {
        .name = "table",
        .summary = "for people",
        .write = table_write,
};
