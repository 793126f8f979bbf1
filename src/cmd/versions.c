/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming versions`: the version orders, to try and to test them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/escape.h"
#include "cmd/command.h"
#include "model/version.h"

enum {
        INPUT_BYTES_MAX = 256 << 20
};

static char sign(int c)
{
        return c < 0 ? '<' : c > 0 ? '>' : '=';
}

static int read_stdin(struct cm_buf *buf)
{
        for (;;) {
                char *p = cm_buf_reserve(buf, CM_KIB(64));
                if (p == NULL)
                        return -1;
                ssize_t n = read(STDIN_FILENO, p, CM_KIB(64));
                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        return (int)n;
                cm_buf_commit(buf, (size_t)n);
        }
}

/* "A OP B"; blank lines and lines of '#' are passed over. */
static int check_lines(enum cm_version_order order, struct cm_sv text, struct cm_arena *arena)
{
        int status = 0;
        size_t number = 0;
        struct cm_sv line;
        while (cm_sv_next_line(&text, &line)) {
                struct cm_sv a, op, b;
                number++;
                line = cm_sv_trim(line);
                if (line.len == 0 || line.ptr[0] == '#')
                        continue;
                if (!cm_sv_cut(line, ' ', &a, &b) || !cm_sv_cut(cm_sv_trim(b), ' ', &op, &b) ||
                    op.len != 1 || cm_sv_find_char(CM_SV("<=>"), op.ptr[0]) < 0 ||
                    cm_sv_trim(b).len == 0) {
                        fprintf(stderr, "coaming: line %zu is not of the form 'A < B': %s\n",
                                number, cm_escape(arena, line));
                        return cm_err_exit_status(CM_E_MALFORMED);
                }
                if (sign(cm_version_cmp(order, a, cm_sv_trim(b))) == op.ptr[0])
                        continue;
                printf("%.*s\n", CM_SV_ARG(line));
                status = 1;
        }
        return status;
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
        if (read_stdin(&buf) < 0) {
                fputs("coaming: could not read standard input\n", stderr);
                return cm_err_exit_status(CM_E_IO);
        }
        return check_lines(order, cm_buf_sv(&buf), args->arena);
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
