/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming rules explain`: what a rule comes to when macros and lists are written out. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/limits.h"
#include "cmd/rules.h"
#include "model/event.h"
#include "report/terminal.h"
#include "rule/explain.h"

static void put_events(struct cm_buf *out, const struct cm_rule *rule)
{
        struct cm_buf names CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_sv last = CM_SV("");
        cm_buf_init(&names, CM_KIB(64));
        for (const struct cm_event_info *i = cm_event_info_next(NULL); i != NULL;
             i = cm_event_info_next(i)) {
                struct cm_sv name = cm_sv_from_cstr(i->name);
                if (!cm_event_set_has(&rule->events, i->number) || cm_sv_eq(name, last))
                        continue;
                cm_buf_put_str(&names, names.len > 0 ? " " : "");
                cm_buf_put_sv(&names, name);
                last = name;
        }
        cm_term_put_wrapped(out,
                            names.len > 0 ? cm_buf_sv(&names) : CM_SV("none: it never matches"),
                            CM_TERM_WIDTH);
}

static const struct cm_rule *find(const struct cm_ruleset *set, struct cm_sv name)
{
        for (size_t i = 0; i < set->count; i++)
                if (cm_sv_eq_nocase(set->rules[i].name, name))
                        return &set->rules[i];
        return NULL;
}

static int explain_run(const struct cm_args *args)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_RULE_ARENA_BYTES_MAX);
        struct cm_err err = CM_ERR_INIT;
        struct cm_rule_loader *loader = NULL;
        const struct cm_ruleset *set = NULL;
        struct cm_buf out CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_buf part CM_CLEANUP(cm_buf_fini) = { 0 };
        int r = cm_rules_open(arena, args->positional + 1, args->positional_count - 1, false,
                              &loader, &set, &err);
        if (r < 0)
                return cm_command_fail(&err);
        const struct cm_rule *rule = find(set, cm_sv_from_cstr(args->positional[0]));
        if (rule == NULL) {
                CM_IGNORE(CM_RAISE(&err, CM_E_USAGE,
                                   "there is no rule '%.100s' in these files; coaming rules list",
                                   args->positional[0]));
                return cm_command_fail(&err);
        }
        cm_buf_init(&out, CM_MIB(16));
        cm_buf_init(&part, CM_MIB(4));
        cm_buf_put_escaped(&out, rule->name);
        cm_buf_printf(&out, "  %s%s\n", cm_rule_priority_name(rule->priority),
                      rule->is_enabled ? "" : "  disabled");
        cm_term_put_wrapped(&out, rule->desc, CM_TERM_WIDTH);
        if (rule->is_skipped) {
                cm_buf_put_str(&out, "\nIt is left out: it uses a field that is not known.\n");
        } else {
                cm_buf_put_str(&out, "\nOn\n");
                put_events(&out, rule);
                cm_buf_put_str(&out, "\nCondition\n");
                cm_rule_explain_condition(set, rule, &part);
                cm_buf_put_sv(&out, cm_buf_sv(&part));
                cm_buf_put_str(&out, part.overflow ? "... (too long to be shown whole)\n" : "");
                cm_buf_put_str(&out, "\nFields\n");
                cm_buf_clear(&part);
                cm_rule_explain_fields(set, rule, &part);
                cm_term_put_wrapped(&out, cm_buf_sv(&part), CM_TERM_WIDTH);
        }
        cm_buf_put_str(&out, "\nOutput\n");
        cm_term_put_wrapped(&out, rule->output, CM_TERM_WIDTH);
        cm_buf_put_str(&out, "\nFrom ");
        cm_buf_put_escaped(&out, rule->place.file);
        cm_buf_printf(&out, ":%u\n", rule->place.line);
        fwrite(out.ptr, 1, out.len, stdout);
        return 0;
}

static const struct cm_opt no_options[] = { { .name = NULL } };
const struct cm_cmd cm_rules_explain_command = {
        .name = "explain",
        .summary = "a rule's condition written out, its events and fields",
        .synopsis = "RULE FILE...",
        .options = no_options,
        .positional_min = 2,
        .positional_max = SIZE_MAX,
        .run = explain_run,
};
