/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The `table` format of an audit: rows by section with their states, under each what decided it;
 * then the sums by severity, coverage and score.
 */
#include "base/escape.h"
#include "report/comply_format.h"
#include "report/terminal.h"

enum {
        STATE_COLUMNS = 8,
        ID_COLUMNS = 10,
        ID_COLUMNS_MAX = 40,
        EVIDENCE_MAX = 3 /* results shown under one check */
};

static const char *word_of(enum cm_check_state state)
{
        return state == CM_CHECK_NOT_APPLICABLE ? "n/a" : cm_check_state_to_string(state);
}

static void put_state(struct cm_buf *out, const struct cm_comply_report *report,
                      const struct cm_comply_row *row)
{
        bool colored = report->color && row->state == CM_CHECK_FAIL;
        if (colored)
                cm_buf_put_str(out, cm_term_color(row->severity));
        cm_buf_printf(out, "%-8s", word_of(row->state));
        if (colored)
                cm_buf_put_str(out, CM_TERM_RESET);
}

static size_t width_of(const struct cm_comply_report *report)
{
        return report->wide ? CM_TERM_WIDTH_WIDE : CM_TERM_WIDTH;
}

static void put_indent(struct cm_buf *out, size_t columns)
{
        cm_buf_printf(out, "%*s", (int)columns, "");
}

/* The first results that failed or could not be decided, and how many more there are. */
static void put_results(struct cm_buf *out, const struct cm_comply_report *report,
                        const struct cm_comply_check *check)
{
        size_t at = 0;
        size_t shown = 0;
        const struct cm_check_result *r = NULL;
        size_t indent = 2 + STATE_COLUMNS + 1 + ID_COLUMNS + 1;
        while (shown < EVIDENCE_MAX &&
               (r = cm_comply_next_result(report->outcome, check->id, check->state, &at)) != NULL) {
                struct cm_buf text CM_CLEANUP(cm_buf_fini);
                cm_buf_init(&text, CM_MIB(1));
                cm_buf_put_sv(&text, r->subject.name.len > 0 ? r->subject.name : r->subject.kind);
                cm_buf_put_str(&text, ": ");
                cm_buf_put_sv(&text, r->message.len > 0 ? r->message : r->title);
                put_indent(out, indent + 2);
                cm_term_put_cell(out, cm_buf_sv(&text), width_of(report) - indent - 2, false);
                cm_buf_put_char(out, '\n');
                shown++;
        }
        if (check->counts[check->state] > shown) {
                put_indent(out, indent + 2);
                cm_buf_printf(out, "and %llu more\n",
                              (unsigned long long)(check->counts[check->state] - shown));
        }
}

static void put_row(struct cm_buf *out, const struct cm_comply_report *report,
                    const struct cm_comply_row *row)
{
        size_t indent = 2 + STATE_COLUMNS + 1 + ID_COLUMNS + 1;
        cm_buf_put_str(out, "  ");
        put_state(out, report, row);
        cm_buf_put_char(out, ' ');
        size_t id = CM_MIN(CM_MAX(row->id.len, (size_t)ID_COLUMNS), (size_t)ID_COLUMNS_MAX);
        cm_term_put_cell(out, row->id, id, true);
        cm_buf_put_char(out, ' ');
        cm_term_put_cell(out, row->title, width_of(report) - indent - (id - ID_COLUMNS), false);
        cm_buf_put_char(out, '\n');
        if (row->reason.len > 0) {
                put_indent(out, indent);
                cm_term_put_cell(out, row->reason, width_of(report) - indent, false);
                cm_buf_put_char(out, '\n');
        }
        if (row->state != CM_CHECK_FAIL && row->state != CM_CHECK_UNKNOWN)
                return;
        for (size_t i = 0; i < row->check_count; i++) {
                const struct cm_comply_check *c = &row->checks[i];
                if (!c->has_result || c->state != row->state)
                        continue;
                put_indent(out, indent);
                cm_term_put_cell(out, c->id, 9, false);
                cm_buf_printf(out, " (%s)\n", cm_severity_to_string(c->severity));
                put_results(out, report, c);
        }
}

static void put_section(struct cm_buf *out, const struct cm_comply_report *report,
                        const struct cm_comply_section *s)
{
        const struct cm_comply_row *rows = report->outcome->rows + s->row_first;
        size_t id = CM_MIN(s->id.len, (size_t)ID_COLUMNS_MAX);
        cm_term_put_cell(out, s->id, id, false);
        cm_buf_put_str(out, "  ");
        cm_term_put_cell(out, s->title, width_of(report) - id - 2, false);
        cm_buf_put_char(out, '\n');
        for (size_t i = 0; i < s->row_count; i++)
                put_row(out, report, &rows[i]);
        cm_buf_put_char(out, '\n');
}

static void put_notes(struct cm_buf *out, const struct cm_comply_outcome *o)
{
        size_t before = out->len;
        for (size_t i = 0; i < o->checked->unread_count; i++) {
                const struct cm_check_unread *u = &o->checked->unread[i];
                cm_buf_put_str(out, "not read: ");
                cm_buf_put_escaped(out, u->document);
                cm_buf_put_str(out, ": ");
                cm_buf_put_escaped(out, u->code == CM_E_OK
                                                ? CM_SV("no kind of document that checks know")
                                                : u->reason);
                cm_buf_put_char(out, '\n');
        }
        for (size_t i = 0; i < o->answer_count; i++) {
                const struct cm_comply_answer *a = &o->answers[i];
                if (a->is_used)
                        continue;
                cm_buf_put_str(out, a->is_expired ? "answer expired: " : "answer not needed: ");
                cm_buf_put_escaped(out, a->row.len > 0 ? a->row : a->check);
                cm_buf_put_str(out, ", ");
                cm_buf_put_escaped(out, a->by);
                cm_buf_put_char(out, '\n');
        }
        for (size_t i = 0; i < o->checked->waiver_count; i++) {
                const struct cm_check_waiver *w = &o->checked->waivers[i];
                if (w->used > 0)
                        continue;
                cm_buf_put_str(out, w->is_expired ? "waiver expired: " : "waiver not needed: ");
                cm_buf_put_escaped(out, w->check);
                cm_buf_put_char(out, '\n');
        }
        if (out->len > before)
                cm_buf_put_char(out, '\n');
}

static void put_sums(struct cm_buf *out, const struct cm_comply_outcome *o)
{
        const struct cm_comply_totals t = cm_comply_totals_of(o);
        static const enum cm_check_state columns[] = { CM_CHECK_FAIL,   CM_CHECK_UNKNOWN,
                                                       CM_CHECK_MANUAL, CM_CHECK_WAIVED,
                                                       CM_CHECK_PASS,   CM_CHECK_NOT_APPLICABLE };
        cm_buf_put_str(out, "rows       ");
        for (size_t i = 0; i < CM_ARRAY_LEN(columns); i++)
                cm_buf_printf(out, " %8s", word_of(columns[i]));
        cm_buf_put_char(out, '\n');
        for (size_t s = CM_SEVERITY_COUNT; s-- > 0;) {
                uint64_t sum = 0;
                for (size_t i = 0; i < CM_CHECK_STATE_COUNT; i++)
                        sum += t.by_severity[s][i];
                if (sum == 0)
                        continue;
                cm_buf_printf(out, "%-11s", cm_severity_to_string((enum cm_severity)s));
                for (size_t i = 0; i < CM_ARRAY_LEN(columns); i++)
                        cm_buf_printf(out, " %8llu",
                                      (unsigned long long)t.by_severity[s][columns[i]]);
                cm_buf_put_char(out, '\n');
        }
        cm_buf_printf(out, "%-11s", "all");
        for (size_t i = 0; i < CM_ARRAY_LEN(columns); i++)
                cm_buf_printf(out, " %8llu", (unsigned long long)t.by_state[columns[i]]);
        cm_buf_printf(
                out,
                "\nautomated evidence for %llu of %zu rows, coverage %u.%u %%, score %u.%u %%\n",
                (unsigned long long)t.covered, o->row_count, t.coverage_permille / 10,
                t.coverage_permille % 10, t.score_permille / 10, t.score_permille % 10);
        cm_buf_put_str(out,
                       "coverage: decided rows of those that apply; score: weights of rows that\n"
                       "pass, of those that pass, fail, are unknown or wait for an answer\n");
}

static void table_write(struct cm_buf *out, const struct cm_comply_report *report)
{
        const struct cm_comply_outcome *o = report->outcome;
        cm_term_put_cell(out, o->title, width_of(report), false);
        cm_buf_put_str(out, "\n\n");
        for (size_t i = 0; i < o->section_count; i++)
                put_section(out, report, &o->sections[i]);
        put_notes(out, o);
        put_sums(out, o);
        for (size_t i = 0; i < o->row_count; i++) {
                if (o->rows[i].state != CM_CHECK_FAIL)
                        continue;
                cm_buf_put_str(out, "Next: coaming comply show ");
                cm_buf_put_escaped(out, o->framework);
                cm_buf_put_char(out, ' ');
                cm_buf_put_escaped(out, o->rows[i].id);
                cm_buf_put_char(out, '\n');
                break;
        }
}

extern const struct cm_comply_format cm_comply_format_table;
const struct cm_comply_format cm_comply_format_table = {
        .name = "table",
        .summary = "for people",
        .write = table_write,
};
