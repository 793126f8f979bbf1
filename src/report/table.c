/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The `table` format: what a person reads. Grouped per package, worst first, 80 columns unless
 * `wide`; then what was not covered, totals, age of the data and the next step.
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/escape.h"
#include "base/map.h"
#include "base/time.h"
#include "report/format.h"
#include "report/terminal.h"
#include "report/totals.h"

enum {
        SECONDS_PER_DAY = 86400
};

static bool is_shown(const struct cm_report *r, const struct cm_finding *f)
{
        return (f->waiver == NULL || r->show_suppressed) && f->severity >= r->severity &&
               (!r->only_fixed || f->fixed_version.len > 0);
}

static void put_severity(struct cm_buf *out, const struct cm_report *r, enum cm_severity severity)
{
        if (r->color)
                cm_buf_put_str(out, cm_term_color(severity));
        cm_buf_printf(out, "%-10s", cm_severity_to_string(severity));
        if (r->color)
                cm_buf_put_str(out, CM_TERM_RESET);
}

static const char *marks_of(const struct cm_finding *f)
{
        if (f->waiver != NULL)
                return " waived";
        if (f->facts.kev)
                return " exploited";
        return "";
}

static void put_row(struct cm_buf *out, const struct cm_report *r, const struct cm_finding *f)
{
        size_t width = r->wide ? CM_TERM_WIDTH_WIDE : CM_TERM_WIDTH;
        cm_buf_put_str(out, "  ");
        put_severity(out, r, f->severity);
        cm_term_put_cell(out, f->id, 20, true);
        cm_buf_put_char(out, ' ');
        struct cm_sv fix = f->fixed_version.len > 0
                                   ? f->fixed_version
                                   : cm_sv_from_cstr(cm_fix_state_to_string(f->state));
        char risk[16];
        snprintf(risk, sizeof(risk), "%5.1f", f->risk);
        cm_term_put_cell(out, fix, r->wide ? 34 : 26, true);
        cm_buf_printf(out, " %s", risk);
        const char *marks = marks_of(f);
        cm_buf_put_str(out, marks);
        if (r->wide && f->title.len > 0) {
                size_t used = 2 + 10 + 21 + 35 + 6 + strlen(marks) + 2;
                cm_buf_put_str(out, "  ");
                cm_term_put_cell(out, f->title, width > used + 8 ? width - used : 8, false);
        }
        cm_buf_put_char(out, '\n');
}

static void put_package(struct cm_buf *out, const struct cm_report *r, const struct cm_finding *f)
{
        size_t width = r->wide ? CM_TERM_WIDTH_WIDE : CM_TERM_WIDTH;
        if (f->pkg == NULL) {
                cm_buf_put_char(out, '\n');
                cm_term_put_cell(out, f->title, width, false);
                cm_buf_put_char(out, '\n');
                return;
        }
        const struct cm_pkg *p = &f->pkg->pkg;
        struct cm_buf line CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&line, CM_KIB(64));
        cm_buf_put_sv(&line, p->name);
        cm_buf_put_char(&line, ' ');
        cm_buf_put_sv(&line, p->version);
        cm_buf_printf(&line, "  %s", cm_pkg_type_to_string(p->type));
        if (!cm_pkg_type_is_os(p->type)) {
                cm_buf_put_str(&line, "  ");
                cm_buf_put_sv(&line, p->path);
                if (p->inner_path.len > 0) {
                        cm_buf_put_char(&line, '!');
                        cm_buf_put_sv(&line, p->inner_path);
                }
        }
        if (f->pkg->layer != CM_NO_LAYER)
                cm_buf_printf(&line, "  layer %d", f->pkg->layer);
        cm_buf_put_char(out, '\n');
        if (r->color)
                cm_buf_put_str(out, "\x1b[1m");
        cm_term_put_cell(out, cm_buf_sv(&line), width, false);
        if (r->color)
                cm_buf_put_str(out, CM_TERM_RESET);
        cm_buf_put_char(out, '\n');
}

/* For each finding the next one of its package, as number + 1; in order, in linear time. */
static size_t *chain_by_package(struct cm_arena *arena, const struct cm_scan_result *s)
{
        size_t *next = CM_NEW_ARRAY(arena, size_t, s->finding_count + 1);
        size_t *numbers = CM_NEW_ARRAY(arena, size_t, s->finding_count + 1);
        struct cm_map last;
        cm_map_init(&last, arena);
        for (size_t i = 0; i < s->finding_count; i++) {
                numbers[i] = i;
                if (s->findings[i].pkg == NULL)
                        continue;
                struct cm_sv key = cm_sv_make(&s->findings[i].pkg, sizeof(s->findings[i].pkg));
                const size_t *before = cm_map_get(&last, key);
                if (before != NULL)
                        next[*before] = i + 1;
                cm_map_put(&last, key, &numbers[i]);
        }
        return next;
}

/* Findings are sorted worst first; a package is printed where its worst one stands. */
static void put_findings(struct cm_buf *out, const struct cm_report *r)
{
        const struct cm_scan_result *s = r->result;
        struct cm_arena *scratch CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(256));
        bool *done = CM_NEW_ARRAY(scratch, bool, s->finding_count + 1);
        const size_t *next = chain_by_package(scratch, s);
        bool any = false;
        for (size_t i = 0; i < s->finding_count; i++) {
                if (done[i] || !is_shown(r, &s->findings[i]))
                        continue;
                if (!any)
                        cm_buf_printf(out, "\n  %-10s%-20s %-*s %5s\n", "SEVERITY", "ID",
                                      r->wide ? 34 : 26, "FIXED IN", "RISK");
                any = true;
                put_package(out, r, &s->findings[i]);
                for (size_t j = i + 1; j > 0; j = next[j - 1]) {
                        done[j - 1] = true;
                        if (is_shown(r, &s->findings[j - 1]))
                                put_row(out, r, &s->findings[j - 1]);
                }
        }
}

static void put_target(struct cm_buf *out, const struct cm_target *t)
{
        cm_term_put_cell(out, t->name, CM_TERM_WIDTH, false);
        cm_buf_put_char(out, '\n');
        cm_buf_put_str(out, "  os        ");
        if (t->has_os)
                cm_term_put_cell(out, t->os.pretty.len > 0 ? t->os.pretty : t->os.id, 66, false);
        else
                cm_buf_put_str(out, "none found");
        cm_buf_printf(out, "\n  packages  %zu", t->pkg_count);
        if (t->layer_count > 0)
                cm_buf_printf(out, " in %zu layer%s", t->layer_count,
                              t->layer_count == 1 ? "" : "s");
        cm_buf_put_char(out, '\n');
}

static void put_databases(struct cm_buf *out, const struct cm_report *r)
{
        for (size_t i = 0; i < r->db_count; i++) {
                char date[CM_TIME_TEXT_BYTES];
                long long days = (long long)(r->now_s - r->dbs[i].newest_s) / SECONDS_PER_DAY;
                cm_buf_put_str(out, "  database  ");
                cm_term_put_cell(out, r->dbs[i].name, 30, false);
                cm_buf_printf(out, ", newest record %s", cm_date_format(r->dbs[i].newest_s, date));
                if (days >= 0)
                        cm_buf_printf(out, " (%lld day%s old)", days, days == 1 ? "" : "s");
                cm_buf_put_char(out, '\n');
        }
}

static void put_incomplete(struct cm_buf *out, const struct cm_report *r)
{
        const struct cm_scan_result *s = r->result;
        bool any = false;
        for (size_t i = 0; i < s->coverage_count; i++) {
                const struct cm_coverage *c = &s->coverage[i];
                if (c->state == CM_COVERAGE_COVERED)
                        continue;
                if (!any)
                        cm_buf_put_str(out, "\nNot checked:\n");
                any = true;
                cm_buf_put_str(out, "  ");
                cm_term_put_cell(out, c->subject, 24, true);
                cm_buf_printf(out, " %-10s %zu package%s: ", cm_coverage_state_to_string(c->state),
                              c->package_count, c->package_count == 1 ? "" : "s");
                cm_term_put_cell(out, c->detail, r->wide ? 100 : 60, false);
                cm_buf_put_char(out, '\n');
        }
        const struct cm_target *t = s->target;
        enum {
                LISTED_MAX = 20
        };
        for (size_t i = 0; i < t->unreadable_count && i < LISTED_MAX; i++) {
                if (!any)
                        cm_buf_put_str(out, "\nNot checked:\n");
                any = true;
                cm_buf_put_str(out, "  unreadable ");
                cm_term_put_cell(out, t->unreadable[i].path, 66, false);
                cm_buf_put_str(out, "\n    ");
                cm_term_put_cell(out, t->unreadable[i].reason, 74, false);
                cm_buf_put_char(out, '\n');
        }
        if (t->unreadable_count > LISTED_MAX)
                cm_buf_printf(out, "  and %zu more (see --format json)\n",
                              t->unreadable_count - LISTED_MAX);
}

static void put_expired(struct cm_buf *out, const struct cm_scan_result *s)
{
        for (size_t i = 0; i < s->waiver_count; i++) {
                if (!s->waivers[i].is_expired)
                        continue;
                char date[CM_TIME_TEXT_BYTES];
                cm_buf_put_str(out, "  waiver expired: ");
                cm_term_put_cell(out, s->waivers[i].id, 24, false);
                cm_buf_printf(out, " on %s, owner ", cm_date_format(s->waivers[i].expires_s, date));
                cm_term_put_cell(out, s->waivers[i].owner, 24, false);
                cm_buf_put_char(out, '\n');
        }
}

static void put_totals(struct cm_buf *out, const struct cm_report *r)
{
        const struct cm_totals t = cm_totals_of(r->result);
        cm_buf_printf(out, "\nTotal: %zu finding%s", t.findings, t.findings == 1 ? "" : "s");
        const char *separator = " (";
        for (size_t i = CM_SEVERITY_COUNT; i > 0; i--) {
                if (t.by_severity[i - 1] == 0)
                        continue;
                cm_buf_printf(out, "%s%s %zu", separator,
                              cm_severity_to_string((enum cm_severity)(i - 1)),
                              t.by_severity[i - 1]);
                separator = ", ";
        }
        cm_buf_put_str(out, t.findings > 0 ? ")\n" : "\n");
        if (t.findings > 0)
                cm_buf_printf(out, "       %zu fixable, %zu known to be exploited\n", t.fixable,
                              t.exploited);
        if (t.waived > 0 || t.informational > 0)
                cm_buf_printf(out, "       %zu waived, %zu informational\n", t.waived,
                              t.informational);
}

static void put_next_step(struct cm_buf *out, const struct cm_report *r)
{
        const struct cm_scan_result *s = r->result;
        const struct cm_finding *worst = NULL;
        for (size_t i = 0; i < s->finding_count; i++) {
                const struct cm_finding *f = &s->findings[i];
                if (f->waiver == NULL && (worst == NULL || f->risk > worst->risk))
                        worst = f;
        }
        if (!s->is_complete)
                cm_buf_put_str(out, "Next: the scan is incomplete (exit 3); see 'Not checked', or "
                                    "--allow-incomplete\n");
        else if (worst != NULL) {
                cm_buf_put_str(out, "Next: coaming explain ");
                cm_term_put_cell(out, worst->id, 40, false);
                cm_buf_put_char(out, '\n');
        }
}

static void write_table(struct cm_buf *out, const struct cm_report *r)
{
        put_target(out, r->result->target);
        put_databases(out, r);
        put_findings(out, r);
        put_incomplete(out, r);
        put_expired(out, r->result);
        put_totals(out, r);
        put_next_step(out, r);
}

const struct cm_format cm_format_table = {
        .name = "table",
        .summary = "for people: grouped per package, 80 columns",
        .write = write_table,
};
