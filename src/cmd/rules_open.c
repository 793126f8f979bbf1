/* SPDX-License-Identifier: Apache-2.0 */
/* Rule files from the command line; see rules.h. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/escape.h"
#include "base/limits.h"
#include "base/vec.h"
#include "cmd/rules.h"
#include "os/file.h"

typedef CM_VEC(const char *) name_vec;

int cm_rules_read(struct cm_arena *arena, const char *file, size_t bytes_max, struct cm_sv *ret,
                  struct cm_err *err)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, bytes_max);
        int r = strcmp(file, "-") == 0 ? cm_file_read_fd(0, "standard input", &buf, err)
                                       : cm_file_read(AT_FDCWD, file, &buf, err);
        if (r > 0)
                return CM_RAISE(err, CM_E_USAGE, "there is no file '%.200s'", file);
        if (r == 0)
                r = cm_buf_check(&buf, file, err);
        if (r == 0)
                *ret = cm_sv_dup(arena, cm_buf_sv(&buf));
        return r;
}

static int compare_names(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int add_directory(struct cm_arena *arena, const char *path, name_vec *files,
                         struct cm_err *err)
{
        DIR *dir = opendir(path);
        size_t first = files->count;
        if (dir == NULL)
                return CM_RAISE_ERRNO(err, CM_E_IO, 0, "could not open directory '%.200s'", path);
        for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
                struct cm_sv name = cm_sv_from_cstr(e->d_name);
                if (name.ptr[0] == '.' || (!cm_sv_has_suffix(name, CM_SV(".yaml")) &&
                                           !cm_sv_has_suffix(name, CM_SV(".yml"))))
                        continue;
                *CM_VEC_PUSH(arena, files) = cm_sv_printf(arena, "%s/%s", path, e->d_name).ptr;
        }
        closedir(dir);
        if (files->count > first)
                qsort(files->items + first, files->count - first, sizeof(*files->items),
                      compare_names);
        return 0;
}

void cm_rules_put_diagnostic(struct cm_buf *out, const struct cm_rule_diagnostic *d)
{
        cm_buf_put_escaped(out, d->place.file);
        if (d->place.line > 0)
                cm_buf_printf(out, ":%u:%u", d->place.line, d->place.column);
        cm_buf_printf(out, ": %s: %s: ", d->is_error ? "error" : "warning", d->kind);
        if (d->item.len > 0) {
                cm_buf_put_escaped(out, d->item);
                cm_buf_put_str(out, ": ");
        }
        cm_buf_put_escaped(out, d->text);
        cm_buf_put_char(out, '\n');
        if (d->excerpt.len == 0)
                return;
        cm_buf_put_str(out, "    ");
        for (size_t i = 0; i < d->excerpt.len; i++) /* one column a byte: the caret must fit */
                cm_buf_put_char(out, d->excerpt.ptr[i] >= ' ' && d->excerpt.ptr[i] <= '~'
                                             ? d->excerpt.ptr[i]
                                             : '?');
        cm_buf_printf(out, "\n    %*s^\n", (int)d->caret, "");
}

static void show(const struct cm_rule_loader *loader, bool warnings)
{
        struct cm_buf out CM_CLEANUP(cm_buf_fini) = { 0 };
        size_t count = 0;
        const struct cm_rule_diagnostic *d = cm_rule_loader_diagnostics(loader, &count);
        cm_buf_init(&out, CM_MIB(16));
        for (size_t i = 0; i < count; i++)
                if (d[i].is_error || warnings)
                        cm_rules_put_diagnostic(&out, &d[i]);
        if (out.len > 0)
                fwrite(out.ptr, 1, out.len, stderr);
}

int cm_rules_open(struct cm_arena *arena, const char *const *files, size_t count,
                  bool show_warnings, struct cm_rule_loader **ret_loader,
                  const struct cm_ruleset **ret, struct cm_err *err)
{
        struct cm_rule_loader *loader = cm_rule_loader_new(arena);
        name_vec names = { 0 };
        int r = 0;
        for (size_t i = 0; i < count && r == 0; i++) {
                struct stat st;
                if (stat(files[i], &st) == 0 && S_ISDIR(st.st_mode))
                        r = add_directory(arena, files[i], &names, err);
                else
                        *CM_VEC_PUSH(arena, &names) = files[i];
        }
        for (size_t i = 0; i < names.count && r == 0; i++) {
                struct cm_sv text;
                r = cm_rules_read(arena, names.items[i], CM_RULE_FILE_BYTES_MAX, &text, err);
                if (r == 0)
                        r = cm_rule_loader_add(loader, cm_sv_from_cstr(names.items[i]), text, err);
        }
        if (r == 0)
                r = cm_rule_loader_compile(loader, ret, err);
        show(loader, show_warnings);
        if (r == -(int)CM_E_MALFORMED) {
                cm_err_clear(err); /* it was shown with its line */
                r = CM_RAISE(err, CM_E_MALFORMED, "the rules do not load");
        }
        *ret_loader = loader;
        return r;
}
