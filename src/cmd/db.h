/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming db build|status|search|show`: returns the exit status of the program. */
#pragma once

int cm_cmd_db(int argc, char **argv); /* argv[0] = "db" */
/* The subcommands, argv[0] being their own name. */
int cm_cmd_db_build(int argc, char **argv);
int cm_cmd_db_status(int argc, char **argv);
int cm_cmd_db_search(int argc, char **argv);
int cm_cmd_db_show(int argc, char **argv);
