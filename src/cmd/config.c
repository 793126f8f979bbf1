/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming config show [--origin]`: every setting with its value and where it came from. */
#include <stdio.h>

#include "base/escape.h"
#include "base/map.h"
#include "cmd/command.h"
#include "cmd/settings.h"

static const struct cm_opt show_options[] = {
        { .name = "origin", .help = "also say where each value came from" },
        { .name = NULL },
};

static void print_value(const struct cm_args *args, const struct cm_opt_value *v, bool origin)
{
        struct cm_sv text = CM_SV("");
        for (size_t i = 0; i < v->count; i++)
                text = cm_sv_printf(args->arena, "%.*s%s%s", CM_SV_ARG(text), i == 0 ? "" : ",",
                                    v->values[i]);
        const char *shown = v->count == 0 ? "-" : cm_escape(args->arena, text);
        if (!origin)
                printf("%-24s %s\n", v->opt->name, shown);
        else if (v->origin == CM_ORIGIN_NONE || v->origin == CM_ORIGIN_DEFAULT)
                printf("%-24s %-24s %s\n", v->opt->name, shown, cm_origin_to_string(v->origin));
        else
                printf("%-24s %-24s %s %s\n", v->opt->name, shown, cm_origin_to_string(v->origin),
                       cm_escape(args->arena, cm_sv_from_cstr(v->where)));
}

/* Settings of one command that were not shown yet. */
static int show_command(const struct cm_args *args, const struct cm_cmd *cmd, struct cm_map *seen,
                        struct cm_err *err)
{
        for (const struct cm_cmd *const *sub = cmd->subcommands; sub != NULL && *sub != NULL;
             sub++) {
                int r = show_command(args, *sub, seen, err);
                if (r < 0)
                        return r;
        }
        if (cmd->run == NULL)
                return 0;
        struct cm_cmd relaxed = *cmd; /* no arguments are given here */
        relaxed.positional_min = 0;
        struct cm_args parsed;
        char *argv[3] = { NULL, NULL, NULL };
        int argc = 0;
        const char *file = cm_args_get(args, "config");
        if (file != NULL) {
                argv[argc++] = (char *)(uintptr_t) "--config";
                argv[argc++] = (char *)(uintptr_t)file;
        }
        int r = cm_args_parse(args->arena, &relaxed, cmd->name, argc, argv, &parsed, err);
        if (r < 0)
                return r;
        for (size_t i = 0; i < parsed.value_count; i++) {
                const struct cm_opt_value *v = &parsed.values[i];
                if (v->opt->in_config &&
                    cm_map_put(seen, cm_sv_from_cstr(v->opt->name), args->arena))
                        print_value(args, v, cm_args_flag(args, "origin"));
        }
        return 0;
}

static int show_run(const struct cm_args *args)
{
        struct cm_map seen;
        cm_map_init(&seen, args->arena);
        struct cm_err err = CM_ERR_INIT;
        for (const struct cm_cmd *const *cmd = cm_commands; *cmd != NULL; cmd++)
                if (show_command(args, *cmd, &seen, &err) < 0)
                        return cm_command_fail(&err);
        return 0;
}

static const struct cm_cmd show = {
        .name = "show",
        .summary = "every setting and its value",
        .synopsis = "[--origin]",
        .description = "Precedence: flag, COAMING_* environment, ./.coaming.yaml, "
                       "$XDG_CONFIG_HOME/coaming/config.yaml, /etc/coaming/config.yaml, default.",
        .options = show_options,
        .run = show_run,
};

const struct cm_cmd cm_cmd_config = {
        .name = "config",
        .summary = "show settings and where they come from",
        .synopsis = "show",
        .subcommands = (const struct cm_cmd *const[]){ &show, NULL },
};
