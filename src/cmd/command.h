/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands as tables. A command is one file with one const descriptor and one row in commands.def;
 * its options are a table too. Parsing, -h, --help, `help`, the man page, shell completion, the
 * suggestion after a misspelling and `config show` all come from these tables.
 */
#pragma once

#include "base/arena.h"
#include "base/sv.h"

enum cm_opt_kind {
        CM_OPT_FLAG,  /* --quiet; --no-quiet turns it off again */
        CM_OPT_VALUE, /* --format table; the last one counts */
        CM_OPT_LIST   /* --db FILE, repeatable */
};

struct cm_opt {
        const char *name; /* long name without dashes; NULL ends a table */
        char letter;      /* or 0 */
        enum cm_opt_kind kind;
        const char *arg; /* "FORMAT"; NULL for flags */
        const char *help;
        const char *otherwise; /* default value, or NULL */
        const char *bare;      /* of CM_OPT_VALUE: what "--name" without "=VALUE" means, or NULL */
        const char *const *choices; /* NULL-terminated allowed values, or NULL */
        bool in_config;             /* may stand in a configuration file and the environment */
        const char *heading;        /* starts a group in --help, or NULL */
};

struct cm_args;

struct cm_cmd {
        const char *name;
        const char *summary;         /* one line, no full stop */
        const char *synopsis;        /* "TARGET... [flags]" */
        const char *description;     /* paragraphs, for --help and the man page */
        const char *const *examples; /* NULL-terminated: command, explanation, command, ... */
        const struct cm_opt *options;
        const struct cm_cmd *const
                *subcommands; /* NULL-terminated; run is for what is none of them */
        size_t positional_min;
        size_t positional_max;
        bool is_hidden; /* not in help, man page and completion */
        int (*run)(
                const struct cm_args *args); /* returns the exit status; NULL: only subcommands */
};

/* NULL-terminated, in row order. */
extern const struct cm_cmd *const cm_commands[];
/* Options that every command takes. */
extern const struct cm_opt cm_opts_global[];

/* Where an option's value came from, strongest first. */
enum cm_origin {
        CM_ORIGIN_FLAG,
        CM_ORIGIN_ENV,
        CM_ORIGIN_FILE,
        CM_ORIGIN_DEFAULT,
        CM_ORIGIN_NONE
};

struct cm_opt_value {
        const struct cm_opt *opt;
        enum cm_origin origin;
        const char *where;         /* "--format", "COAMING_FORMAT", "/etc/coaming/config.yaml:3" */
        const char *const *values; /* CM_OPT_LIST: all; CM_OPT_VALUE: one; flag: "true"/"false" */
        size_t count;
};

struct cm_args {
        struct cm_arena *arena;
        const struct cm_cmd *cmd;
        const char *full_name; /* "coaming db build" */
        const struct cm_opt_value *values;
        size_t value_count;
        const char *const *positional;
        size_t positional_count;
};

bool cm_args_flag(const struct cm_args *args, const char *name);
const char *cm_args_get(const struct cm_args *args, const char *name); /* NULL when not given */
size_t cm_args_list(const struct cm_args *args, const char *name, const char *const **ret);
/* Sets *ret when the option is given. Errors: CM_E_USAGE when it is no number from min to max. */
CM_MUST_CHECK int cm_args_number(const struct cm_args *args, const char *name, uint64_t min,
                                 uint64_t max, uint64_t *ret, struct cm_err *err);
const struct cm_opt_value *cm_args_value(const struct cm_args *args, const char *name);

/* Parses and runs; returns the exit status. argv[0] is the program. */
int cm_command_main(int argc, char **argv);
/* Parses for one command only: the pure part, for tests. */
CM_MUST_CHECK int cm_args_parse(struct cm_arena *arena, const struct cm_cmd *cmd,
                                const char *full_name, int argc, char *const *argv,
                                struct cm_args *ret, struct cm_err *err);

/* Prints "coaming: <text>" to stderr and returns the exit status of the error. */
int cm_command_fail(const struct cm_err *err);
/* Nearest name within edit distance 3 among `count` names, or NULL. */
const char *cm_suggest(const char *text, const char *const *names, size_t count);

/* Help texts: short (-h) and full (--help), to `out`. */
struct cm_buf;
void cm_help_program(struct cm_buf *out, bool full);
void cm_help_command(struct cm_buf *out, const struct cm_cmd *cmd, const char *full_name,
                     bool full);
