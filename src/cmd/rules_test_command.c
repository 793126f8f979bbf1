/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming rules test`: cases of rules, as data. */
#include <stdio.h>

#include "base/escape.h"
#include "base/limits.h"
#include "cmd/rules.h"
#include "codec/node_yaml.h"
#include "rule/rule_cases.h"

/* The rule files of --rules, and those that the file of cases names beside itself. */
static const char *const *rule_files(const struct cm_args *args, struct cm_arena *arena,
                                     const char *file, const struct cm_node *root,
                                     size_t *ret_count)
{
        const char *const *given = NULL;
        size_t count = cm_args_list(args, "rules", &given);
        const struct cm_node *own = cm_node_get(root, "rules");
        size_t own_count = cm_node_type(own) == CM_NODE_LIST ? cm_node_count(own) : 0;
        const char **files = CM_NEW_ARRAY(arena, const char *, count + own_count);
        struct cm_sv directory, name;
        bool has_directory = cm_sv_cut_last(cm_sv_from_cstr(file), '/', &directory, &name);
        size_t n = 0;
        for (size_t i = 0; i < own_count; i++) {
                struct cm_sv path = cm_node_string(cm_node_at(own, i));
                bool is_absolute = path.len > 0 && path.ptr[0] == '/';
                files[n++] = has_directory && !is_absolute
                                     ? cm_sv_printf(arena, "%.*s/%.*s", CM_SV_ARG(directory),
                                                    CM_SV_ARG(path))
                                               .ptr
                                     : cm_sv_printf(arena, "%.*s", CM_SV_ARG(path)).ptr;
        }
        for (size_t i = 0; i < count; i++)
                files[n++] = given[i];
        *ret_count = n;
        return files;
}

/* Returns the number of failures, or < 0. */
static int test_document(const struct cm_args *args, struct cm_arena *arena, const char *file,
                         const struct cm_node *root, size_t *ret_run, struct cm_err *err)
{
        const struct cm_rule_case *cases = NULL;
        struct cm_rule_loader *loader = NULL;
        const struct cm_ruleset *set = NULL;
        size_t count = 0;
        size_t file_count = 0;
        int failed = 0;
        const char *const *files = rule_files(args, arena, file, root, &file_count);
        int r = cm_rule_cases_load(arena, cm_sv_from_cstr(file), root, &cases, &count, err);
        if (r == 0 && file_count == 0)
                r = CM_RAISE(err, CM_E_USAGE, "%.200s names no rules; --rules FILE does", file);
        if (r == 0)
                r = cm_rules_open(arena, files, file_count, false, &loader, &set, err);
        if (r < 0)
                return r;
        struct cm_rule_state *state CM_CLEANUP(cm_rule_state_freep)
        = cm_rule_state_new(set);
        for (size_t i = 0; i < count; i++) {
                struct cm_sv why = CM_SV("");
                if (cm_rule_case_passes(state, arena, &cases[i], &why))
                        continue;
                failed++;
                printf("FAILED %s:%u: %s: %s\n", cm_escape(arena, cm_sv_from_cstr(file)),
                       cases[i].pos.line, cm_escape(arena, cases[i].name), cm_escape(arena, why));
        }
        *ret_run += count;
        return failed;
}

static int test_file(const struct cm_args *args, const char *file, size_t *ret_run,
                     struct cm_err *err)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_RULE_ARENA_BYTES_MAX);
        const struct cm_node_yaml_options options = { .schema = CM_NODE_YAML_TEXT };
        const struct cm_node_doc *docs = NULL;
        struct cm_sv text;
        size_t count = 0;
        int failed = 0;
        int r = cm_rules_read(arena, file, CM_RULE_FILE_BYTES_MAX, &text, err);
        if (r == 0)
                r = cm_node_parse_yaml(arena, text, &options, &docs, &count, err);
        if (r < 0)
                return cm_err_context(err, "%.200s", file);
        for (size_t i = 0; i < count; i++) {
                r = test_document(args, arena, file, docs[i].root, ret_run, err);
                if (r < 0)
                        return r;
                failed += r;
        }
        return failed;
}

static int test_run(const struct cm_args *args)
{
        struct cm_err err = CM_ERR_INIT;
        size_t run = 0;
        size_t failed = 0;
        for (size_t i = 0; i < args->positional_count; i++) {
                int r = test_file(args, args->positional[i], &run, &err);
                if (r < 0)
                        return cm_command_fail(&err);
                failed += (size_t)r;
        }
        printf("%zu cases passed, %zu failed\n", run - failed, failed);
        return failed > 0 ? 1 : 0;
}

static const struct cm_opt options[] = {
        { .name = "rules",
          .kind = CM_OPT_LIST,
          .arg = "FILE",
          .help = "rule file or directory, after those that the cases name" },
        { .name = NULL },
};
const struct cm_cmd cm_rules_test_command = {
        .name = "test",
        .summary = "run cases: events as data, and the rules that must match",
        .synopsis = "CASES...",
        .description = "Each file describes events with the process, descriptor and container that "
                       "they are about, and says which rules match and what the first one prints. "
                       "The format is in docs/formats/rule-cases.md.",
        .options = options,
        .positional_min = 1,
        .positional_max = SIZE_MAX,
        .run = test_run,
};
