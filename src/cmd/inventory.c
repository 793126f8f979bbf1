/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `coaming inventory`: every executable of a target with its SHA-256 and the package it belongs to,
 * and every package. What no package explains is marked: that is where to look first.
 */
#include <stdio.h>
#include <unistd.h>

#include "base/escape.h"
#include "cmd/target_options.h"
#include "report/json_writer.h"

enum {
        ARENA_BYTES_MAX = 2000 << 20,
        OUT_BYTES_MAX = 1 << 30
};

static const struct cm_opt options[] = {
        { .name = "json", .help = "machine-readable" },
        { .name = "unowned", .help = "only files that no OS package owns" },
        { .name = "packages", .help = "list packages instead of files" },
        CM_OPTS_TARGET,
        { .name = NULL },
};

static void put_hex(struct cm_buf *out, struct cm_sv bytes)
{
        for (size_t i = 0; i < bytes.len; i++)
                cm_buf_printf(out, "%02x", (unsigned)(unsigned char)bytes.ptr[i]);
}

static void write_table(struct cm_buf *out, const struct cm_merge_result *files, bool unowned)
{
        size_t shown = 0;
        for (size_t i = 0; i < files->file_count; i++) {
                const struct cm_merge_file *f = &files->files[i];
                if (unowned && f->owned_by.len > 0)
                        continue;
                put_hex(out, f->sha256);
                cm_buf_printf(out, "  %04o %9llu  ", f->mode, (unsigned long long)f->size_bytes);
                cm_buf_put_escaped(out, f->path);
                cm_buf_put_str(out, "  ");
                if (f->owned_by.len > 0)
                        cm_buf_put_escaped(out, f->owned_by);
                else
                        cm_buf_put_char(out, '-');
                cm_buf_put_char(out, '\n');
                shown++;
        }
        cm_buf_printf(out, "%zu executable file%s\n", shown, shown == 1 ? "" : "s");
}

static void write_packages(struct cm_buf *out, const struct cm_target *t)
{
        for (size_t i = 0; i < t->pkg_count; i++) {
                const struct cm_target_pkg *p = &t->pkgs[i];
                cm_buf_printf(out, "%-7s ", cm_pkg_type_to_string(p->pkg.type));
                cm_buf_put_escaped(out, p->pkg.name);
                cm_buf_put_char(out, ' ');
                cm_buf_put_escaped(out, p->pkg.version);
                cm_buf_put_str(out, "  ");
                cm_buf_put_escaped(out, p->pkg.path);
                if (p->pkg.inner_path.len > 0) {
                        cm_buf_put_char(out, '!');
                        cm_buf_put_escaped(out, p->pkg.inner_path);
                }
                if (p->owned_by.len > 0) {
                        cm_buf_put_str(out, "  (of ");
                        cm_buf_put_escaped(out, p->owned_by);
                        cm_buf_put_char(out, ')');
                }
                cm_buf_put_char(out, '\n');
        }
        cm_buf_printf(out, "%zu package%s\n", t->pkg_count, t->pkg_count == 1 ? "" : "s");
}

static void write_file_json(struct cm_json_writer *w, struct cm_arena *arena,
                            const struct cm_merge_file *f)
{
        struct cm_buf hex CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&hex, 128);
        cm_buf_put_str(&hex, "sha256:");
        put_hex(&hex, f->sha256);
        cm_jw_open(w, NULL, '{');
        cm_jw_string(w, "path", f->path);
        cm_jw_string(w, "digest", cm_buf_sv(&hex));
        cm_jw_string(w, "mode", cm_sv_printf(arena, "%04o", f->mode));
        cm_jw_int(w, "size", (int64_t)f->size_bytes);
        if (f->layer >= 0)
                cm_jw_int(w, "layer", f->layer);
        cm_jw_string_if(w, "owned_by", f->owned_by);
        cm_jw_close(w, '}');
}

static void write_json(struct cm_buf *out, struct cm_arena *arena, const struct cm_target *t,
                       const struct cm_merge_result *files, bool unowned)
{
        struct cm_json_writer w;
        cm_jw_init(&w, out);
        cm_jw_open(&w, NULL, '{');
        cm_jw_cstr(&w, "schema", "coaming/inventory/v1");
        cm_jw_string(&w, "target", t->name);
        cm_jw_open(&w, "files", '[');
        for (size_t i = 0; i < files->file_count; i++)
                if (!unowned || files->files[i].owned_by.len == 0)
                        write_file_json(&w, arena, &files->files[i]);
        cm_jw_close(&w, ']');
        cm_jw_open(&w, "packages", '[');
        for (size_t i = 0; i < t->pkg_count; i++) {
                cm_jw_open(&w, NULL, '{');
                cm_jw_string(&w, "name", t->pkgs[i].pkg.name);
                cm_jw_string(&w, "version", t->pkgs[i].pkg.version);
                cm_jw_cstr(&w, "type", cm_pkg_type_to_string(t->pkgs[i].pkg.type));
                cm_jw_string(&w, "purl", t->pkgs[i].purl);
                cm_jw_string(&w, "path", t->pkgs[i].pkg.path);
                cm_jw_string_if(&w, "inner_path", t->pkgs[i].pkg.inner_path);
                cm_jw_string_if(&w, "owned_by", t->pkgs[i].owned_by);
                cm_jw_close(&w, '}');
        }
        cm_jw_close(&w, ']');
        cm_jw_close(&w, '}');
}

static int run(const struct cm_args *args)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(ARENA_BYTES_MAX);
        struct cm_err err = CM_ERR_INIT;
        struct cm_scan_options o;
        struct cm_target target;
        struct cm_merge_result files;
        int r = cm_target_options(args, args->positional[0], &o, &err);
        bool packages = cm_args_flag(args, "packages");
        o.hash_files = !packages;
        if (r == 0)
                r = cm_scan(arena, &o, &target, &files, &err);
        cm_progress_end();
        if (r < 0)
                return cm_command_fail(&err);
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, OUT_BYTES_MAX);
        bool unowned = cm_args_flag(args, "unowned");
        if (cm_args_flag(args, "json"))
                write_json(&out, arena, &target, &files, unowned);
        else if (packages)
                write_packages(&out, &target);
        else
                write_table(&out, &files, unowned);
        if (fwrite(out.ptr, 1, out.len, stdout) != out.len || fflush(stdout) != 0)
                return cm_err_exit_status(CM_E_IO);
        for (size_t i = 0; i < target.unreadable_count; i++)
                fprintf(stderr, "coaming: could not read %s: %s\n",
                        cm_escape(arena, target.unreadable[i].path),
                        cm_escape(arena, target.unreadable[i].reason));
        return target.unreadable_count > 0 ? cm_err_exit_status(CM_E_INCOMPLETE) : 0;
}

extern const struct cm_cmd cm_cmd_inventory;
const struct cm_cmd cm_cmd_inventory = {
        .name = "inventory",
        .summary = "executables with SHA-256 and owner, or packages, of a target",
        .synopsis = "TARGET [flags]",
        .examples = (const char *const[]){ "coaming inventory --unowned image.tar",
                                           "programs that no package explains",
                                           "coaming inventory --packages rootfs:/",
                                           "what is installed", NULL },
        .options = options,
        .positional_min = 1,
        .positional_max = 1,
        .run = run,
};
