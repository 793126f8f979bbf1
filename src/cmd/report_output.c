/* SPDX-License-Identifier: Apache-2.0 */
/* See report_output.h. Files are written before standard output, each whole or not at all. */
#include "cmd/report_output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "os/file.h"

enum {
        REPORT_BYTES_MAX = 1 << 30
};

static int write_one(const struct cm_report_writer *writer, const char *option, const char *format,
                     const char *file, struct cm_err *err)
{
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, REPORT_BYTES_MAX);
        if (!writer->write(writer->ctx, format, file == NULL, &out))
                return CM_RAISE(err, CM_E_USAGE, "%s: there is no format '%.40s'", option, format);
        int r = cm_buf_check(&out, "report", err);
        if (r < 0)
                return r;
        if (file != NULL)
                return cm_file_replace(AT_FDCWD, file, cm_buf_sv(&out), true, err);
        if (fwrite(out.ptr, 1, out.len, stdout) != out.len || fflush(stdout) != 0)
                return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not write the report");
        return 0;
}

const char *cm_report_format(const struct cm_args *args)
{
        return cm_args_flag(args, "json") ? "json" : cm_args_get(args, "format");
}

int cm_report_output(const struct cm_args *args, const char *format,
                     const struct cm_report_writer *writer, struct cm_err *err)
{
        const char *const *outputs = NULL;
        size_t count = cm_args_list(args, "output", &outputs);
        for (size_t i = 0; i < count; i++) {
                struct cm_sv name, file;
                const char *path = NULL;
                const char *format_name = NULL;
                if (!cm_sv_cut(cm_sv_from_cstr(outputs[i]), '=', &name, &file) || file.len == 0)
                        return CM_RAISE(err, CM_E_USAGE, "--output needs FORMAT=FILE, not '%.60s'",
                                        outputs[i]);
                int r = cm_cstr(args->arena, file, &path, err);
                if (r == 0)
                        r = cm_cstr(args->arena, name, &format_name, err);
                if (r == 0)
                        r = write_one(writer, "--output", format_name, path, err);
                if (r < 0)
                        return r;
        }
        return write_one(writer, "--format", format, NULL, err);
}
