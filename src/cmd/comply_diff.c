/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming comply diff` and `coaming comply history`: what changed between runs. */
#include <stdio.h>

#include "base/escape.h"
#include "base/time.h"
#include "cmd/check_history.h"
#include "cmd/comply.h"
#include "comply/diff.h"
#include "report/json_writer.h"
#include "report/terminal.h"
#include "store/history.h"

enum {
        ARENA_BYTES_MAX = 2000 << 20,
        REPORT_BYTES_MAX = 1 << 30
};

/* A run of the history by its number, or a saved report by its path. */
static int load(const struct cm_args *args, struct cm_arena *arena, const char *name,
                struct cm_check_record *ret, struct cm_err *err)
{
        const char *path = cm_args_get(args, "history");
        struct cm_history *history CM_CLEANUP(cm_history_closep)
        = NULL;
        uint64_t number = 0;
        if (path == NULL)
                return cm_check_record_load(arena, name, ret, err);
        int r = cm_parse_u64(cm_sv_from_cstr(name), 1, INT64_MAX, &number, err);
        if (r < 0) {
                err->code = CM_E_USAGE;
                return cm_err_context(err, "run '%.40s' of the history", name);
        }
        r = cm_history_open(path, false, &history, err);
        if (r == 0)
                r = cm_history_read(history, arena, number, ret, err);
        return r > 0 ? CM_RAISE(err, CM_E_USAGE, "'%.200s' has no run %.40s", path, name) : r;
}

static void put_table(struct cm_buf *out, const struct cm_diff *diff, bool all)
{
        enum {
                USED = 15 + 1 + 9 + 1
        };
        for (size_t i = 0; i < diff->count; i++) {
                const struct cm_diff_item *d = &diff->items[i];
                struct cm_buf text CM_CLEANUP(cm_buf_fini);
                if (d->kind == CM_DIFF_UNCHANGED && !all)
                        continue;
                cm_buf_init(&text, CM_MIB(1));
                cm_buf_put_sv(&text, d->item->name.len > 0 ? d->item->name : d->item->kind);
                cm_buf_put_str(&text, ": ");
                cm_buf_put_sv(&text, d->item->message);
                cm_buf_printf(out, "%-15s ", cm_diff_kind_to_string(d->kind));
                cm_term_put_cell(out, d->item->check, 9, true);
                cm_buf_put_char(out, ' ');
                cm_term_put_cell(out, cm_buf_sv(&text), CM_TERM_WIDTH - USED, false);
                cm_buf_put_char(out, '\n');
        }
        for (size_t i = 0; i < CM_DIFF_KIND_COUNT; i++)
                cm_buf_printf(out, "%s%zu %s", i > 0 ? (i % 4 == 0 ? ",\n" : ", ") : "",
                              diff->counts[i], cm_diff_kind_to_string((enum cm_diff_kind)i));
        cm_buf_put_char(out, '\n');
        if (diff->set_changed)
                cm_buf_put_str(out, "the set of checks is another one than before\n");
}

static void put_json(struct cm_buf *out, const struct cm_diff *diff)
{
        struct cm_json_writer w;
        cm_jw_init(&w, out);
        cm_jw_open(&w, NULL, '{');
        cm_jw_cstr(&w, "schema", "coaming/comply-diff/v1");
        cm_jw_open(&w, "changes", '[');
        for (size_t i = 0; i < diff->count; i++) {
                const struct cm_check_item *item = diff->items[i].item;
                cm_jw_open(&w, NULL, '{');
                cm_jw_cstr(&w, "change", cm_diff_kind_to_string(diff->items[i].kind));
                cm_jw_string(&w, "check", item->check);
                cm_jw_cstr(&w, "severity", cm_severity_to_string(item->severity));
                cm_jw_string(&w, "document", item->document);
                cm_jw_string_if(&w, "kind", item->kind);
                cm_jw_string_if(&w, "group", item->group);
                cm_jw_string_if(&w, "name", item->name);
                cm_jw_string(&w, "message", item->message);
                cm_jw_string(&w, "fingerprint", item->fingerprint);
                cm_jw_close(&w, '}');
        }
        cm_jw_close(&w, ']');
        cm_jw_open(&w, "summary", '{');
        for (size_t i = 0; i < CM_DIFF_KIND_COUNT; i++)
                cm_jw_int(&w, cm_diff_kind_to_string((enum cm_diff_kind)i),
                          (int64_t)diff->counts[i]);
        cm_jw_bool(&w, "check_set_changed", diff->set_changed);
        cm_jw_close(&w, '}');
        cm_jw_close(&w, '}');
}

static int diff_run(const struct cm_args *args)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(ARENA_BYTES_MAX);
        struct cm_check_record before;
        struct cm_check_record after;
        struct cm_diff diff;
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, REPORT_BYTES_MAX);
        int r = load(args, arena, args->positional[0], &before, &err);
        if (r == 0)
                r = load(args, arena, args->positional[1], &after, &err);
        if (r < 0)
                return cm_command_fail(&err);
        cm_diff_make(arena, &before, &after, &diff);
        if (cm_args_flag(args, "json"))
                put_json(&out, &diff);
        else
                put_table(&out, &diff, cm_args_flag(args, "unchanged"));
        if (cm_buf_check(&out, "report", &err) < 0)
                return cm_command_fail(&err);
        fwrite(out.ptr, 1, out.len, stdout);
        if (diff.counts[CM_DIFF_NEW] + diff.counts[CM_DIFF_WAIVER_EXPIRED] > 0)
                return 1;
        return diff.counts[CM_DIFF_NEWLY_UNKNOWN] > 0 ? cm_err_exit_status(CM_E_INCOMPLETE) : 0;
}

static int history_run(const struct cm_args *args)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_history *history CM_CLEANUP(cm_history_closep)
        = NULL;
        struct cm_check_record *runs = NULL;
        size_t count = 0;
        int r = cm_history_open(args->positional[0], false, &history, &err);
        if (r == 0)
                r = cm_history_list(history, args->arena, &runs, &count, &err);
        if (r < 0)
                return cm_command_fail(&err);
        printf("%5s %-20s %-17s %6s %7s %6s %6s %6s\n", "run", "at", "framework", "fail", "unknown",
               "manual", "waived", "pass");
        for (size_t i = 0; i < count; i++) {
                char at[CM_TIME_TEXT_BYTES];
                const struct cm_check_record *n = &runs[i];
                printf("%5llu %-20s %-17.60s %6llu %7llu %6llu %6llu %6llu\n",
                       (unsigned long long)n->number, cm_time_format(n->at_s, at),
                       n->framework.len > 0 ? cm_escape(args->arena, n->framework) : "-",
                       (unsigned long long)n->totals[CM_CHECK_FAIL],
                       (unsigned long long)n->totals[CM_CHECK_UNKNOWN],
                       (unsigned long long)n->totals[CM_CHECK_MANUAL],
                       (unsigned long long)n->totals[CM_CHECK_WAIVED],
                       (unsigned long long)n->totals[CM_CHECK_PASS]);
        }
        return 0;
}

static const struct cm_opt diff_options[] = {
        { .name = "history",
          .kind = CM_OPT_VALUE,
          .arg = "FILE.db",
          .help = "A and B are runs of this history, by number" },
        { .name = "unchanged", .help = "list what fails in both, too" },
        { .name = "json", .help = "everything, schema/comply-diff-v1.json" },
        { .name = NULL },
};
static const struct cm_opt no_options[] = { { .name = NULL } };
const struct cm_cmd cm_cmd_comply_diff = {
        .name = "diff",
        .summary = "what changed between two runs",
        .synopsis = "A B [flags]",
        .description =
                "A and B are saved reports of `coaming check` or `coaming comply` (--format json), or "
                "runs of a history. A failure of a check that was not there before is no "
                "regression and is listed apart. Exit status 1: something fails that did not, or "
                "whose waiver has expired; 3: something cannot be decided that could.",
        .options = diff_options,
        .positional_min = 2,
        .positional_max = 2,
        .run = diff_run,
};
const struct cm_cmd cm_cmd_comply_history = {
        .name = "history",
        .summary = "the runs of a history",
        .synopsis = "FILE.db",
        .options = no_options,
        .positional_min = 1,
        .positional_max = 1,
        .run = history_run,
};
