/* SPDX-License-Identifier: Apache-2.0 */
/* Opens the databases that a command uses: --db FILE..., or the default ones. */
#pragma once

#include "advisory/db.h"
#include "cmd/command.h"

struct cm_open_dbs {
        struct cm_db **dbs;
        size_t count;
        bool is_default; /* not named on the command line */
};

/* The option's row for command tables. */
#define CM_OPT_DB                                                                                 \
        {                                                                                         \
                .name = "db", .kind = CM_OPT_LIST, .arg = "FILE",                                 \
                .help = "advisory database to use instead of the default ones", .in_config = true \
        }

CM_MUST_CHECK int cm_open_dbs(const struct cm_args *args, struct cm_open_dbs *ret,
                              struct cm_err *err);
void cm_close_dbs(struct cm_open_dbs *dbs);
