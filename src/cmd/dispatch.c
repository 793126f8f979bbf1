/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the command, parses its arguments, runs it; turns errors into messages and exit status. */
#include <stdio.h>

#include "base/buf.h"
#include "base/escape.h"
#include "cmd/command.h"

enum {
        ARGS_BYTES_MAX = 64 << 20,
        HELP_BYTES_MAX = 1 << 20
};

int cm_command_fail(const struct cm_err *err)
{
        fprintf(stderr, "coaming: %s\n", err->text);
        return cm_err_exit_status(err->code);
}

static const struct cm_cmd *find(const struct cm_cmd *const *commands, const char *name)
{
        for (; *commands != NULL; commands++)
                if (strcmp((*commands)->name, name) == 0)
                        return *commands;
        return NULL;
}

static int no_such_command(struct cm_arena *arena, const struct cm_cmd *const *commands,
                           const char *prefix, const char *name)
{
        const char *names[64];
        size_t count = 0;
        for (; *commands != NULL && count < 64; commands++)
                if (!(*commands)->is_hidden)
                        names[count++] = (*commands)->name;
        const char *near = cm_suggest(name, names, count);
        fprintf(stderr, "coaming: no command '%s %s'", prefix,
                cm_escape(arena, cm_sv_from_cstr(name)));
        if (near != NULL)
                fprintf(stderr, "; did you mean '%s %s'?", prefix, near);
        fprintf(stderr, "\nSee '%s --help'.\n", prefix);
        return cm_err_exit_status(CM_E_USAGE);
}

static int print_help(const struct cm_cmd *cmd, const char *full_name, bool full)
{
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, HELP_BYTES_MAX);
        if (cmd == NULL)
                cm_help_program(&out, full);
        else
                cm_help_command(&out, cmd, full_name, full);
        fwrite(out.ptr, 1, out.len, stdout);
        return 0;
}

static bool has_word(int argc, char **argv, const char *word)
{
        for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
                if (strcmp(argv[i], word) == 0)
                        return true;
        return false;
}

static int run(struct cm_arena *arena, const struct cm_cmd *cmd, const char *full_name, int argc,
               char **argv)
{
        if (has_word(argc, argv, "--help") || has_word(argc, argv, "-h"))
                return print_help(cmd, full_name, has_word(argc, argv, "--help"));
        struct cm_args args;
        struct cm_err err = CM_ERR_INIT;
        if (cm_args_parse(arena, cmd, full_name, argc, argv, &args, &err) < 0) {
                int status = cm_command_fail(&err);
                if (err.code == CM_E_USAGE)
                        fprintf(stderr, "See '%s --help'.\n", full_name);
                return status;
        }
        return cmd->run(&args);
}

int cm_command_main(int argc, char **argv)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(ARGS_BYTES_MAX);
        if (argc < 2)
                return print_help(NULL, NULL, false), cm_err_exit_status(CM_E_USAGE);
        if (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0)
                return print_help(NULL, NULL, argv[1][1] == '-');
        const struct cm_cmd *const *commands = cm_commands;
        const struct cm_cmd *cmd = NULL;
        const char *full_name = "coaming";
        int i = 1;
        for (; commands != NULL; i++) {
                bool runs = cmd != NULL && cmd->run != NULL;
                if (runs && i < argc && (argv[i][0] == '-' || find(commands, argv[i]) == NULL))
                        break; /* the command itself, with arguments of its own */
                if (cmd != NULL && (i >= argc || argv[i][0] == '-')) {
                        bool full = has_word(argc, argv, "--help");
                        bool asked = full || has_word(argc, argv, "-h");
                        print_help(cmd, full_name, full);
                        return asked ? 0 : cm_err_exit_status(CM_E_USAGE);
                }
                const char *name = strcmp(argv[i], "--version") == 0 ? "version" : argv[i];
                const struct cm_cmd *next = find(commands, name);
                if (next == NULL)
                        return no_such_command(arena, commands, full_name, argv[i]);
                cmd = next;
                full_name = cm_sv_printf(arena, "%s %s", full_name, cmd->name).ptr;
                commands = cmd->subcommands;
        }
        return run(arena, cmd, full_name, argc - i, argv + i);
}
