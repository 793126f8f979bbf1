/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming help [COMMAND...]`, `coaming man`, `coaming completion SHELL`. */
#include <stdio.h>

#include "base/buf.h"
#include "cmd/command.h"
#include "cmd/generate.h"

enum {
        TEXT_BYTES_MAX = 4 << 20
};

static int print(struct cm_buf *out)
{
        size_t n = fwrite(out->ptr, 1, out->len, stdout);
        bool ok = n == out->len && fflush(stdout) == 0;
        cm_buf_fini(out);
        return ok ? 0 : cm_err_exit_status(CM_E_IO);
}

static int help_run(const struct cm_args *args)
{
        struct cm_buf out;
        cm_buf_init(&out, TEXT_BYTES_MAX);
        const struct cm_cmd *const *commands = cm_commands;
        const struct cm_cmd *cmd = NULL;
        const char *full_name = "coaming";
        for (size_t i = 0; i < args->positional_count; i++) {
                const struct cm_cmd *next = NULL;
                for (; commands != NULL && *commands != NULL && next == NULL; commands++)
                        if (strcmp((*commands)->name, args->positional[i]) == 0)
                                next = *commands;
                if (next == NULL) {
                        fprintf(stderr, "coaming: no command '%s %.40s'; see 'coaming --help'\n",
                                full_name, args->positional[i]);
                        cm_buf_fini(&out);
                        return cm_err_exit_status(CM_E_USAGE);
                }
                cmd = next;
                full_name = cm_sv_printf(args->arena, "%s %s", full_name, cmd->name).ptr;
                commands = cmd->subcommands;
        }
        if (cmd == NULL)
                cm_help_program(&out, true);
        else
                cm_help_command(&out, cmd, full_name, true);
        return print(&out);
}

const struct cm_cmd cm_cmd_help = {
        .name = "help",
        .summary = "show the help of a command",
        .synopsis = "[COMMAND...]",
        .positional_max = 4,
        .run = help_run,
};

static int man_run(const struct cm_args *args)
{
        (void)args;
        struct cm_buf out;
        cm_buf_init(&out, TEXT_BYTES_MAX);
        cm_generate_man(&out);
        return print(&out);
}

const struct cm_cmd cm_cmd_man = {
        .name = "man",
        .summary = "print the manual page (roff)",
        .synopsis = "",
        .examples = (const char *const[]){ "coaming man | man -l -", "read it now", NULL },
        .run = man_run,
};

static int completion_run(const struct cm_args *args)
{
        static const struct {
                const char *shell;
                void (*generate)(struct cm_buf *out);
        } shells[] = {
                { "bash", cm_generate_bash },
                { "zsh", cm_generate_zsh },
                { "fish", cm_generate_fish },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(shells); i++) {
                if (strcmp(shells[i].shell, args->positional[0]) != 0)
                        continue;
                struct cm_buf out;
                cm_buf_init(&out, TEXT_BYTES_MAX);
                shells[i].generate(&out);
                return print(&out);
        }
        fprintf(stderr, "coaming: no completion for '%.40s': bash, zsh or fish\n",
                args->positional[0]);
        return cm_err_exit_status(CM_E_USAGE);
}

const struct cm_cmd cm_cmd_completion = {
        .name = "completion",
        .summary = "print shell completion",
        .synopsis = "bash|zsh|fish",
        .examples =
                (const char *const[]){ "coaming completion bash > /etc/bash_completion.d/coaming",
                                       "completion for all users", NULL },
        .positional_min = 1,
        .positional_max = 1,
        .run = completion_run,
};
