/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming check`: evaluates checks on configuration files, and says by its exit status what follows. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/vec.h"
#include "check/check_waiver.h"
#include "check/session.h"
#include "cmd/check_source.h"
#include "cmd/policy_options.h"
#include "cmd/report_output.h"
#include "cmd/target_options.h"
#include "os/file.h"
#include "report/check_format.h"

enum {
        ARENA_BYTES_MAX = 2000 << 20,
        LATEST_MINOR = 999
};

static const char *const severity_choices[] = { "negligible", "low",      "medium",
                                                "high",       "critical", NULL };

static const struct cm_opt options[] = {
        CM_OPTS_REPORT("table, json, sarif, junit or markdown"),
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
        { .name = "checks",
          .kind = CM_OPT_LIST,
          .arg = "FILE",
          .help = "check file of your own, beside the built-in ones; repeatable",
          .in_config = true },
        { .name = "policy",
          .kind = CM_OPT_LIST,
          .arg = "FILE",
          .help = "only ValidatingAdmissionPolicy objects of a file, with bindings and "
                  "parameters; repeatable",
          .in_config = true },
        { .name = "k8s-version",
          .kind = CM_OPT_VALUE,
          .arg = "1.NN",
          .help = "Kubernetes version to judge for (default: the newest)",
          .in_config = true },
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
        { .name = "save",
          .kind = CM_OPT_VALUE,
          .arg = "FILE",
          .help = "keep what was looked at, of one target, to check it again later" },
        CM_OPTS_TARGET,
        { .name = NULL },
};

static int make_job(const struct cm_args *args, struct cm_check_job *job, struct cm_err *err)
{
        *job = (struct cm_check_job){ .k8s_minor = LATEST_MINOR, .now_s = cm_clock_wall_s() };
        const char *version = cm_args_get(args, "k8s-version");
        if (version != NULL) {
                struct cm_sv v = cm_sv_from_cstr(version);
                struct cm_err problem = CM_ERR_INIT;
                uint64_t minor = 0;
                v = cm_sv_has_prefix(v, CM_SV("v")) ? cm_sv_skip(v, 1) : v;
                if (!cm_sv_has_prefix(v, CM_SV("1.")) ||
                    cm_parse_u64(cm_sv_skip(v, 2), 0, 998, &minor, &problem) < 0)
                        return CM_RAISE(err, CM_E_USAGE,
                                        "--k8s-version is written 1.32, not '%.40s'", version);
                job->k8s_minor = (uint32_t)minor;
        }
        const char *profile = cm_args_get(args, "profile");
        job->profile = cm_sv_from_cstr(profile);
        job->all = cm_args_flag(args, "optional");
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

struct session_sink {
        struct cm_check_document_sink sink; /* first */
        struct cm_check_session *session;
        int (*call)(struct cm_check_session *session, const char *name, int fd, struct cm_err *err);
};

static int put_document(struct cm_check_document_sink *sink, const char *name, int fd,
                        struct cm_err *err)
{
        struct session_sink *s = (struct session_sink *)(void *)sink;
        return s->call(s->session, name, fd, err);
}

static void put_unread(struct cm_check_document_sink *sink, const char *name,
                       const struct cm_err *problem)
{
        cm_check_session_unread(((struct session_sink *)(void *)sink)->session, name, problem);
}

static int give_packs(const struct cm_args *args, struct cm_check_session *session,
                      struct cm_err *err)
{
        struct session_sink sink = { { put_document, NULL }, session, cm_check_session_add_pack };
        const char *const *packs = NULL;
        size_t count = cm_args_list(args, "checks", &packs);
        int r = 0;
        for (size_t i = 0; i < count && r == 0; i++)
                r = cm_check_source_file(packs[i], &sink.sink, err);
        count = cm_args_list(args, "policy", &packs);
        for (size_t i = 0; i < count && r == 0; i++)
                r = cm_check_source_file(packs[i], &sink.sink, err);
        return r;
}

/* Passes documents on, and keeps the one there may be. */
struct saving_sink {
        struct cm_check_document_sink sink; /* first */
        struct cm_check_document_sink *next;
        const char *path; /* NULL: nothing is kept */
        size_t count;
};

/* What an engine says of itself has secrets in it: the file is the user's alone. */
static int put_and_save(struct cm_check_document_sink *sink, const char *name, int fd,
                        struct cm_err *err)
{
        struct saving_sink *s = (struct saving_sink *)(void *)sink;
        if (s->path == NULL)
                return s->next->put(s->next, name, fd, err);
        if (s->count++ > 0)
                return CM_RAISE(
                        err, CM_E_USAGE,
                        "--save keeps one document, and the targets have more: save them one "
                        "by one");
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&text, CM_NODE_BYTES_MAX);
        CM_IGNORE(lseek(fd, 0, SEEK_SET) < 0); /* a pipe cannot, and is read from where it is */
        int r = cm_file_read_fd(fd, name, &text, err);
        if (r == 0)
                r = cm_buf_check(&text, "what is to be saved", err);
        mode_t before = umask(S_IRWXG | S_IRWXO);
        if (r == 0)
                r = cm_file_replace(AT_FDCWD, s->path, cm_buf_sv(&text), false, err);
        umask(before);
        return r < 0 ? r : cm_check_source_text(name, cm_buf_sv(&text), s->next, err);
}

static void pass_unread(struct cm_check_document_sink *sink, const char *name,
                        const struct cm_err *problem)
{
        struct saving_sink *s = (struct saving_sink *)(void *)sink;
        s->next->unread(s->next, name, problem);
}

static int give_targets(const struct cm_args *args, struct cm_check_session *session,
                        struct cm_err *err)
{
        struct session_sink sink = { { put_document, put_unread },
                                     session,
                                     cm_check_session_document };
        struct saving_sink saving = {
                { put_and_save, pass_unread }, &sink.sink, cm_args_get(args, "save"), 0
        };
        int r = 0;
        for (size_t i = 0; i < args->positional_count && r == 0; i++)
                r = cm_check_source_give(args, args->positional[i], &saving.sink, err);
        return r;
}

/* Within a document: in its order, the worst first at one object. */
static int result_order(const void *a, const void *b)
{
        const struct cm_check_result *x = a;
        const struct cm_check_result *y = b;
        if (x->subject.document_number != y->subject.document_number)
                return x->subject.document_number < y->subject.document_number ? -1 : 1;
        int c = cm_sv_cmp(x->subject.group, y->subject.group);
        c = c != 0 ? c : cm_sv_cmp(x->subject.kind, y->subject.kind);
        c = c != 0 ? c : cm_sv_cmp(x->subject.name, y->subject.name);
        if (c != 0)
                return c;
        if (x->severity != y->severity)
                return x->severity > y->severity ? -1 : 1;
        c = cm_sv_cmp(x->check, y->check);
        if (c != 0)
                return c;
        if (x->place.line != y->place.line)
                return x->place.line < y->place.line ? -1 : 1;
        if (x->place.column != y->place.column)
                return x->place.column < y->place.column ? -1 : 1;
        return cm_sv_cmp(x->message, y->message);
}

static void sort_results(struct cm_check_outcome *outcome)
{
        struct cm_check_result *results = outcome->results;
        for (size_t from = 0; from < outcome->result_count;) {
                size_t to = from;
                while (to < outcome->result_count &&
                       results[to].subject.document.ptr == results[from].subject.document.ptr)
                        to++;
                qsort(results + from, to - from, sizeof(*results), result_order);
                from = to;
        }
}

static int read_waivers(const struct cm_args *args, struct cm_check_waiver **ret, size_t *ret_count,
                        struct cm_err *err)
{
        struct cm_sv text;
        int r = cm_policy_waivers(args, "waivers", &text, err);
        if (r != 0)
                return r < 0 ? r : 0;
        r = cm_check_waivers_parse(args->arena, text, cm_clock_wall_s(), ret, ret_count, err);
        return r < 0 ? cm_err_context(err, "--waivers '%.200s'", cm_args_get(args, "waivers")) : 0;
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

static int exit_status(const struct cm_args *args, const struct cm_check_outcome *outcome)
{
        enum cm_severity fail_on = CM_SEVERITY_NEGLIGIBLE;
        cm_policy_severity(args, "fail-on", &fail_on);
        uint64_t unknown = 0;
        for (size_t i = 0; i < outcome->tally_count; i++) {
                const struct cm_check_tally *t = &outcome->tallies[i];
                if (t->severity >= fail_on && t->counts[CM_CHECK_FAIL] > 0)
                        return 1;
                unknown += t->counts[CM_CHECK_UNKNOWN];
        }
        /* A file that is not written as its kind must be is bad input, also among good ones. */
        for (size_t i = 0; i < outcome->unread_count; i++)
                if (outcome->unread[i].code != CM_E_OK)
                        return cm_err_exit_status(outcome->unread[i].code);
        bool nothing = outcome->documents == 0;
        return (unknown > 0 || nothing) && !cm_args_flag(args, "allow-incomplete")
                       ? cm_err_exit_status(CM_E_INCOMPLETE)
                       : 0;
}

static int check_all(const struct cm_args *args, struct cm_arena *arena,
                     struct cm_check_outcome *ret, struct cm_err *err)
{
        struct cm_check_job job;
        uint64_t budget_s = 0;
        int r = make_job(args, &job, err);
        if (r == 0)
                r = cm_args_number(args, "timeout", 1, 86400, &budget_s, err);
        struct cm_check_session *session = NULL;
        if (r == 0)
                r = cm_check_session_start(arena, &job, (int)budget_s, &session, err);
        if (r == 0)
                r = give_packs(args, session, err);
        if (r == 0)
                r = give_targets(args, session, err);
        if (r == 0)
                r = cm_check_session_finish(session, ret, err);
        cm_check_session_stop(session);
        return r;
}

static int check_run(const struct cm_args *args)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(ARENA_BYTES_MAX);
        struct cm_check_outcome outcome = { 0 };
        const char *format = cm_report_format(args);
        if (cm_check_format_find(format) == NULL) {
                CM_IGNORE(CM_RAISE(&err, CM_E_USAGE,
                                   "--format: there is no format '%.40s'; table, json, sarif, "
                                   "junit, markdown",
                                   format));
                return cm_command_fail(&err);
        }
        struct cm_check_waiver *waivers = NULL;
        size_t waiver_count = 0;
        int r = read_waivers(args, &waivers, &waiver_count, &err);
        if (r == 0)
                r = check_all(args, arena, &outcome, &err);
        if (r < 0)
                return cm_command_fail(&err);
        sort_results(&outcome);
        cm_check_waivers_apply(waivers, waiver_count, &outcome);
        struct cm_check_report report = {
                .outcome = &outcome,
                .profile = cm_sv_from_cstr(cm_args_get(args, "profile")),
                .severity = CM_SEVERITY_UNKNOWN,
                .wide = cm_args_flag(args, "wide"),
                .color = cm_wants_color(args, STDOUT_FILENO),
        };
        cm_policy_severity(args, "severity", &report.severity);
        const struct cm_report_writer writer = { write_report, &report };
        if (cm_report_output(args, format, &writer, &err) < 0)
                return cm_command_fail(&err);
        return exit_status(args, &outcome);
}

extern const struct cm_cmd cm_cmd_check;
const struct cm_cmd cm_cmd_check = {
        .name = "check",
        .summary = "check configuration files, images, engines and hosts",
        .synopsis = "FILE|DIR|IMAGE|docker:|host:|-... [flags]",
        .description =
                "Evaluates checks on what configuration says: Kubernetes manifests (YAML or JSON, "
                "also several in one file), Dockerfiles, Compose files, daemon.json, and saved "
                "answers of docker inspect and docker info. Directories are searched for such "
                "files. docker: (or podman:) is the engine of this host: it is asked through its "
                "socket (DOCKER_HOST). Images are read as scan reads them: a file or layout that "
                "holds one, archive:FILE, layout:DIR, docker:NAME, podman:NAME, registry:REF, "
                "rootfs:DIR, and with image: any other target of scan. host: is this host, host:DIR "
                "a root file system elsewhere.\n\n"
                "Each check gives pass, fail, or unknown: what cannot be decided is never "
                "passed. Exit status 1: a check failed; 3: something is unknown, and nothing "
                "failed; 5: a file could not be read as what it is.",
        .examples =
                (const char *const[]){ "coaming check deploy.yaml", "all checks on one file",
                                       "coaming check -p pss-restricted k8s/",
                                       "the checks of one profile on a directory",
                                       "helm template . | coaming check -", "what a chart becomes",
                                       "coaming check -p cis-docker-1.6.0 docker:",
                                       "the engine of this host, with all that it has",
                                       "coaming check -p cis-docker-1.6.0 app.tar",
                                       "an image that docker save wrote",
                                       "coaming check -p container-host host:", "this host", NULL },
        .options = options,
        .positional_min = 1,
        .positional_max = SIZE_MAX,
        .run = check_run,
};
