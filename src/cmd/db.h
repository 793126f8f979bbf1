/* SPDX-License-Identifier: Apache-2.0 */
/* The subcommands of `coaming db`. */
#pragma once

#include "cmd/command.h"

extern const struct cm_cmd cm_cmd_db_build;
extern const struct cm_cmd cm_cmd_db_status;
extern const struct cm_cmd cm_cmd_db_search;
extern const struct cm_cmd cm_cmd_db_show;
