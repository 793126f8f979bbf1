/* SPDX-License-Identifier: Apache-2.0 */
/* Environment and configuration files; see settings.h. */
#include "cmd/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/vec.h"
#include "codec/yaml.h"

enum {
        CONFIG_BYTES_MAX = 1 << 20
};

const char *cm_origin_to_string(enum cm_origin origin)
{
        static const char *const names[] = { "flag", "environment", "file", "default", "not set" };
        return names[origin];
}

static struct cm_opt_value *find(struct cm_opt_value *values, size_t count, struct cm_sv name)
{
        for (size_t i = 0; i < count; i++)
                if (cm_sv_eq(name, cm_sv_from_cstr(values[i].opt->name)))
                        return &values[i];
        return NULL;
}

/* COAMING_FAIL_ON for fail-on; lists are separated by commas. */
static int apply_environment(struct cm_arena *arena, struct cm_opt_value *v, struct cm_err *err)
{
        char *name = CM_NEW_ARRAY(arena, char, strlen(v->opt->name) + 9);
        memcpy(name, "COAMING_", 8);
        for (size_t i = 0; v->opt->name[i] != '\0'; i++) {
                char c = v->opt->name[i];
                name[8 + i] = c == '-' ? '_' : cm_is_lower(c) ? (char)(c - 'a' + 'A') : c;
        }
        const char *text = getenv(name);
        if (text == NULL || *text == '\0')
                return 0;
        if (v->opt->kind != CM_OPT_LIST)
                return cm_opt_value_add(arena, v, CM_ORIGIN_ENV, name, text, err);
        struct cm_sv rest = cm_sv_from_cstr(text);
        struct cm_sv field;
        while (cm_sv_next_field(&rest, ',', &field)) {
                const char *one = cm_sv_printf(arena, "%.*s", CM_SV_ARG(field)).ptr;
                int r = cm_opt_value_add(arena, v, CM_ORIGIN_ENV, name, one, err);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* Every option name that some command allows in files, for unknown-key errors. */
static void collect_names(struct cm_arena *arena, const struct cm_cmd *cmd, const char **names,
                          size_t max, size_t *count)
{
        for (const struct cm_opt *o = cmd->options; o != NULL && o->name != NULL; o++)
                if (o->in_config && *count < max)
                        names[(*count)++] = o->name;
        for (const struct cm_cmd *const *sub = cmd->subcommands; sub != NULL && *sub != NULL; sub++)
                collect_names(arena, *sub, names, max, count);
}

static int check_key(struct cm_arena *arena, struct cm_sv key, const char *file, struct cm_err *err)
{
        const char *names[256];
        size_t count = 0;
        for (const struct cm_opt *o = cm_opts_global; o->name != NULL; o++)
                if (o->in_config)
                        names[count++] = o->name;
        for (const struct cm_cmd *const *cmd = cm_commands; *cmd != NULL; cmd++)
                collect_names(arena, *cmd, names, CM_ARRAY_LEN(names), &count);
        for (size_t i = 0; i < count; i++)
                if (cm_sv_eq(key, cm_sv_from_cstr(names[i])))
                        return 0;
        const char *typed = cm_escape(arena, key);
        const char *near = cm_suggest(typed, names, count);
        if (near != NULL)
                return CM_RAISE(err, CM_E_USAGE, "%s: no setting '%s'; did you mean '%s'?", file,
                                typed, near);
        return CM_RAISE(err, CM_E_USAGE, "%s: no setting '%s' (coaming config show lists them)",
                        file, typed);
}

static int scalar_text(struct cm_arena *arena, const struct cm_json *v, const char *file,
                       struct cm_sv key, const char **ret, struct cm_err *err)
{
        struct cm_sv s = CM_SV("");
        switch (cm_json_type(v)) {
        case CM_JSON_STRING:
                s = cm_json_string(v);
                break;
        case CM_JSON_BOOL:
                s = cm_json_bool(v, false) ? CM_SV("true") : CM_SV("false");
                break;
        case CM_JSON_INT:
                s = cm_sv_printf(arena, "%lld", (long long)cm_json_int(v, 0));
                break;
        case CM_JSON_NULL:
        case CM_JSON_REAL:
        case CM_JSON_ARRAY:
        case CM_JSON_OBJECT:
                return CM_RAISE(err, CM_E_USAGE, "%s: setting '%s' needs a simple value", file,
                                cm_escape(arena, key));
        }
        return cm_cstr(arena, s, ret, err);
}

static int apply_key(struct cm_arena *arena, struct cm_opt_value *v, const char *file,
                     const struct cm_json *value, struct cm_err *err)
{
        struct cm_sv key = cm_sv_from_cstr(v->opt->name);
        const char *text = NULL;
        if (v->opt->kind != CM_OPT_LIST || !cm_json_is_array(value)) {
                int r = scalar_text(arena, value, file, key, &text, err);
                return r < 0 ? r : cm_opt_value_add(arena, v, CM_ORIGIN_FILE, file, text, err);
        }
        for (size_t i = 0; i < cm_json_count(value); i++) {
                int r = scalar_text(arena, cm_json_at(value, i), file, key, &text, err);
                if (r == 0)
                        r = cm_opt_value_add(arena, v, CM_ORIGIN_FILE, file, text, err);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* Returns: 0; 1 when there is no such file. */
static int read_file(const char *file, struct cm_buf *buf, struct cm_err *err)
{
        int fd = open(file, O_RDONLY | O_CLOEXEC);
        if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
                return 1;
        if (fd < 0)
                return CM_RAISE_ERRNO(err, CM_E_USAGE, errno,
                                      "could not open configuration file '%s'", file);
        ssize_t n = 0;
        do {
                char *p = cm_buf_reserve(buf, 4096);
                n = p == NULL ? -1 : read(fd, p, 4096);
                if (n > 0)
                        cm_buf_commit(buf, (size_t)n);
        } while (n > 0);
        int saved = errno;
        close(fd);
        if (n < 0)
                return buf->overflow
                               ? cm_buf_check(buf, file, err)
                               : CM_RAISE_ERRNO(err, CM_E_USAGE, saved,
                                                "could not read configuration file '%s'", file);
        return 0;
}

static int apply_file(struct cm_arena *arena, const char *file, bool must_exist,
                      struct cm_opt_value *values, size_t count, struct cm_err *err)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CONFIG_BYTES_MAX);
        int r = read_file(file, &buf, err);
        if (r > 0 && must_exist)
                return CM_RAISE(err, CM_E_USAGE, "configuration file '%s' is not there", file);
        if (r != 0)
                return r < 0 ? r : 0;
        if (cm_sv_trim(cm_buf_sv(&buf)).len == 0)
                return 0;
        const struct cm_json *doc = NULL;
        r = cm_yaml_parse(arena, cm_buf_sv(&buf), &doc, err);
        if (r < 0) {
                err->code = CM_E_USAGE;
                return cm_err_context(err, "configuration file '%s'", file);
        }
        if (!cm_json_is_object(doc))
                return CM_RAISE(err, CM_E_USAGE, "configuration file '%s' is not a mapping", file);
        for (struct cm_json_iter it = cm_json_iter_first(doc); it.value != NULL;
             cm_json_iter_next(&it)) {
                r = check_key(arena, it.key, file, err);
                struct cm_opt_value *v = find(values, count, it.key);
                /* Weaker than what is set already, or of another command. */
                if (r == 0 && v != NULL && v->opt->in_config && v->origin == CM_ORIGIN_NONE)
                        r = apply_key(arena, v, file, it.value, err);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int apply_files(struct cm_arena *arena, struct cm_opt_value *values, size_t count,
                       struct cm_err *err)
{
        struct cm_opt_value *only = find(values, count, CM_SV("config"));
        if (only != NULL && only->count > 0)
                return apply_file(arena, only->values[0], true, values, count, err);
        const char *xdg = getenv("XDG_CONFIG_HOME");
        const char *home = getenv("HOME");
        const char *user = NULL;
        if (xdg != NULL && *xdg == '/')
                user = cm_sv_printf(arena, "%s/coaming/config.yaml", xdg).ptr;
        else if (home != NULL && *home == '/')
                user = cm_sv_printf(arena, "%s/.config/coaming/config.yaml", home).ptr;
        const char *files[] = { ".coaming.yaml", user, "/etc/coaming/config.yaml" };
        for (size_t i = 0; i < CM_ARRAY_LEN(files); i++) {
                int r = files[i] == NULL ? 0
                                         : apply_file(arena, files[i], false, values, count, err);
                if (r < 0)
                        return r;
        }
        return 0;
}

int cm_settings_apply(struct cm_arena *arena, struct cm_opt_value *values, size_t count,
                      struct cm_err *err)
{
        for (size_t i = 0; i < count; i++) {
                if (!values[i].opt->in_config || values[i].origin == CM_ORIGIN_FLAG)
                        continue;
                int r = apply_environment(arena, &values[i], err);
                if (r < 0)
                        return r;
        }
        int r = apply_files(arena, values, count, err);
        if (r < 0)
                return r;
        for (size_t i = 0; i < count; i++) {
                if (values[i].origin != CM_ORIGIN_NONE || values[i].opt->otherwise == NULL)
                        continue;
                r = cm_opt_value_add(arena, &values[i], CM_ORIGIN_DEFAULT, "default",
                                     values[i].opt->otherwise, err);
                if (r < 0)
                        return r;
        }
        return 0;
}
