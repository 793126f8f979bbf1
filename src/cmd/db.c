/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming db`: the advisory databases. */
#include "cmd/db.h"

extern const struct cm_cmd cm_cmd_db;

const struct cm_cmd cm_cmd_db = {
        .name = "db",
        .summary = "build and query advisory databases",
        .synopsis = "COMMAND",
        .subcommands = (const struct cm_cmd *const[]){ &cm_cmd_db_status, &cm_cmd_db_search,
                                                       &cm_cmd_db_show, &cm_cmd_db_build, NULL },
};
