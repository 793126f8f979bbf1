/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming comply test`: do the checks that answer a row test what the row asks? */
#include <stdio.h>

#include "base/escape.h"
#include "cmd/comply.h"
#include "comply/framework_pack.h"
#include "comply/mapping.h"

static void print_all(const struct cm_args *args, const char *word,
                      const struct cm_mapping_faults *faults)
{
        for (size_t i = 0; i < faults->count; i++) {
                const struct cm_mapping_fault *f = &faults->items[i];
                printf("%s %s %s%s%s: %s\n", word, cm_escape(args->arena, f->framework),
                       cm_escape(args->arena, f->row), f->check.len > 0 ? " " : "",
                       cm_escape(args->arena, f->check), cm_escape(args->arena, f->text));
        }
}

static int test_run(const struct cm_args *args)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_comply_context c = { .check_count = 0 };
        struct cm_examples examples = { NULL, 0 };
        struct cm_mapping_counts sum = { 0 };
        int r = cm_comply_open(args, NULL, 0, &c, &err);
        if (r == 0)
                r = cm_examples_open(args->arena, &examples, &err);
        bool verbose = cm_args_flag(args, "untested");
        for (size_t i = 0; i < c.frameworks.count && r == 0; i++) {
                struct cm_mapping_faults faults = { 0 };
                struct cm_mapping_faults untested = { 0 };
                struct cm_mapping_counts n = { 0 };
                const struct cm_framework *f = &c.frameworks.items[i];
                r = cm_mapping_test(args->arena, &c.frameworks, f, c.checks, c.check_count,
                                    &examples, &n, &faults, &untested, &err);
                if (r < 0)
                        break;
                print_all(args, "FAILED", &faults);
                if (verbose)
                        print_all(args, "untested", &untested);
                printf("%s: %zu proved, %zu wrong, %zu without an example, %zu questions; %zu rows "
                       "without an example\n",
                       cm_escape(args->arena, f->name), n.proved, n.wrong, n.untested, n.asked,
                       n.bare);
                sum.proved += n.proved;
                sum.wrong += n.wrong;
                sum.untested += n.untested;
                sum.examples += n.examples;
                sum.missed += n.missed;
        }
        if (r < 0)
                return cm_command_fail(&err);
        printf("%zu mappings proved, %zu wrong, %zu without an example; %zu violations found, "
               "%zu missed\n",
               sum.proved, sum.wrong, sum.untested, sum.examples, sum.missed);
        return sum.wrong + sum.missed > 0 ? 1 : 0;
}

static const struct cm_opt options[] = {
        { .name = "untested", .help = "list mappings that have no example, too" },
        { .name = NULL },
};
const struct cm_cmd cm_cmd_comply_test = {
        .name = "test",
        .summary = "test by examples that checks answer what rows ask",
        .synopsis = "[flags]",
        .description = "Each check that answers a row must fail on a document that violates the "
                       "row and pass on one that does not; each such violation must be found by a "
                       "check of the row. Mappings without an example are counted.",
        .options = options,
        .run = test_run,
};
