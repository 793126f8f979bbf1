/* SPDX-License-Identifier: Apache-2.0 */
/* See check_show.h. */
#include "cmd/check_show.h"

#include <fcntl.h>
#include <stdio.h>

#include "base/escape.h"
#include "check/fix.h"
#include "os/file.h"
#include "report/terminal.h"

static const struct cm_check_library_options all_options = { .all = true };

/* The built-in checks, or those of the files that are named. */
int cm_check_library_open(const struct cm_args *args, const char *const *files, size_t count,
                          struct cm_check_library **ret, struct cm_err *err)
{
        int r = cm_check_library_new(args->arena, &all_options, ret, err);
        for (size_t i = 0; i < count && r == 0; i++) {
                struct cm_buf buf CM_CLEANUP(cm_buf_fini);
                cm_buf_init(&buf, CM_MIB(16));
                r = cm_file_read(AT_FDCWD, files[i], &buf, err);
                if (r > 0)
                        return CM_RAISE(err, CM_E_USAGE, "there is no file '%.200s'", files[i]);
                if (r == 0)
                        r = cm_check_library_add(*ret, cm_sv_from_cstr(files[i]),
                                                 cm_sv_dup(args->arena, cm_buf_sv(&buf)), err);
        }
        return r;
}

static const struct cm_check *find(const struct cm_check *const *checks, size_t count,
                                   const char *id)
{
        for (size_t i = 0; i < count; i++)
                if (cm_sv_eq_nocase(checks[i]->id, cm_sv_from_cstr(id)))
                        return checks[i];
        return NULL;
}

static void show(const struct cm_check *c)
{
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, CM_MIB(1));
        cm_buf_printf(&out, "%.*s  %s\n", CM_SV_ARG(c->id), cm_severity_to_string(c->severity));
        const struct {
                const char *label;
                struct cm_sv text;
        } parts[] = { { "", c->title },
                      { "\nWhy\n", c->rationale },
                      { "\nWhat to do\n", c->remediation },
                      { "", cm_check_has_fix(c)
                                    ? CM_SV("`coaming check --fix` does it where it can.")
                                    : CM_SV("") },
                      { "\nQuestion\n", c->question } };
        for (size_t i = 0; i < CM_ARRAY_LEN(parts); i++) {
                if (parts[i].text.len == 0)
                        continue;
                cm_buf_put_str(&out, parts[i].label);
                cm_term_put_wrapped(&out, parts[i].text, CM_TERM_WIDTH);
        }
        for (size_t i = 0; i < cm_node_count(c->evidence); i++) {
                const struct cm_node_member *m = &c->evidence->map.members[i];
                cm_buf_put_str(&out, "  ");
                cm_buf_put_escaped(&out, m->key);
                cm_buf_put_str(&out, ": ");
                cm_buf_put_escaped(&out, cm_node_string(m->value));
                cm_buf_put_char(&out, '\n');
        }
        if (c->rule_count > 0)
                cm_buf_put_str(&out, "\nLooks at\n");
        for (size_t i = 0; i < c->rule_count; i++) {
                const struct cm_check_rule *rule = &c->rules[i];
                cm_buf_printf(&out, "%s%s%.*s: ", rule->view->name, rule->kind.len > 0 ? " " : "",
                              CM_SV_ARG(rule->kind));
                cm_buf_put_escaped(&out, rule->expect.len > 0 ? rule->expect : CM_SV("asks"));
                cm_buf_put_char(&out, '\n');
        }
        if (c->map_count > 0)
                cm_buf_put_str(&out, "\nEvidence for\n");
        for (size_t i = 0; i < c->map_count; i++) {
                cm_buf_put_escaped(&out, c->maps[i].framework);
                for (size_t j = 0; j < c->maps[i].row_count; j++) {
                        cm_buf_put_str(&out, j == 0 ? " " : ", ");
                        cm_buf_put_escaped(&out, c->maps[i].rows[j]);
                }
                cm_buf_put_char(&out, '\n');
        }
        fwrite(out.ptr, 1, out.len, stdout);
}

int cm_check_show(const struct cm_args *args, const char *id, struct cm_err *err)
{
        struct cm_check_library *library = NULL;
        const struct cm_check *const *checks = NULL;
        size_t count = 0;
        int r = cm_check_library_open(args, NULL, 0, &library, err);
        if (r == 0)
                r = cm_check_library_all(library, &checks, &count, err);
        if (r < 0)
                return r;
        const struct cm_check *c = find(checks, count, id);
        if (c == NULL)
                return 1;
        show(c);
        return 0;
}
