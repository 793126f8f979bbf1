/* SPDX-License-Identifier: Apache-2.0 */
/* An audit as Markdown: the sums, then a table of rows for each section. */
#include "report/comply_format.h"
#include "report/markdown.h"

static void put_row(struct cm_buf *out, const struct cm_comply_row *row)
{
        cm_buf_put_str(out, "| ");
        cm_markdown_put_cell(out, row->id);
        cm_buf_printf(out, " | %s | ", cm_check_state_to_string(row->state));
        cm_markdown_put_cell(out, row->title);
        cm_buf_put_str(out, " | ");
        cm_markdown_put_cell(out, row->reason);
        const char *separator = row->reason.len > 0 ? "; " : "";
        for (size_t i = 0; i < row->check_count; i++) {
                const struct cm_comply_check *c = &row->checks[i];
                if (!c->has_result || c->state != row->state)
                        continue;
                cm_buf_put_str(out, separator);
                cm_markdown_put_cell(out, c->id);
                cm_buf_printf(out, " (%llu)", (unsigned long long)c->counts[c->state]);
                separator = ", ";
        }
        if (row->answer != NULL) {
                cm_buf_put_str(out, separator);
                cm_buf_put_str(out, "answered by ");
                cm_markdown_put_cell(out, row->answer->by);
        }
        cm_buf_put_str(out, " |\n");
}

static void markdown_write(struct cm_buf *out, const struct cm_comply_report *report)
{
        const struct cm_comply_outcome *o = report->outcome;
        const struct cm_comply_totals t = cm_comply_totals_of(o);
        cm_buf_put_str(out, "## ");
        cm_markdown_put_cell(out, o->title);
        cm_buf_put_str(out, "\n\n| ");
        for (size_t i = 0; i < CM_CHECK_STATE_COUNT; i++)
                cm_buf_printf(out, "%s | ", cm_check_state_to_string((enum cm_check_state)i));
        cm_buf_put_str(out, "coverage | score |\n| ");
        for (size_t i = 0; i < CM_CHECK_STATE_COUNT + 2; i++)
                cm_buf_put_str(out, "---: | ");
        cm_buf_put_str(out, "\n| ");
        for (size_t i = 0; i < CM_CHECK_STATE_COUNT; i++)
                cm_buf_printf(out, "%llu | ", (unsigned long long)t.by_state[i]);
        cm_buf_printf(out, "%u.%u %% | %u.%u %% |\n\nAutomated evidence for %llu of %zu rows.\n",
                      t.coverage_permille / 10, t.coverage_permille % 10, t.score_permille / 10,
                      t.score_permille % 10, (unsigned long long)t.covered, o->row_count);
        for (size_t i = 0; i < o->section_count; i++) {
                const struct cm_comply_section *s = &o->sections[i];
                cm_buf_put_str(out, "\n### ");
                cm_markdown_put_cell(out, s->id);
                cm_buf_put_char(out, ' ');
                cm_markdown_put_cell(out, s->title);
                cm_buf_put_str(out, "\n\n| row | state | what | by |\n| --- | --- | --- | --- |\n");
                for (size_t j = 0; j < s->row_count; j++)
                        put_row(out, &o->rows[s->row_first + j]);
        }
        for (size_t i = 0; i < o->checked->unread_count; i++) {
                cm_buf_put_str(out, "\nNot read: ");
                cm_markdown_put_cell(out, o->checked->unread[i].document);
                cm_buf_put_char(out, '\n');
        }
}

extern const struct cm_comply_format cm_comply_format_markdown;
const struct cm_comply_format cm_comply_format_markdown = {
        .name = "markdown",
        .summary = "for documents and comments",
        .is_machine = true,
        .write = markdown_write,
};
