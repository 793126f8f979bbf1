/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Check results as one HTML page: sums, a heat map of objects and severities, and per object what
 * fails, why, where and what to do. The excerpt that stands for evidence is the check's message and
 * the place that decided it; texts of documents are not copied.
 */
#include "base/time.h"
#include "report/check_format.h"
#include "report/html_page.h"
#include "report/markup.h"

enum {
        HEAT_ROWS_MAX = 500 /* more than a person looks at; the list below has all */
};

static const enum cm_severity columns[] = { CM_SEVERITY_CRITICAL, CM_SEVERITY_HIGH,
                                            CM_SEVERITY_MEDIUM, CM_SEVERITY_LOW,
                                            CM_SEVERITY_NEGLIGIBLE };

static void put_object(struct cm_buf *out, const struct cm_check_subject *s)
{
        if (s->document.len == 0) {
                cm_buf_put_str(out, "Questions to answer");
                return;
        }
        cm_markup_put_visible(out, s->kind);
        cm_buf_put_char(out, ' ');
        if (s->group.len > 0) {
                cm_markup_put_visible(out, s->group);
                cm_buf_put_char(out, '/');
        }
        cm_markup_put_visible(out, s->name);
        cm_buf_put_str(out, " <span class=\"small\">");
        cm_markup_put_visible(out, s->document);
        cm_buf_put_str(out, "</span>");
}

static void put_sums(struct cm_buf *out, const struct cm_check_report *report)
{
        const struct cm_check_outcome *o = report->outcome;
        const struct cm_check_totals t = cm_check_totals_of(o);
        cm_buf_put_str(out, "<h2>Sums</h2>\n<table id=\"sums\">\n<tr><th>severity</th>");
        for (size_t i = 0; i < CM_CHECK_STATE_COUNT; i++)
                cm_buf_printf(out, "<th class=\"n\">%s</th>",
                              cm_check_state_to_string((enum cm_check_state)i));
        cm_buf_put_str(out, "</tr>\n");
        for (size_t i = 0; i < CM_ARRAY_LEN(columns); i++) {
                cm_buf_printf(out, "<tr><th>%s</th>", cm_severity_to_string(columns[i]));
                for (size_t j = 0; j < CM_CHECK_STATE_COUNT; j++)
                        cm_buf_printf(out, "<td class=\"n\">%llu</td>",
                                      (unsigned long long)t.by_severity[columns[i]][j]);
                cm_buf_put_str(out, "</tr>\n");
        }
        cm_buf_put_str(out, "<tr><th>all</th>");
        for (size_t j = 0; j < CM_CHECK_STATE_COUNT; j++)
                cm_buf_printf(out, "<td class=\"n\">%llu</td>", (unsigned long long)t.by_state[j]);
        cm_buf_printf(out, "</tr>\n</table>\n<p>%llu documents, %llu objects, coverage %u.%u %%",
                      (unsigned long long)o->documents, (unsigned long long)o->subjects,
                      t.coverage_permille / 10, t.coverage_permille % 10);
        if (report->profile.len > 0)
                cm_buf_printf(
                        out,
                        ", <b>score %u.%u %%</b></p>\n<p class=\"small\">Score: " CM_CHECK_SCORE_FORMULA
                        ".",
                        t.score_permille / 10, t.score_permille % 10);
        cm_buf_put_str(out, "</p>\n");
}

/* What a row of the heat map counts: failures by severity, and what is not known. */
struct heat {
        uint64_t failed[CM_SEVERITY_COUNT];
        uint64_t undecided;
        uint64_t shown;
};

static struct heat heat_of(const struct cm_check_report *report, size_t from, size_t to)
{
        struct heat h = { .undecided = 0 };
        for (size_t i = from; i < to; i++) {
                const struct cm_check_result *r = &report->outcome->results[i];
                if (!cm_check_report_shows(report, r))
                        continue;
                h.shown++;
                h.failed[r->severity] += r->state == CM_CHECK_FAIL;
                h.undecided += r->state == CM_CHECK_UNKNOWN;
        }
        return h;
}

static void put_heat_map(struct cm_buf *out, const struct cm_check_report *report)
{
        const struct cm_check_outcome *o = report->outcome;
        size_t number = 0;
        size_t left_out = 0;
        cm_buf_put_str(out, "<h2>Heat map</h2>\n<table id=\"heat\">\n<tr><th>object</th>");
        for (size_t i = 0; i < CM_ARRAY_LEN(columns); i++)
                cm_buf_printf(out, "<th class=\"n\">%s</th>", cm_severity_to_string(columns[i]));
        cm_buf_put_str(out, "<th class=\"n\">unknown</th></tr>\n");
        for (size_t from = 0, to = 0; from < o->result_count; from = to, number++) {
                to = cm_check_object_end(o, from);
                const struct heat h = heat_of(report, from, to);
                if (h.shown == 0)
                        continue;
                if (number >= HEAT_ROWS_MAX) {
                        left_out++;
                        continue;
                }
                cm_buf_printf(out, "<tr><td><a href=\"#o%zu\">", number);
                put_object(out, &o->results[from].subject);
                cm_buf_put_str(out, "</a></td>");
                for (size_t i = 0; i < CM_ARRAY_LEN(columns); i++)
                        cm_html_put_heat(out, cm_severity_to_string(columns[i]),
                                         h.failed[columns[i]]);
                cm_html_put_heat(out, "unknown", h.undecided);
                cm_buf_put_str(out, "</tr>\n");
        }
        cm_buf_put_str(out, "</table>\n");
        if (left_out > 0)
                cm_buf_printf(out, "<p>%zu more objects are only in the list below.</p>\n",
                              left_out);
}

static void put_waiver(struct cm_buf *out, const struct cm_check_waiver *w)
{
        char date[CM_TIME_TEXT_BYTES];
        cm_buf_put_str(out, "<p>Waived until ");
        cm_buf_put_str(out, cm_date_format(w->expires_s, date));
        cm_buf_put_str(out, ", owner ");
        cm_markup_put_visible(out, w->owner);
        cm_buf_put_str(out, ", approved by ");
        cm_markup_put_visible(out, w->approver);
        cm_buf_put_str(out, ": ");
        cm_markup_put_visible(out, w->reason);
        cm_buf_put_str(out, "</p>\n");
}

static void put_result(struct cm_buf *out, const struct cm_check_result *r)
{
        const char *state = cm_check_state_to_string(r->state);
        const char *severity = cm_severity_to_string(r->severity);
        const char *word = r->state == CM_CHECK_FAIL ? severity : state;
        cm_buf_printf(out, "<div class=\"item %s\"", word);
        cm_html_put_item_attributes(out, r->state, r->severity, r->maps);
        cm_buf_printf(out, ">\n<p><span class=\"word\">%s</span> <code>", word);
        cm_markup_put_visible(out, r->check);
        cm_buf_put_str(out, "</code> <b>");
        cm_markup_put_visible(out, r->title);
        cm_buf_printf(out, "</b> <span class=\"small\">%s, %s", state, severity);
        if (r->change == CM_CHECK_CHANGE_NEW)
                cm_buf_put_str(out, ", new");
        cm_buf_put_str(out, "</span></p>\n");
        if (r->message.len > 0) {
                cm_buf_put_str(out, "<p class=\"evidence\">");
                cm_markup_put_visible(out, r->message);
                cm_buf_put_str(out, "</p>\n");
        }
        if (r->place.line > 0 || r->place.pointer.len > 0) {
                cm_buf_put_str(out, "<p class=\"small\"><code>");
                cm_markup_put_visible(out, r->subject.document);
                if (r->place.line > 0)
                        cm_buf_printf(out, ":%u:%u", r->place.line, r->place.column);
                cm_buf_put_char(out, ' ');
                cm_markup_put_visible(out, r->place.pointer);
                cm_buf_put_str(out, "</code></p>\n");
        }
        if (r->waiver != NULL)
                put_waiver(out, r->waiver);
        if (r->state == CM_CHECK_FAIL && r->remediation.len > 0) {
                cm_buf_put_str(out, "<p class=\"todo\">");
                cm_markup_put_visible(out, r->remediation);
                cm_buf_put_str(out, "</p>\n");
        }
        if (r->maps.len > 0) {
                cm_buf_put_str(out, "<p class=\"small todo\">");
                cm_markup_put_visible(out, cm_sv_trim(r->maps));
                cm_buf_put_str(out, "</p>\n");
        }
        cm_buf_put_str(out, "</div>\n");
}

static void put_results(struct cm_buf *out, const struct cm_check_report *report)
{
        const struct cm_check_outcome *o = report->outcome;
        size_t number = 0;
        cm_buf_put_str(out, "<h2>Results</h2>\n");
        cm_html_put_filter(out);
        for (size_t from = 0, to = 0; from < o->result_count; from = to, number++) {
                to = cm_check_object_end(o, from);
                if (heat_of(report, from, to).shown == 0)
                        continue;
                cm_buf_printf(out, "<section class=\"group\" id=\"o%zu\">\n<h3>", number);
                put_object(out, &o->results[from].subject);
                cm_buf_put_str(out, "</h3>\n");
                for (size_t i = from; i < to; i++)
                        if (cm_check_report_shows(report, &o->results[i]))
                                put_result(out, &o->results[i]);
                cm_buf_put_str(out, "</section>\n");
        }
}

static void put_notes(struct cm_buf *out, const struct cm_check_outcome *o)
{
        for (size_t i = 0; i < o->unread_count; i++) {
                cm_buf_put_str(out, "<p class=\"unread\">Not read: <code>");
                cm_markup_put_visible(out, o->unread[i].document);
                cm_buf_put_str(out, "</code>: ");
                cm_markup_put_visible(out, o->unread[i].code == CM_E_OK
                                                   ? CM_SV("no known kind of document")
                                                   : o->unread[i].reason);
                cm_buf_put_str(out, "</p>\n");
        }
        for (size_t i = 0; i < o->waiver_count; i++) {
                const struct cm_check_waiver *w = &o->waivers[i];
                if (w->used > 0)
                        continue;
                cm_buf_put_str(out,
                               w->is_expired ? "<p>Waiver expired: " : "<p>Waiver not needed: ");
                cm_markup_put_visible(out, w->check);
                cm_buf_put_str(out, ", ");
                cm_markup_put_visible(out, w->owner);
                cm_buf_put_str(out, "</p>\n");
        }
}

static void html_write(struct cm_buf *out, const struct cm_check_report *report)
{
        char now[CM_TIME_TEXT_BYTES];
        cm_html_page_begin(out, CM_SV("coaming check"));
        cm_buf_printf(out, "<p>%s, coaming " CM_VERSION, cm_time_format(report->now_s, now));
        if (report->profile.len > 0) {
                cm_buf_put_str(out, ", profile ");
                cm_markup_put_visible(out, report->profile);
        }
        cm_buf_put_str(out, "</p>\n");
        put_notes(out, report->outcome);
        put_sums(out, report);
        put_heat_map(out, report);
        put_results(out, report);
        cm_html_page_end(out);
}

extern const struct cm_check_format cm_check_format_html;
const struct cm_check_format cm_check_format_html = {
        .name = "html",
        .summary = "one page for browsers and print",
        .is_machine = true,
        .write = html_write,
};
