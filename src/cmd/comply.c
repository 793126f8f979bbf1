/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming comply`: audits documents against a framework; its exit status says what follows. */
#include "cmd/comply.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/escape.h"
#include "check/check_waiver.h"
#include "check/library.h"
#include "cmd/check_history.h"
#include "cmd/check_run.h"
#include "cmd/policy_options.h"
#include "cmd/report_output.h"
#include "cmd/target_options.h"
#include "comply/answers.h"
#include "comply/assess.h"
#include "crypto/sha256.h"
#include "os/file.h"
#include "report/comply_format.h"

enum {
        ARENA_BYTES_MAX = 2000 << 20,
        ANSWERED_FILE_BYTES_MAX = 256 << 20
};

static const struct cm_opt options[] = {
        CM_OPTS_REPORT("table, json, markdown, html or oscal"),
        { .name = "answers",
          .kind = CM_OPT_VALUE,
          .arg = "FILE",
          .help = "what people say of rows that no check decides",
          .in_config = true,
          .heading = "Audit" },
        { .name = "waivers",
          .kind = CM_OPT_VALUE,
          .arg = "FILE",
          .help = "failures that somebody answers for",
          .in_config = true },
        CM_OPT_CHECKS,
        CM_OPT_K8S_VERSION,
        { .name = "min-coverage",
          .kind = CM_OPT_VALUE,
          .arg = "PERCENT",
          .help = "exit 1 when fewer rows that apply are decided",
          .in_config = true },
        { .name = "allow-incomplete",
          .help = "exit 0 although rows are unknown or unanswered",
          .in_config = true },
        CM_OPTS_HISTORY,
        CM_OPTS_TARGET,
        CM_OPTS_CHART,
        CM_OPTS_CLUSTER,
        { .name = NULL },
};

/* What an answer shows for itself must not change after: its digest goes into the report. */
static int digest_files(struct cm_comply_audit *a, struct cm_comply_answer *answer,
                        struct cm_err *err)
{
        for (size_t i = 0; i < answer->file_count; i++) {
                struct cm_comply_evidence *e = &answer->files[i];
                const char *path = NULL;
                struct cm_buf buf CM_CLEANUP(cm_buf_fini);
                cm_buf_init(&buf, ANSWERED_FILE_BYTES_MAX);
                int r = cm_cstr(a->arena, e->name, &path, err);
                if (r == 0)
                        r = cm_file_read(AT_FDCWD, path, &buf, err);
                if (r > 0)
                        return CM_RAISE(err, CM_E_USAGE, "--answers: evidence '%s' is not there",
                                        cm_escape(a->arena, e->name));
                if (r < 0)
                        return r;
                struct cm_sha256 *sha CM_CLEANUP(cm_sha256_freep)
                = cm_sha256_new();
                char text[CM_SHA256_TEXT_BYTES];
                cm_sha256_update(sha, cm_buf_sv(&buf));
                e->digest = cm_sv_dup(a->arena, cm_sv_from_cstr(cm_sha256_text(sha, text)));
        }
        return 0;
}

static int read_answers(struct cm_comply_audit *a, struct cm_err *err)
{
        int r = cm_policy_file(a->args, "answers", "answers", &a->answers_text, err);
        if (r != 0)
                return r < 0 ? r : 0;
        r = cm_comply_answers_parse(a->arena, a->answers_text, cm_clock_wall_s(), &a->answers,
                                    &a->answer_count, err);
        if (r == 0)
                r = cm_comply_answers_verify(a->arena, a->answers, a->answer_count, a->framework,
                                             a->context.checks, a->context.check_count, err);
        for (size_t i = 0; i < a->answer_count && r == 0; i++)
                r = digest_files(a, &a->answers[i], err);
        return r < 0 ? cm_err_context(err, "--answers '%.200s'", cm_args_get(a->args, "answers"))
                     : 0;
}

static int prepare(struct cm_comply_audit *a, struct cm_err *err)
{
        const char *const *files = NULL;
        size_t count = cm_args_list(a->args, "checks", &files);
        int r = cm_comply_open(a->args, files, count, &a->context, err);
        if (r == 0)
                r = cm_comply_framework(a->args, &a->context, a->args->positional[0], &a->framework,
                                        err);
        if (r == 0)
                r = cm_check_run_waivers(a->args, &a->waivers, &a->waiver_count, &a->waivers_text,
                                         err);
        return r == 0 ? read_answers(a, err) : r;
}

static int assess(struct cm_comply_audit *a, bool keep, struct cm_err *err)
{
        struct cm_check_job job = { .now_s = cm_clock_wall_s(), .with_passed = keep };
        const struct cm_check_targets targets = { .names = a->args->positional + 1,
                                                  .count = a->args->positional_count - 1,
                                                  .keep = keep ? &a->kept : NULL };
        cm_comply_wanted(a->arena, a->framework, a->context.checks, a->context.check_count,
                         &job.wanted, &job.wanted_count);
        if (job.wanted_count == 0)
                return CM_RAISE(err, CM_E_USAGE, "no check answers a row of '%s'",
                                cm_escape(a->arena, a->framework->name));
        int r = cm_check_run_version(a->args, &job.k8s_minor, err);
        if (r == 0)
                r = cm_check_run(a->args, a->arena, &job, &targets, &a->checked, err);
        if (r < 0)
                return r;
        cm_check_waivers_apply(a->waivers, a->waiver_count, &a->checked);
        r = cm_check_baseline(a->args, a->arena, &a->checked, err);
        if (r < 0)
                return r;
        const struct cm_comply_input input = {
                a->framework, a->context.checks, a->context.check_count,
                &a->checked,  a->answers,        a->answer_count
        };
        cm_comply_assess(a->arena, &input, &a->outcome);
        return 0;
}

static bool write_report(void *ctx, const char *name, bool to_terminal, struct cm_buf *out)
{
        struct cm_comply_report report = *(const struct cm_comply_report *)ctx;
        const struct cm_comply_format *format = cm_comply_format_find(name);
        if (format == NULL)
                return false;
        report.color = report.color && to_terminal;
        format->write(out, &report);
        return true;
}

/* Against a baseline only what is new counts, and what people say. */
static bool counts_as_failed(const struct cm_comply_audit *a, const struct cm_comply_totals *t)
{
        if (!a->checked.has_baseline)
                return t->by_state[CM_CHECK_FAIL] > 0;
        bool answered = false;
        for (size_t i = 0; i < a->answer_count; i++)
                answered =
                        answered || (a->answers[i].is_used && a->answers[i].state == CM_CHECK_FAIL);
        return answered || cm_check_changes_of(&a->checked).by_change[CM_CHECK_CHANGE_NEW] > 0;
}

static int exit_status(const struct cm_comply_audit *a, uint64_t coverage_min)
{
        const struct cm_comply_totals t = cm_comply_totals_of(&a->outcome);
        if (counts_as_failed(a, &t) || t.coverage_permille < coverage_min * 10)
                return 1;
        for (size_t i = 0; i < a->checked.unread_count; i++)
                if (a->checked.unread[i].code != CM_E_OK)
                        return cm_err_exit_status(a->checked.unread[i].code);
        bool open = t.by_state[CM_CHECK_UNKNOWN] + t.by_state[CM_CHECK_MANUAL] > 0;
        return open && !cm_args_flag(a->args, "allow-incomplete")
                       ? cm_err_exit_status(CM_E_INCOMPLETE)
                       : 0;
}

/* `-o evidence.zip` among the reports of -o FORMAT=FILE: takes it off the arguments. */
static struct cm_args without_archive(const struct cm_args *args, const char **ret_archive)
{
        struct cm_args plain = *args;
        struct cm_opt_value *values =
                CM_NEW_ARRAY(args->arena, struct cm_opt_value, args->value_count);
        memcpy(values, args->values, args->value_count * sizeof(*values));
        for (size_t i = 0; i < args->value_count; i++) {
                if (strcmp(values[i].opt->name, "output") != 0)
                        continue;
                const char **kept = CM_NEW_ARRAY(args->arena, const char *, values[i].count);
                size_t count = 0;
                for (size_t j = 0; j < values[i].count; j++) {
                        struct cm_sv v = cm_sv_from_cstr(values[i].values[j]);
                        if (cm_sv_has_suffix(v, CM_SV(".zip")) && cm_sv_find_char(v, '=') < 0)
                                *ret_archive = values[i].values[j];
                        else
                                kept[count++] = values[i].values[j];
                }
                values[i].values = kept;
                values[i].count = count;
        }
        plain.values = values;
        return plain;
}

static int comply_run(const struct cm_args *args)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(ARENA_BYTES_MAX);
        struct cm_comply_audit a = { .args = args, .arena = arena };
        const char *format = cm_report_format(args);
        const char *archive = NULL;
        const struct cm_args plain = without_archive(args, &archive);
        uint64_t coverage_min = 0;
        if (cm_comply_format_find(format) == NULL) {
                CM_IGNORE(CM_RAISE(
                        &err, CM_E_USAGE,
                        "--format: there is no format '%.40s'; table, json, markdown, html, oscal",
                        format));
                return cm_command_fail(&err);
        }
        int r = cm_args_number(args, "min-coverage", 0, 100, &coverage_min, &err);
        if (r == 0)
                r = prepare(&a, &err);
        if (r == 0)
                r = assess(&a, archive != NULL, &err);
        if (r < 0)
                return cm_command_fail(&err);
        struct cm_comply_report report = {
                .outcome = &a.outcome,
                .now_s = cm_clock_wall_s(),
                .wide = cm_args_flag(args, "wide"),
                .color = cm_wants_color(args, STDOUT_FILENO),
        };
        const struct cm_report_writer writer = { write_report, &report };
        if (archive != NULL)
                r = cm_comply_evidence_write(&a, archive, &err);
        const struct cm_comply_totals totals = cm_comply_totals_of(&a.outcome);
        if (r == 0)
                r = cm_check_history(args, arena, &a.checked, a.framework->name, totals.by_state,
                                     &err);
        if (r == 0)
                r = cm_report_output(&plain, format, &writer, &err);
        return r < 0 ? cm_command_fail(&err) : exit_status(&a, coverage_min);
}

extern const struct cm_cmd cm_cmd_comply;
const struct cm_cmd cm_cmd_comply = {
        .name = "comply",
        .summary = "audit configuration against a framework",
        .synopsis = "FRAMEWORK FILE|DIR|-... [flags]",
        .description =
                "Runs the checks that answer the rows of a framework (CIS, NIST, PCI DSS, ...), "
                "and says of each row whether it passes, fails, is unknown or waits for an answer "
                "of a person. A row that no check answers yet, or whose documents were not given, "
                "is unknown; nothing is passed that was not looked at.\n\n"
                "`-o FILE.zip` writes an evidence archive: the documents as they were judged, "
                "results, definitions, answers, and a manifest that seals them.\n\n"
                "Exit status 1: a row fails; 3: rows are unknown or unanswered, and none fails; "
                "5: a document could not be read.",
        .examples = (const char *const[]){ "coaming comply cis-docker-1.6.0 containers.json",
                                           "audit saved answers of an engine",
                                           "coaming comply pss k8s/ -o evidence.zip",
                                           "the same, with an archive for the auditor",
                                           "coaming comply show pci-dss-4.0.1 2.2.1",
                                           "what a row asks and what answers it", NULL },
        .options = options,
        .subcommands =
                (const struct cm_cmd *const[]){ &cm_cmd_comply_list, &cm_cmd_comply_show,
                                                &cm_cmd_comply_verify, &cm_cmd_comply_diff,
                                                &cm_cmd_comply_history, &cm_cmd_comply_test, NULL },
        .positional_min = 2,
        .positional_max = SIZE_MAX,
        .run = comply_run,
};
