/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming scan`: reads a target, matches it, reports, and says by its exit status what follows. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/open_dbs.h"
#include "cmd/policy_options.h"
#include "cmd/report_output.h"
#include "cmd/target_options.h"
#include "match/match.h"
#include "match/waiver.h"
#include "os/file.h"
#include "report/format.h"

enum {
        ARENA_BYTES_MAX = 2000 << 20
};
enum {
        SECONDS_PER_DAY = 86400
};

static const char *const severity_choices[] = { "unknown", "negligible", "low", "medium",
                                                "high",    "critical",   NULL };

static const struct cm_opt options[] = {
        CM_OPTS_REPORT("table or json"),
        { .name = "severity",
          .kind = CM_OPT_VALUE,
          .arg = "WORD",
          .choices = severity_choices,
          .help = "show findings from this severity on",
          .in_config = true,
          .heading = "Policy" },
        { .name = "fail-on",
          .kind = CM_OPT_VALUE,
          .arg = "WORD",
          .choices = severity_choices,
          .help = "exit 1 when a finding is this severe or more",
          .in_config = true },
        { .name = "only-fixed", .help = "only findings that an update fixes", .in_config = true },
        { .name = "ignore-file",
          .kind = CM_OPT_VALUE,
          .arg = "FILE",
          .help = "waivers: YAML list of id, owner, reason, expires",
          .in_config = true },
        { .name = "show-suppressed", .help = "list waived findings too", .in_config = true },
        { .name = "allow-incomplete",
          .help = "exit 0 although something was not covered",
          .in_config = true },
        { .name = "include-host-packages",
          .help = "kernel headers and images in containers too",
          .in_config = true },
        { .name = "include-unimportant",
          .help = "what Debian calls unimportant, too",
          .in_config = true },
        CM_OPT_DB,
        { .name = "max-age",
          .kind = CM_OPT_VALUE,
          .arg = "DAYS",
          .otherwise = "180",
          .help = "older advisory data is stale (0 = never)",
          .in_config = true },
        CM_OPTS_TARGET,
        { .name = NULL },
};

struct settings {
        const struct cm_format *format;
        enum cm_severity severity;
        enum cm_severity fail_on; /* CM_SEVERITY_COUNT = never */
        int64_t now_s;
        int64_t max_age_s;
        const struct cm_waiver *waivers;
        size_t waiver_count;
};

static int read_waivers(const struct cm_args *args, struct settings *s, struct cm_err *err)
{
        struct cm_sv text;
        int r = cm_policy_waivers(args, "ignore-file", &text, err);
        if (r != 0)
                return r < 0 ? r : 0;
        r = cm_waivers_parse(args->arena, text, s->now_s, &s->waivers, &s->waiver_count, err);
        return r < 0 ? cm_err_context(err, "--ignore-file '%.200s'",
                                      cm_args_get(args, "ignore-file"))
                     : 0;
}

static int read_settings(const struct cm_args *args, struct settings *ret, struct cm_err *err)
{
        struct settings s = { .severity = CM_SEVERITY_UNKNOWN, .fail_on = CM_SEVERITY_COUNT };
        const char *format = cm_report_format(args);
        s.format = cm_format_find(format);
        if (s.format == NULL)
                return CM_RAISE(err, CM_E_USAGE,
                                "--format: there is no format '%.40s'; table, json", format);
        s.now_s = cm_clock_wall_s();
        cm_policy_severity(args, "severity", &s.severity);
        cm_policy_severity(args, "fail-on", &s.fail_on);
        uint64_t days = 0;
        int r = cm_args_number(args, "max-age", 0, 36500, &days, err);
        if (r == 0)
                r = read_waivers(args, &s, err);
        if (r < 0)
                return r;
        s.max_age_s = (int64_t)days * SECONDS_PER_DAY;
        *ret = s;
        return 0;
}

static bool write_report(void *ctx, const char *name, bool to_terminal, struct cm_buf *out)
{
        struct cm_report report = *(const struct cm_report *)ctx;
        const struct cm_format *format = cm_format_find(name);
        if (format == NULL)
                return false;
        report.color = report.color && to_terminal;
        format->write(out, &report);
        return true;
}

static int exit_status(const struct cm_args *args, const struct settings *s,
                       const struct cm_scan_result *result)
{
        for (size_t i = 0; i < result->finding_count && s->fail_on != CM_SEVERITY_COUNT; i++) {
                const struct cm_finding *f = &result->findings[i];
                if (!cm_finding_counts(f) || f->severity < s->fail_on)
                        continue;
                if (cm_args_flag(args, "only-fixed") && f->fixed_version.len == 0)
                        continue;
                return 1;
        }
        if (!result->is_complete && !cm_args_flag(args, "allow-incomplete"))
                return cm_err_exit_status(CM_E_INCOMPLETE);
        return 0;
}

static int match_and_report(const struct cm_args *args, const struct settings *s,
                            const struct cm_target *target, const struct cm_open_dbs *dbs,
                            int *ret_status, struct cm_err *err)
{
        const struct cm_match_options match = {
                .dbs = (const struct cm_db *const *)dbs->dbs,
                .db_count = dbs->count,
                .waivers = s->waivers,
                .waiver_count = s->waiver_count,
                .include_host_packages = cm_args_flag(args, "include-host-packages"),
                .include_unimportant = cm_args_flag(args, "include-unimportant"),
                .now_s = s->now_s,
                .max_age_s = s->max_age_s,
        };
        struct cm_scan_result result;
        int r = cm_match(args->arena, target, &match, &result, err);
        if (r < 0)
                return r;
        struct cm_report_db *used = CM_NEW_ARRAY(args->arena, struct cm_report_db, dbs->count);
        for (size_t i = 0; i < dbs->count; i++) {
                const struct cm_db_info *info = cm_db_info(dbs->dbs[i]);
                used[i] = (struct cm_report_db){ info->name, info->content_digest, info->newest_s,
                                                 info->advisory_count, dbs->is_default };
        }
        struct cm_report report = {
                .result = &result,
                .dbs = used,
                .db_count = dbs->count,
                .now_s = s->now_s,
                .fail_on = s->fail_on,
                .severity = s->severity,
                .only_fixed = cm_args_flag(args, "only-fixed"),
                .wide = cm_args_flag(args, "wide"),
                .color = cm_wants_color(args, STDOUT_FILENO),
                .show_packages = true,
                .show_suppressed = cm_args_flag(args, "show-suppressed"),
        };
        const struct cm_report_writer writer = { write_report, &report };
        r = cm_report_output(args, s->format->name, &writer, err);
        *ret_status = exit_status(args, s, &result);
        return r;
}

static void tell_cached(const struct cm_target *target)
{
        size_t cached = 0;
        for (size_t i = 0; i < target->layer_count; i++)
                cached += target->layers[i].from_cache ? 1 : 0;
        if (target->layer_count > 0)
                fprintf(stderr, "layers: %zu read, %zu from the cache\n",
                        target->layer_count - cached, cached);
}

static int scan_one(const struct cm_args *args, const struct settings *s,
                    const struct cm_open_dbs *dbs, const char *name, int *ret_status,
                    struct cm_err *err)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(ARENA_BYTES_MAX);
        struct cm_args scoped = *args;
        scoped.arena = arena;
        struct cm_scan_options options_scan;
        struct cm_target target;
        struct cm_merge_result files;
        int r = cm_target_options(&scoped, name, &options_scan, err);
        if (r == 0)
                r = cm_scan(arena, &options_scan, &target, &files, err);
        cm_progress_end();
        if (r == 0 && cm_args_flag(args, "verbose"))
                tell_cached(&target);
        return r < 0 ? r : match_and_report(&scoped, s, &target, dbs, ret_status, err);
}

/* The worst of several targets: bad input, policy, then incomplete. */
static int worse(int a, int b)
{
        static const int order[] = { 70, 5, 4, 2, 1, 3, 0 };
        for (size_t i = 0; i < CM_ARRAY_LEN(order); i++)
                if (a == order[i] || b == order[i])
                        return order[i];
        return a;
}

static int run(const struct cm_args *args)
{
        struct cm_err err = CM_ERR_INIT;
        struct settings s = { 0 };
        struct cm_open_dbs dbs = { 0 };
        if (read_settings(args, &s, &err) < 0 || cm_open_dbs(args, &dbs, &err) < 0)
                return cm_command_fail(&err);
        int status = 0;
        for (size_t i = 0; i < args->positional_count; i++) {
                int one = 0;
                cm_err_clear(&err);
                if (i > 0 && !s.format->is_machine)
                        putchar('\n');
                if (scan_one(args, &s, &dbs, args->positional[i], &one, &err) < 0) {
                        fflush(stdout);
                        one = cm_command_fail(&err);
                }
                status = worse(status, one);
        }
        cm_close_dbs(&dbs);
        return status;
}

extern const struct cm_cmd cm_cmd_scan;
const struct cm_cmd cm_cmd_scan = {
        .name = "scan",
        .summary = "find known vulnerabilities in images, roots and source trees",
        .synopsis = "TARGET... [flags]",
        .description =
                "TARGET is docker:NAME, podman:NAME, registry:REF, archive:FILE (docker save or OCI, "
                "compressed or not), layout:DIR[:TAG|@DIGEST], rootfs:DIR, or dir:DIR (a source "
                "tree). Without a prefix an existing path is recognised by its content; anything "
                "else is an image name, looked for in local engines only.\n"
                "Nothing is written to disk but the layer cache, and nothing is sent anywhere "
                "that the target does not name. What the databases do not cover is said, and makes "
                "the exit status 3.",
        .examples =
                (const char *const[]){ "coaming scan image.tar", "an archive made by docker save",
                                       "coaming scan --fail-on high rootfs:/srv/root",
                                       "exit 1 when something is high or critical",
                                       "coaming scan -o json=report.json docker:app:1.2",
                                       "a table to read and a report to keep", NULL },
        .options = options,
        .positional_min = 1,
        .positional_max = 1000,
        .run = run,
};
