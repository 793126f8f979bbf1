/* SPDX-License-Identifier: Apache-2.0 */
/* Help texts, completion and man page, all from the command tables. */
#include <stdio.h>

#include "base/buf.h"
#include "cmd/command.h"
#include "cmd/generate.h"

enum {
        WIDTH = 80,
        HELP_BYTES_MAX = 1 << 20
};

/* Wraps text at WIDTH, every line indented; "\n" in the text starts a new line. */
static void put_wrapped(struct cm_buf *out, const char *text, size_t indent)
{
        struct cm_sv rest = cm_sv_from_cstr(text);
        struct cm_sv line;
        while (cm_sv_next_line(&rest, &line)) {
                if (line.len == 0)
                        cm_buf_put_char(out, '\n');
                while (line.len > 0) {
                        size_t room = WIDTH - indent;
                        size_t n = line.len;
                        if (n > room) {
                                ptrdiff_t blank =
                                        cm_sv_rfind_char(cm_sv_slice(line, 0, room + 1), ' ');
                                n = blank <= 0 ? room : (size_t)blank;
                        }
                        cm_buf_printf(out, "%*s%.*s\n", (int)indent, "", (int)n, line.ptr);
                        line = cm_sv_skip(line, n);
                        while (line.len > 0 && line.ptr[0] == ' ')
                                line = cm_sv_skip(line, 1);
                }
        }
}

static void put_option(struct cm_buf *out, const struct cm_opt *o)
{
        char left[80];
        snprintf(left, sizeof(left), "  %c%c%s --%s%s%s%s", o->letter != 0 ? '-' : ' ',
                 o->letter != 0 ? o->letter : ' ', o->letter != 0 ? "," : " ", o->name,
                 o->bare != NULL  ? "[="
                 : o->arg != NULL ? " "
                                  : "",
                 o->arg != NULL ? o->arg : "", o->bare != NULL ? "]" : "");
        char help[512];
        snprintf(help, sizeof(help), "%s%s%s%s", o->help, o->otherwise != NULL ? " (default: " : "",
                 o->otherwise != NULL ? o->otherwise : "", o->otherwise != NULL ? ")" : "");
        if (strlen(left) <= 27 && strlen(help) <= WIDTH - 28) {
                cm_buf_printf(out, "%-28s%s\n", left, help);
                return;
        }
        if (strlen(left) <= 27) {
                struct cm_buf text CM_CLEANUP(cm_buf_fini);
                cm_buf_init(&text, HELP_BYTES_MAX);
                put_wrapped(&text, help, 28);
                cm_buf_printf(out, "%-28s%.*s", left, (int)(text.len - 28), text.ptr + 28);
                return;
        }
        cm_buf_printf(out, "%s\n", left);
        put_wrapped(out, help, 28);
}

static void put_options(struct cm_buf *out, const char *title, const struct cm_opt *table)
{
        if (table == NULL || table->name == NULL)
                return;
        cm_buf_printf(out, "\n%s:\n", title);
        for (const struct cm_opt *o = table; o->name != NULL; o++) {
                if (o->heading != NULL)
                        cm_buf_printf(out, "\n%s:\n", o->heading);
                put_option(out, o);
        }
}

static void put_examples(struct cm_buf *out, const char *const *examples)
{
        if (examples == NULL)
                return;
        cm_buf_put_str(out, "\nExamples:\n");
        for (; examples[0] != NULL && examples[1] != NULL; examples += 2)
                cm_buf_printf(out, "  %s\n      %s\n", examples[0], examples[1]);
}

static void put_commands(struct cm_buf *out, const struct cm_cmd *const *commands)
{
        for (; *commands != NULL; commands++)
                if (!(*commands)->is_hidden)
                        cm_buf_printf(out, "  %-12s  %s\n", (*commands)->name,
                                      (*commands)->summary);
}

void cm_help_program(struct cm_buf *out, bool full)
{
        cm_buf_put_str(out, "coaming: container security in one program\n\n"
                            "Usage: coaming COMMAND [ARGUMENTS] [flags]\n\nCommands:\n");
        put_commands(out, cm_commands);
        if (full)
                put_options(out, "Flags of every command", cm_opts_global);
        cm_buf_put_str(out, "\nExit status: 0 done, 1 policy says no, 2 usage, 3 incomplete,\n"
                            "             4 environment, 5 bad input, 70 internal error\n"
                            "\nStart with:  coaming scan IMAGE      More:  coaming help COMMAND\n");
}

void cm_help_command(struct cm_buf *out, const struct cm_cmd *cmd, const char *full_name, bool full)
{
        cm_buf_printf(out, "%s: %s\n\nUsage: %s %s\n", full_name, cmd->summary, full_name,
                      cmd->synopsis);
        if (full && cmd->description != NULL) {
                cm_buf_put_char(out, '\n');
                put_wrapped(out, cmd->description, 0);
        }
        if (cmd->subcommands != NULL) {
                cm_buf_put_str(out, "\nCommands:\n");
                put_commands(out, cmd->subcommands);
        }
        put_options(out, "Flags", cmd->options);
        if (full)
                put_options(out, "Flags of every command", cm_opts_global);
        put_examples(out, cmd->examples);
        if (!full)
                cm_buf_printf(out, "\nAll of it: %s --help\n", full_name);
}

/* roff: a line must not begin with '.' or "'", and '-' and '\\' are special. */
static void put_roff(struct cm_buf *out, const char *text)
{
        bool line_start = true;
        for (const char *c = text; *c != '\0'; c++) {
                if (line_start && (*c == '.' || *c == '\''))
                        cm_buf_put_str(out, "\\&");
                if (*c == '-' || *c == '\\')
                        cm_buf_put_str(out, *c == '-' ? "\\-" : "\\e");
                else
                        cm_buf_put_char(out, *c);
                line_start = *c == '\n';
        }
}

static void man_options(struct cm_buf *out, const struct cm_opt *table)
{
        for (const struct cm_opt *o = table; o != NULL && o->name != NULL; o++) {
                cm_buf_put_str(out, ".TP\n\\fB");
                if (o->letter != 0)
                        cm_buf_printf(out, "\\-%c\\fR, \\fB", o->letter);
                cm_buf_put_str(out, "\\-\\-");
                put_roff(out, o->name);
                cm_buf_put_str(out, "\\fR");
                if (o->arg != NULL)
                        cm_buf_printf(out, o->bare != NULL ? "[=\\fI%s\\fR]" : " \\fI%s\\fR",
                                      o->arg);
                cm_buf_put_char(out, '\n');
                put_roff(out, o->help);
                if (o->otherwise != NULL) {
                        cm_buf_put_str(out, " (default: ");
                        put_roff(out, o->otherwise);
                        cm_buf_put_char(out, ')');
                }
                cm_buf_put_char(out, '\n');
        }
}

static void man_command(struct cm_buf *out, const struct cm_cmd *cmd, const char *prefix)
{
        char name[64];
        snprintf(name, sizeof(name), "%s %s", prefix, cmd->name);
        for (const struct cm_cmd *const *sub = cmd->subcommands; sub != NULL && *sub != NULL; sub++)
                man_command(out, *sub, name);
        if (cmd->run == NULL || cmd->is_hidden)
                return;
        cm_buf_printf(out, ".SS \"%s ", name);
        put_roff(out, cmd->synopsis);
        cm_buf_put_str(out, "\"\n");
        put_roff(out, cmd->summary);
        cm_buf_put_str(out, ".\n");
        if (cmd->description != NULL) {
                cm_buf_put_str(out, ".PP\n");
                put_roff(out, cmd->description);
                cm_buf_put_char(out, '\n');
        }
        man_options(out, cmd->options);
        for (const char *const *e = cmd->examples; e != NULL && e[0] != NULL; e += 2) {
                cm_buf_put_str(out, ".PP\n.RS 4\n.nf\n");
                put_roff(out, e[0]);
                cm_buf_put_str(out, "\n.fi\n");
                put_roff(out, e[1]);
                cm_buf_put_str(out, "\n.RE\n");
        }
}

void cm_generate_man(struct cm_buf *out)
{
        cm_buf_put_str(out,
                       ".TH COAMING 1 \"\" \"coaming " CM_VERSION "\" \"Coaming manual\"\n"
                       ".SH NAME\ncoaming \\- container security in one program\n"
                       ".SH SYNOPSIS\n.B coaming\n\\fICOMMAND\\fR [\\fIARGUMENTS\\fR] [flags]\n"
                       ".SH COMMANDS\n");
        for (const struct cm_cmd *const *cmd = cm_commands; *cmd != NULL; cmd++)
                man_command(out, *cmd, "coaming");
        cm_buf_put_str(out, ".SH FLAGS OF EVERY COMMAND\n");
        man_options(out, cm_opts_global);
        cm_buf_put_str(out,
                       ".SH FILES\n.TP\n./.coaming.yaml, $XDG_CONFIG_HOME/coaming/config.yaml, "
                       "/etc/coaming/config.yaml\nSettings, the first one wins; keys are long "
                       "flag names. COAMING_* variables win over files, flags over both.\n"
                       ".SH EXIT STATUS\n0 done, 1 policy says no, 2 usage or configuration, "
                       "3 incomplete, 4 environment, 5 bad input, 70 internal error.\n");
}

static void words_of(struct cm_buf *out, const struct cm_opt *table)
{
        for (const struct cm_opt *o = table; o != NULL && o->name != NULL; o++)
                cm_buf_printf(out, " --%s", o->name);
}

static void bash_case(struct cm_buf *out, const struct cm_cmd *cmd, const char *prefix)
{
        char name[64];
        snprintf(name, sizeof(name), "%s%s%s", prefix, *prefix != '\0' ? " " : "", cmd->name);
        cm_buf_printf(out, "    \"%s\") words=\"", name);
        for (const struct cm_cmd *const *sub = cmd->subcommands; sub != NULL && *sub != NULL; sub++)
                cm_buf_printf(out, " %s", (*sub)->name);
        words_of(out, cmd->options);
        words_of(out, cm_opts_global);
        cm_buf_put_str(out, "\" ;;\n");
        for (const struct cm_cmd *const *sub = cmd->subcommands; sub != NULL && *sub != NULL; sub++)
                bash_case(out, *sub, name);
}

void cm_generate_bash(struct cm_buf *out)
{
        cm_buf_put_str(out, "# bash completion for coaming\n_coaming() {\n"
                            "  local cur=${COMP_WORDS[COMP_CWORD]} path= words i\n"
                            "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
                            "    [[ ${COMP_WORDS[i]} == -* ]] && break\n"
                            "    path=\"$path${path:+ }${COMP_WORDS[i]}\"\n  done\n"
                            "  case \"$path\" in\n    \"\") words=\"");
        for (const struct cm_cmd *const *cmd = cm_commands; *cmd != NULL; cmd++)
                if (!(*cmd)->is_hidden)
                        cm_buf_printf(out, " %s", (*cmd)->name);
        cm_buf_put_str(out, "\" ;;\n");
        for (const struct cm_cmd *const *cmd = cm_commands; *cmd != NULL; cmd++)
                if (!(*cmd)->is_hidden)
                        bash_case(out, *cmd, "");
        cm_buf_put_str(out, "    *) words= ;;\n  esac\n"
                            "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n"
                            "complete -o default -F _coaming coaming\n");
}

/* zsh runs bash completions through bashcompinit. */
void cm_generate_zsh(struct cm_buf *out)
{
        cm_buf_put_str(out, "#compdef coaming\nautoload -U +X bashcompinit && bashcompinit\n");
        cm_generate_bash(out);
}

static void put_fish_text(struct cm_buf *out, const char *text)
{
        cm_buf_put_char(out, '\'');
        for (; *text != '\0'; text++) {
                if (*text == '\'' || *text == '\\')
                        cm_buf_put_char(out, '\\');
                cm_buf_put_char(out, *text);
        }
        cm_buf_put_char(out, '\'');
}

static void fish_options(struct cm_buf *out, const char *condition, const struct cm_opt *table)
{
        for (const struct cm_opt *o = table; o != NULL && o->name != NULL; o++) {
                cm_buf_printf(out, "complete -c coaming %s -l %s%s -d ", condition, o->name,
                              o->kind == CM_OPT_FLAG || o->bare != NULL ? "" : " -r");
                put_fish_text(out, o->help);
                cm_buf_put_char(out, '\n');
        }
}

void cm_generate_fish(struct cm_buf *out)
{
        for (const struct cm_cmd *const *cmd = cm_commands; *cmd != NULL; cmd++) {
                if ((*cmd)->is_hidden)
                        continue;
                cm_buf_printf(out, "complete -c coaming -n __fish_use_subcommand -a %s -d ",
                              (*cmd)->name);
                put_fish_text(out, (*cmd)->summary);
                cm_buf_put_char(out, '\n');
                char condition[96];
                snprintf(condition, sizeof(condition), "-n '__fish_seen_subcommand_from %s'",
                         (*cmd)->name);
                for (const struct cm_cmd *const *sub = (*cmd)->subcommands;
                     sub != NULL && *sub != NULL; sub++) {
                        cm_buf_printf(out, "complete -c coaming %s -a %s -d ", condition,
                                      (*sub)->name);
                        put_fish_text(out, (*sub)->summary);
                        cm_buf_put_char(out, '\n');
                        fish_options(out, condition, (*sub)->options);
                }
                fish_options(out, condition, (*cmd)->options);
        }
        fish_options(out, "", cm_opts_global);
}
