/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming versions`: the version orders, to try and to test them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "cmd/command.h"
#include "model/version_lines.h"

enum {
        INPUT_BYTES_MAX = 256 << 20
};

static char sign(int c)
{
        return c < 0 ? '<' : c > 0 ? '>' : '=';
}

static int read_stdin(struct cm_buf *buf, struct cm_err *err)
{
        for (;;) {
                char *p = cm_buf_reserve(buf, CM_KIB(64));
                if (p == NULL)
                        return cm_buf_check(buf, "standard input", err);
                ssize_t n = read(STDIN_FILENO, p, CM_KIB(64));
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not read standard input");
                if (n == 0)
                        return 0;
                cm_buf_commit(buf, (size_t)n);
        }
}

/* Prints the lines that do not hold; 1 when there is one, 5 at a line that is no comparison. */
static int check_lines(enum cm_version_order order, struct cm_sv text)
{
        struct cm_version_lines lines = { .order = order, .rest = text };
        struct cm_err err = CM_ERR_INIT;
        struct cm_sv line;
        bool holds;
        bool all_hold = true;
        int r;
        while ((r = cm_version_lines_next(&lines, &line, &holds, &err)) == 0) {
                if (holds)
                        continue;
                fwrite(line.ptr, 1, line.len, stdout); /* as it came: to be fed in again */
                putchar('\n');
                all_hold = false;
        }
        if (r < 0)
                return cm_command_fail(&err);
        return all_hold ? 0 : 1;
}

static int run(const struct cm_args *args)
{
        const char *names[CM_VERSION_ORDER_COUNT];
        char list[160] = "";
        for (size_t i = 0; i < CM_VERSION_ORDER_COUNT; i++) {
                names[i] = cm_version_order_to_string((enum cm_version_order)i);
                snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s",
                         i == 0 ? "" : ", ", names[i]);
        }
        enum cm_version_order order;
        if (!cm_version_order_from_string(cm_sv_from_cstr(args->positional[0]), &order)) {
                const char *near = cm_suggest(args->positional[0], names, CM_VERSION_ORDER_COUNT);
                fprintf(stderr, "coaming: no version order '%.40s'%s%s%s; orders: %s\n",
                        args->positional[0], near != NULL ? "; did you mean '" : "",
                        near != NULL ? near : "", near != NULL ? "'?" : "", list);
                return cm_err_exit_status(CM_E_USAGE);
        }
        if (strcmp(args->positional[1], "-") != 0) {
                if (args->positional_count != 3) {
                        fputs("coaming: versions needs ORDER A B, or ORDER - with lines on standard "
                              "input\n",
                              stderr);
                        return cm_err_exit_status(CM_E_USAGE);
                }
                printf("%c\n", sign(cm_version_cmp(order, cm_sv_from_cstr(args->positional[1]),
                                                   cm_sv_from_cstr(args->positional[2]))));
                return 0;
        }
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, INPUT_BYTES_MAX);
        struct cm_err err = CM_ERR_INIT;
        if (read_stdin(&buf, &err) < 0)
                return cm_command_fail(&err);
        return check_lines(order, cm_buf_sv(&buf));
}

extern const struct cm_cmd cm_cmd_versions;
const struct cm_cmd cm_cmd_versions = {
        .name = "versions",
        .summary = "compare versions as a package system does",
        .synopsis = "ORDER A B | ORDER -",
        .description =
                "Orders: dpkg, rpm, apk, semver, npm, pep440, maven, go. With '-' lines of the "
                "form 'A < B' are read from standard input and those that do not hold are "
                "printed (exit 1).",
        .examples = (const char *const[]){ "coaming versions dpkg 1.0~rc1 1.0", "prints <",
                                           "coaming versions rpm - < vectors.txt",
                                           "prints lines that do not hold", NULL },
        .positional_min = 2,
        .positional_max = 3,
        .run = run,
};
