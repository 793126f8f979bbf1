/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming rules`: checks, lists and shows rules of the agent. */
#include "cmd/rules.h"

#include <stdio.h>

#include "base/escape.h"
#include "base/limits.h"
#include "model/event.h"
#include "report/json_writer.h"
#include "rule/field.h"

static int check_run(const struct cm_args *args)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_RULE_ARENA_BYTES_MAX);
        struct cm_err err = CM_ERR_INIT;
        struct cm_rule_loader *loader = NULL;
        const struct cm_ruleset *set = NULL;
        int r = cm_rules_open(arena, args->positional, args->positional_count, true, &loader, &set,
                              &err);
        if (r < 0)
                return cm_command_fail(&err);
        size_t count = 0;
        cm_rule_loader_diagnostics(loader, &count);
        printf("%zu rules, %zu macros, %zu lists, %zu warnings\n", set->count, set->macro_count,
               set->list_count, count);
        return count > 0 && cm_args_flag(args, "strict") ? 1 : 0;
}

static void put_events(struct cm_json_writer *w, const struct cm_rule *rule)
{
        struct cm_sv last = CM_SV("");
        cm_jw_open(w, "events", '[');
        for (const struct cm_event_info *i = cm_event_info_next(NULL); i != NULL;
             i = cm_event_info_next(i))
                if (cm_event_set_has(&rule->events, i->number) &&
                    !cm_sv_eq(last, cm_sv_from_cstr(i->name))) {
                        last = cm_sv_from_cstr(i->name);
                        cm_jw_cstr(w, NULL, i->name);
                }
        cm_jw_close(w, ']');
}

static void list_json(const struct cm_ruleset *set)
{
        struct cm_buf out CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_json_writer w;
        cm_buf_init(&out, CM_MIB(256));
        cm_jw_init(&w, &out);
        cm_jw_open(&w, NULL, '{');
        cm_jw_cstr(&w, "schema", "coaming/rules/v1");
        cm_jw_open(&w, "rules", '[');
        for (size_t i = 0; i < set->count; i++) {
                const struct cm_rule *rule = &set->rules[i];
                cm_jw_open(&w, NULL, '{');
                cm_jw_string(&w, "name", rule->name);
                cm_jw_string(&w, "description", rule->desc);
                cm_jw_cstr(&w, "priority", cm_rule_priority_name(rule->priority));
                cm_jw_cstr(&w, "source", rule->source == CM_RULE_SYSCALL ? "syscall" : "k8s_audit");
                cm_jw_bool(&w, "enabled", rule->is_enabled);
                cm_jw_bool(&w, "skipped", rule->is_skipped);
                put_events(&w, rule);
                cm_jw_open(&w, "tags", '[');
                for (size_t j = 0; j < rule->tag_count; j++)
                        cm_jw_string(&w, NULL, rule->tags[j]);
                cm_jw_close(&w, ']');
                cm_jw_string(&w, "file", rule->place.file);
                cm_jw_int(&w, "line", rule->place.line);
                cm_jw_close(&w, '}');
        }
        cm_jw_close(&w, ']');
        cm_jw_close(&w, '}');
        cm_buf_put_char(&out, '\n');
        fwrite(out.ptr, 1, out.len, stdout);
}

static int list_run(const struct cm_args *args)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_RULE_ARENA_BYTES_MAX);
        struct cm_err err = CM_ERR_INIT;
        struct cm_rule_loader *loader = NULL;
        const struct cm_ruleset *set = NULL;
        int r = cm_rules_open(arena, args->positional, args->positional_count, false, &loader, &set,
                              &err);
        if (r < 0)
                return cm_command_fail(&err);
        if (cm_args_flag(args, "json")) {
                list_json(set);
                return 0;
        }
        for (size_t i = 0; i < set->count; i++) {
                const struct cm_rule *rule = &set->rules[i];
                printf("%-13s %3zu  %s%s%s\n", cm_rule_priority_name(rule->priority),
                       cm_event_set_count(&rule->events), cm_escape(arena, rule->name),
                       rule->is_enabled ? "" : " (disabled)", rule->is_skipped ? " (skipped)" : "");
        }
        return 0;
}

static int fields_run(const struct cm_args *args)
{
        static const char *const arguments[] = { "", "[...]", "[...] or none", "[N] or none" };
        (void)args;
        for (size_t i = 0; i < cm_field_count; i++) {
                const struct cm_field *f = &cm_fields[i];
                printf("%s%s\n    %s%s: %s\n", f->name, arguments[f->argument],
                       (f->flags & CM_FIELD_IS_LIST) != 0 ? "list of " : "",
                       cm_field_type_name(f->type), f->about);
        }
        return 0;
}

static const struct cm_opt no_options[] = { { .name = NULL } };
static const struct cm_opt check_options[] = {
        { .name = "strict", .help = "exit 1 when there are warnings" },
        { .name = NULL },
};
static const struct cm_opt list_options[] = {
        { .name = "json", .help = "as JSON" },
        { .name = NULL },
};
static const struct cm_cmd check_command = {
        .name = "check",
        .summary = "load rule files and say what is wrong with them",
        .synopsis = "FILE...",
        .description = "Loads the files in the order given, as the agent does. Errors and warnings "
                       "have the names that Falco gives them.",
        .options = check_options,
        .positional_min = 1,
        .positional_max = SIZE_MAX,
        .run = check_run,
};
static const struct cm_cmd list_command = {
        .name = "list",
        .summary = "rules with priority and number of event types",
        .synopsis = "FILE...",
        .options = list_options,
        .positional_min = 1,
        .positional_max = SIZE_MAX,
        .run = list_run,
};
static const struct cm_cmd fields_command = {
        .name = "fields",
        .summary = "all fields that rules can use",
        .synopsis = "",
        .options = no_options,
        .run = fields_run,
};

extern const struct cm_cmd cm_cmd_rules;
const struct cm_cmd cm_cmd_rules = {
        .name = "rules",
        .summary = "check, explain, test and run rules about what happens",
        .synopsis = "COMMAND",
        .subcommands =
                (const struct cm_cmd *const[]){ &check_command, &list_command,
                                                &cm_rules_explain_command, &cm_rules_test_command,
                                                &cm_rules_run_command, &cm_rules_bench_command,
                                                &fields_command, NULL },
};
