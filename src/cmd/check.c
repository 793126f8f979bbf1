/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming check`: evaluates checks on configuration files, and says by its exit status what follows. */
#include <string.h>
#include <unistd.h>

#include "base/vec.h"
#include "check/check_waiver.h"
#include "cmd/check_fix.h"
#include "cmd/check_history.h"
#include "cmd/check_run.h"
#include "cmd/check_watch.h"
#include "cmd/policy_options.h"
#include "cmd/report_output.h"
#include "cmd/target_options.h"
#include "os/file.h"
#include "report/check_format.h"

enum {
        ARENA_BYTES_MAX = 2000 << 20
};

static const char *const severity_choices[] = { "negligible", "low",      "medium",
                                                "high",       "critical", NULL };

static const char *const fix_choices[] = { "diff", "json", NULL };

static const struct cm_opt options[] = {
        CM_OPTS_REPORT("table, json, sarif, junit, markdown, html, oscal, ocsf or policyreport"),
        { .name = "show-passed", .help = "list what passes or does not apply, too" },
        { .name = "profile",
          .letter = 'p',
          .kind = CM_OPT_VALUE,
          .arg = "NAME",
          .help = "only the checks of a profile (coaming checks list)",
          .in_config = true,
          .heading = "Which checks" },
        { .name = "only",
          .kind = CM_OPT_LIST,
          .arg = "ID,...",
          .help = "only these checks; repeatable" },
        { .name = "optional", .help = "matters of style too", .in_config = true },
        CM_OPT_CHECKS,
        { .name = "policy",
          .kind = CM_OPT_LIST,
          .arg = "FILE",
          .help = "only ValidatingAdmissionPolicy objects of a file, with bindings and "
                  "parameters; repeatable",
          .in_config = true },
        CM_OPT_K8S_VERSION,
        { .name = "severity",
          .kind = CM_OPT_VALUE,
          .arg = "WORD",
          .choices = severity_choices,
          .help = "show results from this severity on",
          .in_config = true,
          .heading = "Policy" },
        { .name = "fail-on",
          .kind = CM_OPT_VALUE,
          .arg = "WORD",
          .choices = severity_choices,
          .otherwise = "negligible",
          .help = "exit 1 when a check of this severity or more fails",
          .in_config = true },
        { .name = "waivers",
          .kind = CM_OPT_VALUE,
          .arg = "FILE",
          .help = "failures that somebody answers for: docs/checks.md",
          .in_config = true },
        { .name = "allow-incomplete",
          .help = "exit 0 although something could not be decided",
          .in_config = true },
        { .name = "min-coverage",
          .kind = CM_OPT_VALUE,
          .arg = "PERCENT",
          .help = "exit 3 when less of what applies could be decided",
          .in_config = true },
        { .name = "max-unknown",
          .kind = CM_OPT_VALUE,
          .arg = "N",
          .help = "exit 3 only when more than N results are unknown",
          .in_config = true },
        { .name = "fix",
          .kind = CM_OPT_VALUE,
          .arg = "diff|json",
          .choices = fix_choices,
          .bare = "diff",
          .help = "print a patch of what can be mended, instead of a report: for patch(1), or "
                  "JSON patches",
          .heading = "Fixes" },
        { .name = "write", .help = "mend the files, then check them again" },
        CM_OPTS_HISTORY,
        CM_OPTS_WATCH,
        { .name = "save",
          .kind = CM_OPT_VALUE,
          .arg = "FILE",
          .help = "keep what was looked at, of one target, to check it again later" },
        CM_OPTS_TARGET,
        CM_OPTS_CHART,
        CM_OPTS_CLUSTER,
        { .name = NULL },
};

static int make_job(const struct cm_args *args, struct cm_check_job *job, struct cm_err *err)
{
        *job = (struct cm_check_job){ .now_s = cm_clock_wall_s() };
        int r = cm_check_run_version(args, &job->k8s_minor, err);
        if (r < 0)
                return r;
        const char *profile = cm_args_get(args, "profile");
        job->profile = cm_sv_from_cstr(profile);
        job->all = cm_args_flag(args, "optional");
        job->with_fixes = cm_args_get(args, "fix") != NULL || cm_args_flag(args, "write");
        job->with_passed = cm_args_flag(args, "show-passed");
        const char *const *policies = NULL;
        job->only_policies = cm_args_list(args, "policy", &policies) > 0 && profile == NULL &&
                             cm_args_list(args, "only", &policies) == 0;
        const char *const *only = NULL;
        size_t count = cm_args_list(args, "only", &only);
        CM_VEC(struct cm_sv) wanted = { 0 };
        for (size_t i = 0; i < count; i++) {
                struct cm_sv rest = cm_sv_from_cstr(only[i]);
                struct cm_sv id;
                while (cm_sv_next_field(&rest, ',', &id))
                        *CM_VEC_PUSH(args->arena, &wanted) = cm_sv_trim(id);
        }
        job->wanted = wanted.items;
        job->wanted_count = wanted.count;
        return 0;
}

static bool write_report(void *ctx, const char *name, bool to_terminal, struct cm_buf *out)
{
        struct cm_check_report report = *(const struct cm_check_report *)ctx;
        const struct cm_check_format *format = cm_check_format_find(name);
        if (format == NULL)
                return false;
        report.color = report.color && to_terminal;
        format->write(out, &report);
        return true;
}

/* How much may stay undecided: --min-coverage and --max-unknown, which --allow-incomplete lifts not. */
struct thresholds {
        uint64_t coverage_percent_min;
        uint64_t unknown_max;
        bool has_unknown_max;
};

static int read_thresholds(const struct cm_args *args, struct thresholds *ret, struct cm_err *err)
{
        *ret = (struct thresholds){ .coverage_percent_min = 0 };
        int r = 0;
        if (cm_args_get(args, "min-coverage") != NULL)
                r = cm_args_number(args, "min-coverage", 0, 100, &ret->coverage_percent_min, err);
        ret->has_unknown_max = cm_args_get(args, "max-unknown") != NULL;
        if (r == 0 && ret->has_unknown_max)
                r = cm_args_number(args, "max-unknown", 0, UINT32_MAX, &ret->unknown_max, err);
        return r;
}

static bool is_incomplete(const struct cm_args *args, const struct cm_check_outcome *outcome,
                          const struct thresholds *limits)
{
        const struct cm_check_totals t = cm_check_totals_of(outcome);
        const uint64_t unknown = t.by_state[CM_CHECK_UNKNOWN];
        if (t.coverage_permille < limits->coverage_percent_min * 10)
                return true;
        if (limits->has_unknown_max && unknown > limits->unknown_max)
                return true;
        bool nothing = outcome->documents == 0;
        return (nothing || (unknown > 0 && !limits->has_unknown_max)) &&
               !cm_args_flag(args, "allow-incomplete");
}

static int exit_status(const struct cm_args *args, const struct cm_check_outcome *outcome,
                       const struct thresholds *limits)
{
        enum cm_severity fail_on = CM_SEVERITY_NEGLIGIBLE;
        cm_policy_severity(args, "fail-on", &fail_on);
        for (size_t i = 0; i < outcome->tally_count; i++) {
                const struct cm_check_tally *t = &outcome->tallies[i];
                if (!outcome->has_baseline && t->severity >= fail_on &&
                    t->counts[CM_CHECK_FAIL] > 0)
                        return 1;
        }
        /* Against a baseline only what is new counts. */
        for (size_t i = 0; i < outcome->result_count && outcome->has_baseline; i++)
                if (outcome->results[i].change == CM_CHECK_CHANGE_NEW &&
                    outcome->results[i].severity >= fail_on)
                        return 1;
        /* A file that is not written as its kind must be is bad input, also among good ones. */
        for (size_t i = 0; i < outcome->unread_count; i++)
                if (outcome->unread[i].code != CM_E_OK)
                        return cm_err_exit_status(outcome->unread[i].code);
        return is_incomplete(args, outcome, limits) ? cm_err_exit_status(CM_E_INCOMPLETE) : 0;
}

/* What a run is asked for, apart from the targets. */
struct settings {
        const char *format;
        struct thresholds limits;
};

static int read_settings(const struct cm_args *args, struct settings *ret, struct cm_err *err)
{
        ret->format = cm_report_format(args);
        if (cm_check_format_find(ret->format) == NULL)
                return CM_RAISE(err, CM_E_USAGE,
                                "--format: there is no format '%.40s'; table, json, sarif, junit, "
                                "markdown, html, oscal, ocsf, policyreport",
                                ret->format);
        return read_thresholds(args, &ret->limits, err);
}

/* The outcome lives in args->arena. */
static int judge(void *ctx, const struct cm_args *args, struct cm_check_outcome *ret,
                 struct cm_err *err)
{
        (void)ctx;
        struct cm_check_job job;
        const struct cm_check_targets targets = { .names = args->positional,
                                                  .count = args->positional_count,
                                                  .save = cm_args_get(args, "save"),
                                                  .with_policies = true };
        struct cm_check_waiver *waivers = NULL;
        size_t waiver_count = 0;
        struct cm_sv waivers_text = CM_SV("");
        int r = cm_check_run_waivers(args, &waivers, &waiver_count, &waivers_text, err);
        if (r == 0)
                r = make_job(args, &job, err);
        if (r == 0 && job.with_fixes)
                job.waivers = waivers_text;
        if (r == 0)
                r = job.with_fixes ? cm_check_fix_run(args, &job, &targets, ret, err)
                                   : cm_check_run(args, args->arena, &job, &targets, ret, err);
        if (r < 0)
                return r;
        cm_check_waivers_apply(waivers, waiver_count, ret);
        r = cm_check_baseline(args, args->arena, ret, err);
        return r < 0 ? r : cm_check_history(args, args->arena, ret, CM_SV(""), NULL, err);
}

static int write_reports(void *ctx, const struct cm_args *args, struct cm_check_outcome *outcome,
                         struct cm_err *err)
{
        const struct settings *settings = ctx;
        struct cm_check_report report = {
                .outcome = outcome,
                .profile = cm_sv_from_cstr(cm_args_get(args, "profile")),
                .severity = CM_SEVERITY_UNKNOWN,
                .now_s = cm_clock_wall_s(),
                .wide = cm_args_flag(args, "wide"),
                .color = cm_wants_color(args, STDOUT_FILENO),
        };
        cm_policy_severity(args, "severity", &report.severity);
        const struct cm_report_writer writer = { write_report, &report };
        return cm_report_output(args, settings->format, &writer, err);
}

static int status_of(void *ctx, const struct cm_args *args, const struct cm_check_outcome *outcome)
{
        const struct settings *settings = ctx;
        return exit_status(args, outcome, &settings->limits);
}

static int watch_run(const struct cm_args *args, struct settings *settings)
{
        struct cm_err err = CM_ERR_INIT;
        bool json = strcmp(settings->format, "json") == 0;
        const char *const *files = NULL;
        if (!json && strcmp(settings->format, "table") != 0)
                CM_IGNORE(CM_RAISE(&err, CM_E_USAGE,
                                   "--watch writes changes as text or with --json, not as %s",
                                   settings->format));
        else if (cm_args_list(args, "output", &files) > 0 || cm_args_get(args, "save") != NULL ||
                 cm_args_get(args, "fix") != NULL || cm_args_flag(args, "write"))
                CM_IGNORE(CM_RAISE(&err, CM_E_USAGE,
                                   "--watch does not go with --output, --save, --fix or --write"));
        const struct cm_check_watch watch = { .judge = judge,
                                              .status = status_of,
                                              .report = json ? NULL : write_reports,
                                              .ctx = settings,
                                              .json = json };
        return err.code != CM_E_OK ? cm_command_fail(&err) : cm_check_watch(args, &watch);
}

static int check_run(const struct cm_args *args)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(ARENA_BYTES_MAX);
        struct cm_args run = *args;
        struct cm_check_outcome outcome = { 0 };
        struct settings settings;
        run.arena = arena;
        int r = read_settings(args, &settings, &err);
        if (r == 0 && cm_args_flag(args, "watch"))
                return watch_run(args, &settings);
        if (r == 0)
                r = judge(&settings, &run, &outcome, &err);
        /* A patch is all that is printed. */
        if (r == 0 && (cm_args_get(args, "fix") == NULL || cm_args_flag(args, "write")))
                r = write_reports(&settings, &run, &outcome, &err);
        return r < 0 ? cm_command_fail(&err) : exit_status(args, &outcome, &settings.limits);
}

extern const struct cm_cmd cm_cmd_check;
const struct cm_cmd cm_cmd_check = {
        .name = "check",
        .summary = "check configuration files, images, engines, clusters and hosts",
        .synopsis = "FILE|DIR|IMAGE|docker:|host:|kube:|-... [flags]",
        .description =
                "Evaluates checks on what configuration says: Kubernetes manifests (YAML or JSON, "
                "also several in one file), Dockerfiles, Compose files, SAM and CloudFormation "
                "templates, serverless.yml, zip files of functions, daemon.json, and saved "
                "answers of docker inspect and docker info. Directories are searched for such "
                "files. docker: (or podman:) is the engine of this host: it is asked through its "
                "socket (DOCKER_HOST). Images are read as scan reads them: a file or layout that "
                "holds one, archive:FILE, layout:DIR, docker:NAME, podman:NAME, registry:REF, "
                "rootfs:DIR, and with image: any other target of scan. host: is this host, host:DIR "
                "a root file system elsewhere. kube: or kube:CONTEXT is a cluster, by a "
                "kubeconfig. A directory with a Chart.yaml is a Helm chart: see --helm.\n\n"
                "Each check gives pass, fail, or unknown: what cannot be decided is never "
                "passed. Exit status 1: a check failed; 3: something is unknown, and nothing "
                "failed; 5: a file could not be read as what it is.",
        .examples =
                (const char *const[]){
                        "coaming check deploy.yaml", "all checks on one file",
                        "coaming check -p pss-restricted k8s/",
                        "the checks of one profile on a directory",
                        "coaming check --helm charts/web", "what a chart becomes",
                        "coaming check -p cis-k8s-1.12 kube:", "the cluster of the current context",
                        "coaming check -p cis-docker-1.6.0 docker:",
                        "the engine of this host, with all that it has",
                        "coaming check -p cis-docker-1.6.0 app.tar",
                        "an image that docker save wrote", "coaming check -p container-host host:",
                        "this host", "coaming check --watch --json docker: k8s/",
                        "stay, and write what changes, an object a line", NULL },
        .options = options,
        .positional_min = 1,
        .positional_max = SIZE_MAX,
        .run = check_run,
};
