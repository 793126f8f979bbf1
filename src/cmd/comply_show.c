/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming comply list` and `coaming comply show`: frameworks, and what a row asks. */
#include <stdio.h>

#include "base/escape.h"
#include "cmd/comply.h"
#include "report/terminal.h"

static int list_run(const struct cm_args *args)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_comply_context c = { .check_count = 0 };
        if (cm_comply_open(args, NULL, 0, &c, &err) < 0)
                return cm_command_fail(&err);
        printf("%-18s %5s %9s %6s %14s %7s\n", "framework", "rows", "automated", "partly",
               "organisational", "covered");
        for (size_t i = 0; i < c.frameworks.count; i++) {
                const struct cm_framework *f = &c.frameworks.items[i];
                size_t kinds[CM_COMPLY_KIND_COUNT] = { 0 };
                size_t covered = 0;
                for (size_t j = 0; j < f->row_count; j++) {
                        const struct cm_check *const *found = NULL;
                        size_t count = 0;
                        cm_framework_checks(args->arena, f, &f->rows[j], c.checks, c.check_count,
                                            &found, &count);
                        kinds[f->rows[j].kind]++;
                        covered += count > 0;
                }
                printf("%-18s %5zu %9zu %6zu %14zu %7zu\n", cm_escape(args->arena, f->name),
                       f->row_count, kinds[CM_COMPLY_AUTOMATED], kinds[CM_COMPLY_PARTLY],
                       kinds[CM_COMPLY_ORGANISATIONAL], covered);
        }
        printf("\ncovered: rows that at least one check answers\n"
               "Next: coaming comply show FRAMEWORK\n");
        return 0;
}

static void put_row(const struct cm_args *args, const struct cm_comply_context *c,
                    const struct cm_framework *f, const struct cm_framework_row *row,
                    struct cm_buf *out)
{
        const struct cm_check *const *found = NULL;
        size_t count = 0;
        cm_framework_checks(args->arena, f, row, c->checks, c->check_count, &found, &count);
        cm_buf_put_escaped(out, row->id);
        cm_buf_printf(out, "  %s\n", cm_comply_kind_to_string(row->kind));
        cm_term_put_wrapped(out, row->title, CM_TERM_WIDTH);
        cm_buf_put_str(out, "\nAsks\n");
        cm_term_put_wrapped(out, row->question, CM_TERM_WIDTH);
        if (row->evidence.len > 0) {
                cm_buf_put_str(out, "\nA person must give\n");
                cm_term_put_wrapped(out, row->evidence, CM_TERM_WIDTH);
        }
        if (count == 0) {
                cm_buf_put_str(out, "\nNo check answers this row.\n");
                return;
        }
        cm_buf_put_str(out, "\nAnswered by\n");
        for (size_t i = 0; i < count; i++) {
                cm_term_put_cell(out, found[i]->id, 10, true);
                cm_buf_printf(out, " %-10s ", cm_severity_to_string(found[i]->severity));
                cm_term_put_cell(out, found[i]->title, CM_TERM_WIDTH - 22, false);
                cm_buf_put_char(out, '\n');
        }
}

static void put_framework(const struct cm_args *args, const struct cm_comply_context *c,
                          const struct cm_framework *f, struct cm_buf *out)
{
        cm_term_put_wrapped(out, f->title, CM_TERM_WIDTH);
        cm_term_put_wrapped(out, f->summary, CM_TERM_WIDTH);
        cm_buf_put_escaped(out, f->url);
        cm_buf_put_char(out, '\n');
        for (size_t i = 0; i < f->section_count; i++) {
                const struct cm_framework_section *s = &f->sections[i];
                cm_buf_put_char(out, '\n');
                cm_term_put_cell(out, s->id, 20, false);
                cm_buf_put_str(out, "  ");
                cm_term_put_cell(out, s->title, CM_TERM_WIDTH - 22, false);
                cm_buf_put_char(out, '\n');
                for (size_t j = 0; j < s->row_count; j++) {
                        const struct cm_framework_row *row = &f->rows[s->row_first + j];
                        const struct cm_check *const *found = NULL;
                        size_t count = 0;
                        cm_framework_checks(args->arena, f, row, c->checks, c->check_count, &found,
                                            &count);
                        cm_buf_put_str(out, "  ");
                        size_t id = CM_MIN(CM_MAX(row->id.len, (size_t)10), (size_t)40);
                        cm_term_put_cell(out, row->id, id, true);
                        cm_buf_printf(out, " %3zu ", count);
                        cm_term_put_cell(out, row->title, CM_TERM_WIDTH - 7 - id, false);
                        cm_buf_put_char(out, '\n');
                }
        }
        cm_buf_put_str(out, "\nThe number is that of the checks that answer a row.\n");
}

static int show_run(const struct cm_args *args)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_comply_context c = { .check_count = 0 };
        const struct cm_framework *f = NULL;
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, CM_MIB(4));
        int r = cm_comply_open(args, NULL, 0, &c, &err);
        if (r == 0)
                r = cm_comply_framework(args, &c, args->positional[0], &f, &err);
        if (r == 0 && args->positional_count == 1)
                put_framework(args, &c, f, &out);
        for (size_t i = 1; i < args->positional_count && r == 0; i++) {
                const struct cm_framework_row *row =
                        cm_framework_row_find(f, cm_sv_from_cstr(args->positional[i]));
                if (row == NULL)
                        r = CM_RAISE(&err, CM_E_USAGE, "%s has no row '%.60s'",
                                     cm_escape(args->arena, f->name), args->positional[i]);
                else
                        put_row(args, &c, f, row, &out);
        }
        if (r < 0)
                return cm_command_fail(&err);
        fwrite(out.ptr, 1, out.len, stdout);
        return 0;
}

static const struct cm_opt no_options[] = { { .name = NULL } };
const struct cm_cmd cm_cmd_comply_list = {
        .name = "list",
        .summary = "all frameworks, with what answers their rows",
        .synopsis = "",
        .options = no_options,
        .run = list_run,
};
const struct cm_cmd cm_cmd_comply_show = {
        .name = "show",
        .summary = "the rows of a framework, or what one asks",
        .synopsis = "FRAMEWORK [ROW...]",
        .options = no_options,
        .positional_min = 1,
        .positional_max = SIZE_MAX,
        .run = show_run,
};
