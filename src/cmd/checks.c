/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming checks`: lists, shows and tests checks. */
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "check/fix.h"
#include "check/lint.h"
#include "check/selftest.h"
#include "cmd/check_show.h"

enum {
        TEST_BYTES_MAX = 256 << 20 /* of one check: all its documents */
};

static int list_run(const struct cm_args *args)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_check_library *library = NULL;
        const struct cm_check *const *checks = NULL;
        const struct cm_node *const *profiles = NULL;
        size_t count = 0;
        size_t profile_count = 0;
        int r = cm_check_library_open(args, NULL, 0, &library, &err);
        if (r == 0)
                r = cm_check_library_all(library, &checks, &count, &err);
        if (r == 0)
                r = cm_check_library_profiles(library, &profiles, &profile_count, &err);
        if (r < 0)
                return cm_command_fail(&err);
        for (size_t i = 0; i < count; i++)
                printf("%-9s %-10s %s%s%s\n", cm_escape(args->arena, checks[i]->id),
                       cm_severity_to_string(checks[i]->severity),
                       cm_escape(args->arena, checks[i]->title),
                       checks[i]->is_optional ? " (optional)" : "",
                       cm_check_has_fix(checks[i]) ? " (fix)" : "");
        printf("\nProfiles:\n");
        for (size_t i = 0; i < profile_count; i++)
                printf("%-20s %s\n",
                       cm_escape(args->arena, cm_node_get_string(profiles[i], "profile")),
                       cm_escape(args->arena, cm_node_get_string(profiles[i], "title")));
        return 0;
}

static int show_run(const struct cm_args *args)
{
        struct cm_err err = CM_ERR_INIT;
        int r = cm_check_show(args, args->positional[0], &err);
        if (r > 0)
                r = CM_RAISE(&err, CM_E_USAGE, "there is no check '%.40s'; coaming checks list",
                             args->positional[0]);
        return r < 0 ? cm_command_fail(&err) : 0;
}

/* Returns the number of failures, or < 0. */
static int test_one(const struct cm_check *check, size_t *ret_run, struct cm_err *err)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(TEST_BYTES_MAX);
        const struct cm_check_test_failure *failures = NULL;
        size_t count = 0;
        int r = cm_check_selftest(arena, check, &failures, &count, ret_run, err);
        if (r < 0)
                return r;
        for (size_t i = 0; i < count; i++)
                printf("FAILED %s test %zu: %s\n", cm_escape(arena, check->id), failures[i].number,
                       cm_escape(arena, failures[i].text));
        return (int)CM_MIN(count, (size_t)INT32_MAX);
}

static int test_run(const struct cm_args *args)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_check_library *library = NULL;
        const struct cm_check *const *checks = NULL;
        size_t count = 0;
        size_t passed = 0;
        size_t failed = 0;
        int r = cm_check_library_open(args, args->positional, args->positional_count, &library,
                                      &err);
        if (r == 0)
                r = cm_check_library_all(library, &checks, &count, &err);
        for (size_t i = 0; i < count && r >= 0; i++) {
                size_t tests = 0;
                r = test_one(checks[i], &tests, &err);
                failed += r > 0 ? (size_t)r : 0;
                passed += r >= 0 ? tests - (size_t)r : 0;
        }
        if (r < 0)
                return cm_command_fail(&err);
        printf("%zu checks, %zu tests passed, %zu failed\n", count, passed, failed);
        return failed > 0 ? 1 : 0;
}

static int lint_run(const struct cm_args *args)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_check_library *library = NULL;
        const struct cm_check *const *checks = NULL;
        size_t count = 0;
        size_t found = 0;
        int r = cm_check_library_open(args, args->positional, args->positional_count, &library,
                                      &err);
        if (r == 0)
                r = cm_check_library_all(library, &checks, &count, &err);
        if (r < 0)
                return cm_command_fail(&err);
        for (size_t i = 0; i < count; i++) {
                const struct cm_check_complaint *complaints = NULL;
                size_t complaint_count = 0;
                cm_check_lint(args->arena, checks[i], &complaints, &complaint_count);
                found += complaint_count;
                for (size_t j = 0; j < complaint_count; j++) {
                        const struct cm_check_complaint *c = &complaints[j];
                        /* Built-in checks are packed: they have no lines. */
                        if (cm_sv_eq(checks[i]->source, checks[i]->id) || c->pos.line == 0)
                                printf("%s: %s\n", cm_escape(args->arena, checks[i]->id),
                                       cm_escape(args->arena, c->text));
                        else
                                printf("%s:%u:%u: %s: %s\n",
                                       cm_escape(args->arena, checks[i]->source), c->pos.line,
                                       c->pos.column, cm_escape(args->arena, checks[i]->id),
                                       cm_escape(args->arena, c->text));
                }
        }
        printf("%zu checks, %zu complaints\n", count, found);
        return found > 0 ? 1 : 0;
}

static const struct cm_opt no_options[] = { { .name = NULL } };
static const struct cm_cmd list_command = {
        .name = "list",
        .summary = "all built-in checks and profiles",
        .synopsis = "",
        .options = no_options,
        .run = list_run,
};
static const struct cm_cmd show_command = {
        .name = "show",
        .summary = "what a check looks at, why, and what to do",
        .synopsis = "ID",
        .options = no_options,
        .positional_min = 1,
        .positional_max = 1,
        .run = show_run,
};
static const struct cm_cmd test_command = {
        .name = "test",
        .summary = "run the tests that checks carry",
        .synopsis = "[FILE...]",
        .description = "Runs the tests of all built-in checks and of those in the files named.",
        .options = no_options,
        .positional_max = SIZE_MAX,
        .run = test_run,
};
static const struct cm_cmd lint_command = {
        .name = "lint",
        .summary = "what is doubtful about checks that load",
        .synopsis = "[FILE...]",
        .description = "Looks for rules that no test makes fail or pass, expressions of the wrong "
                       "type, rules that never look at the document, and parameters that nobody "
                       "reads or declares; in all built-in checks and in the files named.",
        .options = no_options,
        .positional_max = SIZE_MAX,
        .run = lint_run,
};

extern const struct cm_cmd cm_cmd_checks;
const struct cm_cmd cm_cmd_checks = {
        .name = "checks",
        .summary = "list, show, test and lint checks",
        .synopsis = "COMMAND",
        .subcommands = (const struct cm_cmd *const[]){ &list_command, &show_command, &test_command,
                                                       &lint_command, NULL },
};
