/* SPDX-License-Identifier: Apache-2.0 */
/* Which subcommand of `coaming db`. */
#include "cmd/db.h"

#include <stdio.h>

#include "base/err.h"
#include "base/sv.h"

static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
} subcommands[] = {
        { "build", cm_cmd_db_build },
        { "status", cm_cmd_db_status },
        { "search", cm_cmd_db_search },
        { "show", cm_cmd_db_show },
};

int cm_cmd_db(int argc, char **argv)
{
        struct cm_sv name = cm_sv_from_cstr(argc > 1 ? argv[1] : NULL);
        for (size_t i = 0; i < CM_ARRAY_LEN(subcommands); i++)
                if (cm_sv_eq(name, cm_sv_from_cstr(subcommands[i].name)))
                        return subcommands[i].run(argc - 1, argv + 1);
        fprintf(stderr, "coaming: usage: coaming db build|status|search|show\n");
        return cm_err_exit_status(CM_E_USAGE);
}
