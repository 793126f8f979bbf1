/* SPDX-License-Identifier: Apache-2.0 */
/* Option parsing from the tables of command.h. Not for: environment and files (cmd/settings.c). */
#include <stdlib.h>

#include "base/vec.h"
#include "cmd/command.h"
#include "cmd/settings.h"

#define CM_COMMAND(name) extern const struct cm_cmd cm_cmd_##name;
#include "cmd/commands.def"
#undef CM_COMMAND

const struct cm_cmd *const cm_commands[] = {
#define CM_COMMAND(name) &cm_cmd_##name,
#include "cmd/commands.def"
#undef CM_COMMAND
        NULL,
};

static const char *const color_choices[] = { "auto", "always", "never", NULL };

const struct cm_opt cm_opts_global[] = {
        { .name = "help", .letter = 'h', .help = "short help; --help shows all of it" },
        { .name = "quiet",
          .letter = 'q',
          .help = "no progress and no notes on stderr",
          .in_config = true },
        { .name = "verbose", .letter = 'v', .help = "more detail on stderr", .in_config = true },
        { .name = "color",
          .kind = CM_OPT_VALUE,
          .arg = "WHEN",
          .otherwise = "auto",
          .choices = color_choices,
          .help = "auto, always or never (NO_COLOR, FORCE_COLOR)",
          .in_config = true },
        { .name = "config",
          .kind = CM_OPT_VALUE,
          .arg = "FILE",
          .help = "read this configuration file only" },
        { .name = NULL },
};

const struct cm_opt_value *cm_args_value(const struct cm_args *args, const char *name)
{
        for (size_t i = 0; i < args->value_count; i++)
                if (strcmp(args->values[i].opt->name, name) == 0)
                        return &args->values[i];
        CM_ASSERT(name == NULL); /* the option is not in the command's table */
        return NULL;
}

bool cm_args_flag(const struct cm_args *args, const char *name)
{
        const struct cm_opt_value *v = cm_args_value(args, name);
        return v->count > 0 && strcmp(v->values[0], "true") == 0;
}

const char *cm_args_get(const struct cm_args *args, const char *name)
{
        const struct cm_opt_value *v = cm_args_value(args, name);
        return v->count > 0 ? v->values[v->count - 1] : NULL;
}

size_t cm_args_list(const struct cm_args *args, const char *name, const char *const **ret)
{
        const struct cm_opt_value *v = cm_args_value(args, name);
        *ret = v->values;
        return v->count;
}

int cm_args_number(const struct cm_args *args, const char *name, uint64_t min, uint64_t max,
                   uint64_t *ret, struct cm_err *err)
{
        const char *text = cm_args_get(args, name);
        int r = text == NULL ? 0 : cm_parse_u64(cm_sv_from_cstr(text), min, max, ret, err);
        if (r < 0) {
                err->code = CM_E_USAGE;
                return cm_err_context(err, "--%s", name);
        }
        return 0;
}

static size_t distance(const char *a, const char *b)
{
        size_t n = strlen(a);
        size_t m = strlen(b);
        size_t row[64];
        if (n >= 63 || m >= 63)
                return 99;
        for (size_t j = 0; j <= m; j++)
                row[j] = j;
        for (size_t i = 1; i <= n; i++) {
                size_t diagonal = row[0];
                row[0] = i;
                for (size_t j = 1; j <= m; j++) {
                        size_t substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                        diagonal = row[j];
                        row[j] = CM_MIN(substitute, CM_MIN(row[j], row[j - 1]) + 1);
                }
        }
        return row[m];
}

const char *cm_suggest(const char *text, const char *const *names, size_t count)
{
        const char *best = NULL;
        size_t best_distance = CM_MIN((size_t)3, strlen(text) / 2) + 1;
        for (size_t i = 0; i < count; i++) {
                size_t d = distance(text, names[i]);
                if (d < best_distance) {
                        best = names[i];
                        best_distance = d;
                }
        }
        return best;
}

struct parser {
        struct cm_arena *arena;
        const struct cm_cmd *cmd;
        CM_VEC(struct cm_opt_value) values;
        CM_VEC(const char *) positional;
};

static void add_table(struct parser *p, const struct cm_opt *table)
{
        for (; table != NULL && table->name != NULL; table++)
                *CM_VEC_PUSH(p->arena, &p->values) =
                        (struct cm_opt_value){ .opt = table, .origin = CM_ORIGIN_NONE };
}

static struct cm_opt_value *find_long(struct parser *p, struct cm_sv name)
{
        for (size_t i = 0; i < p->values.count; i++)
                if (cm_sv_eq(name, cm_sv_from_cstr(p->values.items[i].opt->name)))
                        return &p->values.items[i];
        return NULL;
}

static struct cm_opt_value *find_letter(struct parser *p, char letter)
{
        for (size_t i = 0; i < p->values.count; i++)
                if (p->values.items[i].opt->letter == letter)
                        return &p->values.items[i];
        return NULL;
}

int cm_opt_check_choice(const struct cm_opt *opt, const char *value, const char *where,
                        struct cm_err *err)
{
        if (opt->choices == NULL)
                return 0;
        size_t count = 0;
        char list[200] = "";
        for (; opt->choices[count] != NULL; count++) {
                if (strcmp(opt->choices[count], value) == 0)
                        return 0;
                strncat(list, count == 0 ? "" : ", ", sizeof(list) - strlen(list) - 1);
                strncat(list, opt->choices[count], sizeof(list) - strlen(list) - 1);
        }
        return CM_RAISE(err, CM_E_USAGE, "%s: '%.60s' is not one of %s", where, value, list);
}

int cm_opt_value_add(struct cm_arena *arena, struct cm_opt_value *v, enum cm_origin origin,
                     const char *where, const char *value, struct cm_err *err)
{
        int r = cm_opt_check_choice(v->opt, value, where, err);
        if (r < 0)
                return r;
        bool append = v->opt->kind == CM_OPT_LIST && v->origin == origin;
        size_t old = append ? v->count : 0;
        const char **values = CM_NEW_ARRAY(arena, const char *, old + 1);
        if (old > 0)
                memcpy(values, v->values, old * sizeof(*values));
        values[old] = value;
        v->values = values;
        v->count = old + 1;
        v->origin = origin;
        v->where = where;
        return 0;
}

static int no_such_option(struct parser *p, const char *text, struct cm_sv name, struct cm_err *err)
{
        const char *names[64];
        size_t count = 0;
        for (size_t i = 0; i < p->values.count && count < 64; i++)
                names[count++] = p->values.items[i].opt->name;
        const char *typed = cm_sv_printf(p->arena, "%.*s", CM_SV_ARG(name)).ptr;
        const char *near = cm_suggest(typed, names, count);
        if (near != NULL)
                return CM_RAISE(err, CM_E_USAGE, "no option '%.60s'; did you mean --%s?", text,
                                near);
        return CM_RAISE(err, CM_E_USAGE, "no option '%.60s'", text);
}

static int long_option(struct parser *p, int argc, char *const *argv, int *i, struct cm_err *err)
{
        struct cm_sv name, value;
        bool has_value = cm_sv_cut(cm_sv_from_cstr(argv[*i] + 2), '=', &name, &value);
        struct cm_opt_value *v = find_long(p, name);
        bool negated = false;
        if (v == NULL && cm_sv_has_prefix(name, CM_SV("no-"))) {
                v = find_long(p, cm_sv_skip(name, 3));
                negated = v != NULL && v->opt->kind == CM_OPT_FLAG;
                v = negated ? v : NULL;
        }
        if (v == NULL)
                return no_such_option(p, argv[*i], name, err);
        const char *where = cm_sv_printf(p->arena, "--%s", v->opt->name).ptr;
        if (v->opt->kind == CM_OPT_FLAG) {
                if (has_value)
                        return CM_RAISE(err, CM_E_USAGE, "%s takes no value", where);
                return cm_opt_value_add(p->arena, v, CM_ORIGIN_FLAG, where,
                                        negated ? "false" : "true", err);
        }
        if (!has_value && v->opt->bare != NULL)
                return cm_opt_value_add(p->arena, v, CM_ORIGIN_FLAG, where, v->opt->bare, err);
        if (!has_value && *i + 1 >= argc)
                return CM_RAISE(err, CM_E_USAGE, "%s needs a value: %s %s", where, where,
                                v->opt->arg);
        const char *text = has_value ? strchr(argv[*i], '=') + 1 : argv[++*i];
        return cm_opt_value_add(p->arena, v, CM_ORIGIN_FLAG, where, text, err);
}

/* "-qv", "-f json", "-fjson". */
static int letters(struct parser *p, int argc, char *const *argv, int *i, struct cm_err *err)
{
        for (const char *c = argv[*i] + 1; *c != '\0'; c++) {
                struct cm_opt_value *v = find_letter(p, *c);
                if (v == NULL)
                        return CM_RAISE(err, CM_E_USAGE, "no option '-%c'", *c);
                const char *where = cm_sv_printf(p->arena, "--%s", v->opt->name).ptr;
                if (v->opt->kind == CM_OPT_FLAG) {
                        int r = cm_opt_value_add(p->arena, v, CM_ORIGIN_FLAG, where, "true", err);
                        if (r < 0)
                                return r;
                        continue;
                }
                if (c[1] == '\0' && *i + 1 >= argc)
                        return CM_RAISE(err, CM_E_USAGE, "-%c needs a value: -%c %s", *c, *c,
                                        v->opt->arg);
                const char *text = c[1] != '\0' ? c + 1 : argv[++*i];
                return cm_opt_value_add(p->arena, v, CM_ORIGIN_FLAG, where, text, err);
        }
        return 0;
}

static int check_positional(const struct parser *p, const char *full_name, struct cm_err *err)
{
        if (p->positional.count < p->cmd->positional_min)
                return CM_RAISE(err, CM_E_USAGE, "too few arguments: %s %s", full_name,
                                p->cmd->synopsis);
        if (p->positional.count > p->cmd->positional_max)
                return CM_RAISE(err, CM_E_USAGE, "too many arguments ('%.60s'): %s %s",
                                p->positional.items[p->cmd->positional_max], full_name,
                                p->cmd->synopsis);
        return 0;
}

int cm_args_parse(struct cm_arena *arena, const struct cm_cmd *cmd, const char *full_name, int argc,
                  char *const *argv, struct cm_args *ret, struct cm_err *err)
{
        struct parser p = { .arena = arena, .cmd = cmd };
        add_table(&p, cmd->options);
        add_table(&p, cm_opts_global);
        bool only_positional = false;
        for (int i = 0; i < argc; i++) {
                int r = 0;
                if (only_positional || argv[i][0] != '-' || argv[i][1] == '\0')
                        *CM_VEC_PUSH(arena, &p.positional) = argv[i];
                else if (strcmp(argv[i], "--") == 0)
                        only_positional = true;
                else if (argv[i][1] == '-')
                        r = long_option(&p, argc, argv, &i, err);
                else
                        r = letters(&p, argc, argv, &i, err);
                if (r < 0)
                        return r;
        }
        *ret = (struct cm_args){
                .arena = arena,
                .cmd = cmd,
                .full_name = full_name,
                .values = p.values.items,
                .value_count = p.values.count,
                .positional = (const char *const *)p.positional.items,
                .positional_count = p.positional.count,
        };
        if (cm_args_flag(ret, "help"))
                return 0;
        int r = check_positional(&p, full_name, err);
        return r < 0 ? r : cm_settings_apply(arena, p.values.items, p.values.count, err);
}
