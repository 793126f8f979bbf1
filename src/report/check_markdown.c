/* SPDX-License-Identifier: Apache-2.0 */
/* Check results as Markdown, for a comment on a change: the sums, then what fails and is unknown. */
#include "report/check_format.h"
#include "report/markdown.h"

static void put_row(struct cm_buf *out, const struct cm_check_result *r)
{
        cm_buf_printf(out, "| %s | ",
                      r->state == CM_CHECK_FAIL ? cm_severity_to_string(r->severity)
                                                : cm_check_state_to_string(r->state));
        cm_markdown_put_cell(out, r->check);
        cm_buf_put_str(out, " | ");
        cm_markdown_put_cell(out, r->subject.kind);
        cm_buf_put_char(out, ' ');
        cm_markdown_put_cell(out, r->subject.name);
        cm_buf_put_str(out, " | ");
        cm_markdown_put_cell(out, r->message.len > 0 ? r->message : r->title);
        cm_buf_put_str(out, " | ");
        cm_markdown_put_cell(out, r->subject.document);
        if (r->place.line > 0)
                cm_buf_printf(out, ":%u", r->place.line);
        cm_buf_put_str(out, " |\n");
}

static void markdown_write(struct cm_buf *out, const struct cm_check_report *report)
{
        const struct cm_check_outcome *o = report->outcome;
        const struct cm_check_totals t = cm_check_totals_of(o);
        bool any = false;
        cm_buf_put_str(out, "## coaming check\n\n| ");
        for (size_t i = 0; i < CM_CHECK_STATE_COUNT; i++)
                cm_buf_printf(out, "%s | ", cm_check_state_to_string((enum cm_check_state)i));
        cm_buf_put_str(out, "coverage |\n| ");
        for (size_t i = 0; i <= CM_CHECK_STATE_COUNT; i++)
                cm_buf_put_str(out, "---: | ");
        cm_buf_put_str(out, "\n| ");
        for (size_t i = 0; i < CM_CHECK_STATE_COUNT; i++)
                cm_buf_printf(out, "%llu | ", (unsigned long long)t.by_state[i]);
        cm_buf_printf(out, "%u.%u %% |\n", t.coverage_permille / 10, t.coverage_permille % 10);
        if (report->profile.len > 0)
                cm_buf_printf(out, "\nScore: %u.%u %% (" CM_CHECK_SCORE_FORMULA ").\n",
                              t.score_permille / 10, t.score_permille % 10);
        for (size_t i = 0; i < o->result_count; i++) {
                const struct cm_check_result *r = &o->results[i];
                if (r->severity < report->severity && r->state != CM_CHECK_UNKNOWN)
                        continue;
                if (!any)
                        cm_buf_put_str(out, "\n| | check | object | what | where |\n"
                                            "| --- | --- | --- | --- | --- |\n");
                any = true;
                put_row(out, r);
        }
        for (size_t i = 0; i < o->unread_count; i++) {
                cm_buf_put_str(out, "\nNot read: ");
                cm_markdown_put_cell(out, o->unread[i].document);
                cm_buf_put_str(out, ": ");
                cm_markdown_put_cell(out, o->unread[i].code == CM_E_OK
                                                  ? CM_SV("no known kind of document")
                                                  : o->unread[i].reason);
                cm_buf_put_char(out, '\n');
        }
}

extern const struct cm_check_format cm_check_format_markdown;
const struct cm_check_format cm_check_format_markdown = {
        .name = "markdown",
        .summary = "for comments on a change",
        .is_machine = true,
        .write = markdown_write,
};
