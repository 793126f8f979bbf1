/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An audit as one HTML page: sums, a heat map of sections and states, and per row its question, what
 * decided it, what a person answered, and what failed. Texts of documents are not copied.
 */
#include "report/comply_format.h"
#include "report/html_page.h"
#include "report/markup.h"

enum {
        RESULTS_MAX = 20 /* shown under one check; the json format has all */
};

static const enum cm_check_state columns[] = { CM_CHECK_FAIL,           CM_CHECK_UNKNOWN,
                                               CM_CHECK_MANUAL,         CM_CHECK_WAIVED,
                                               CM_CHECK_NOT_APPLICABLE, CM_CHECK_PASS };

static void put_sums(struct cm_buf *out, const struct cm_comply_outcome *o)
{
        const struct cm_comply_totals t = cm_comply_totals_of(o);
        cm_buf_printf(out,
                      "<h2>Sums</h2>\n<p><b>score %u.%u %%</b>, coverage %u.%u %%, automated "
                      "evidence for %llu of %zu rows; %llu documents, %llu objects</p>\n",
                      t.score_permille / 10, t.score_permille % 10, t.coverage_permille / 10,
                      t.coverage_permille % 10, (unsigned long long)t.covered, o->row_count,
                      (unsigned long long)o->checked->documents,
                      (unsigned long long)o->checked->subjects);
        cm_buf_put_str(out, "<p class=\"small\">Score: weights of rows that pass, of those that "
                            "pass, fail, are unknown or wait for an answer; critical 10, high 7, "
                            "medium 4, low 2, negligible 1.</p>\n");
}

static void put_heat_map(struct cm_buf *out, const struct cm_comply_outcome *o)
{
        cm_buf_put_str(out, "<h2>Heat map</h2>\n<table id=\"heat\">\n<tr><th>section</th>");
        for (size_t i = 0; i < CM_ARRAY_LEN(columns); i++)
                cm_buf_printf(out, "<th class=\"n\">%s</th>", cm_check_state_to_string(columns[i]));
        cm_buf_put_str(out, "</tr>\n");
        for (size_t i = 0; i < o->section_count; i++) {
                const struct cm_comply_section *s = &o->sections[i];
                uint64_t counts[CM_CHECK_STATE_COUNT] = { 0 };
                for (size_t j = 0; j < s->row_count; j++)
                        counts[o->rows[s->row_first + j].state]++;
                cm_buf_printf(out, "<tr><td><a href=\"#s%zu\">", i);
                cm_markup_put_visible(out, s->id);
                cm_buf_put_char(out, ' ');
                cm_markup_put_visible(out, s->title);
                cm_buf_put_str(out, "</a></td>");
                /* What fails is as red as it is in reports of checks when it is critical. */
                for (size_t j = 0; j < CM_ARRAY_LEN(columns); j++)
                        cm_html_put_heat(out,
                                         columns[j] == CM_CHECK_FAIL
                                                 ? "critical"
                                                 : cm_check_state_to_string(columns[j]),
                                         counts[columns[j]]);
                cm_buf_put_str(out, "</tr>\n");
        }
        cm_buf_put_str(out, "</table>\n");
}

static void put_paragraph(struct cm_buf *out, const char *class, const char *label,
                          struct cm_sv text)
{
        if (text.len == 0)
                return;
        cm_buf_printf(out, "<p class=\"%s\">%s", class, label);
        cm_markup_put_visible(out, text);
        cm_buf_put_str(out, "</p>\n");
}

/* The first results of a check that are as the row is, and how many more there are. */
static void put_results(struct cm_buf *out, const struct cm_comply_outcome *o,
                        const struct cm_comply_check *c)
{
        size_t at = 0;
        size_t shown = 0;
        const struct cm_check_result *r = NULL;
        while (shown < RESULTS_MAX &&
               (r = cm_comply_next_result(o, c->id, c->state, &at)) != NULL) {
                cm_buf_put_str(out, "<p class=\"evidence\">");
                cm_markup_put_visible(out,
                                      r->subject.name.len > 0 ? r->subject.name : r->subject.kind);
                cm_buf_put_str(out, ": ");
                cm_markup_put_visible(out, r->message.len > 0 ? r->message : r->title);
                cm_buf_put_str(out, " <span class=\"small\"><code>");
                cm_markup_put_visible(out, r->subject.document);
                if (r->place.line > 0)
                        cm_buf_printf(out, ":%u:%u", r->place.line, r->place.column);
                cm_buf_put_str(out, "</code></span></p>\n");
                shown++;
        }
        if (c->counts[c->state] > shown)
                cm_buf_printf(out, "<p class=\"small\">and %llu more</p>\n",
                              (unsigned long long)(c->counts[c->state] - shown));
}

static void put_check(struct cm_buf *out, const struct cm_comply_outcome *o,
                      const struct cm_comply_row *row, const struct cm_comply_check *c)
{
        cm_buf_put_str(out, "<p class=\"small\"><code>");
        cm_markup_put_visible(out, c->id);
        cm_buf_put_str(out, "</code> ");
        cm_markup_put_visible(out, c->title);
        cm_buf_printf(out, ": %s</p>\n",
                      c->has_result ? cm_check_state_to_string(c->state)
                                    : "what it looks at was not given");
        if (c->has_result && c->state == row->state &&
            (row->state == CM_CHECK_FAIL || row->state == CM_CHECK_UNKNOWN))
                put_results(out, o, c);
}

static void put_answer(struct cm_buf *out, const struct cm_comply_answer *a)
{
        cm_buf_printf(out, "<p>Answered %s by ", cm_check_state_to_string(a->state));
        cm_markup_put_visible(out, a->by);
        cm_buf_put_str(out, " on ");
        cm_markup_put_visible(out, a->date);
        if (a->expires.len > 0) {
                cm_buf_put_str(out, a->is_expired ? ", expired " : ", until ");
                cm_markup_put_visible(out, a->expires);
        }
        cm_buf_put_str(out, "</p>\n");
        put_paragraph(out, "evidence", "", a->evidence);
        for (size_t i = 0; i < a->file_count; i++) {
                cm_buf_put_str(out, "<p class=\"small\"><code>");
                cm_markup_put_visible(out, a->files[i].name);
                cm_buf_put_char(out, ' ');
                cm_markup_put_visible(out, a->files[i].digest);
                cm_buf_put_str(out, "</code></p>\n");
        }
}

static void put_row(struct cm_buf *out, const struct cm_comply_outcome *o,
                    const struct cm_comply_row *row)
{
        const char *state = cm_check_state_to_string(row->state);
        const char *severity = cm_severity_to_string(row->severity);
        cm_buf_printf(out, "<div class=\"item %s\"",
                      row->state == CM_CHECK_FAIL ? severity : state);
        cm_html_put_item_attributes(out, row->state, row->severity, CM_SV(""));
        cm_buf_printf(out, ">\n<p><span class=\"word\">%s</span> <b>", state);
        cm_markup_put_visible(out, row->id);
        cm_buf_put_char(out, ' ');
        cm_markup_put_visible(out, row->title);
        cm_buf_printf(out, "</b> <span class=\"small\">%s, %s</span></p>\n",
                      cm_comply_kind_to_string(row->kind), severity);
        put_paragraph(out, "small", "", row->question);
        put_paragraph(out, "evidence", "", row->reason);
        if (row->answer == NULL)
                put_paragraph(out, "small", "Evidence to give: ", row->wanted);
        else
                put_answer(out, row->answer);
        for (size_t i = 0; i < row->check_count; i++)
                put_check(out, o, row, &row->checks[i]);
        cm_buf_put_str(out, "</div>\n");
}

static void html_write(struct cm_buf *out, const struct cm_comply_report *report)
{
        const struct cm_comply_outcome *o = report->outcome;
        cm_html_page_begin(out, o->title);
        cm_buf_put_str(out, "<p>");
        cm_markup_put_visible(out, o->framework);
        cm_buf_put_str(out, ", version ");
        cm_markup_put_visible(out, o->version);
        cm_buf_put_str(out, ", coaming " CM_VERSION "</p>\n");
        for (size_t i = 0; i < o->checked->unread_count; i++)
                put_paragraph(out, "unread", "Not read: ", o->checked->unread[i].document);
        put_sums(out, o);
        put_heat_map(out, o);
        cm_buf_put_str(out, "<h2>Rows</h2>\n");
        cm_html_put_filter(out);
        for (size_t i = 0; i < o->section_count; i++) {
                const struct cm_comply_section *s = &o->sections[i];
                cm_buf_printf(out, "<section class=\"group\" id=\"s%zu\">\n<h3>", i);
                cm_markup_put_visible(out, s->id);
                cm_buf_put_char(out, ' ');
                cm_markup_put_visible(out, s->title);
                cm_buf_put_str(out, "</h3>\n");
                for (size_t j = 0; j < s->row_count; j++)
                        put_row(out, o, &o->rows[s->row_first + j]);
                cm_buf_put_str(out, "</section>\n");
        }
        cm_html_page_end(out);
}

extern const struct cm_comply_format cm_comply_format_html;
const struct cm_comply_format cm_comply_format_html = {
        .name = "html",
        .summary = "one page for browsers and print",
        .is_machine = true,
        .write = html_write,
};
