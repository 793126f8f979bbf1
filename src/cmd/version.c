/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming version`. Starts nothing and opens nothing: it is the measure of start-up time. */
#include <stdio.h>

#include "cmd/command.h"

static int run(const struct cm_args *args)
{
        (void)args;
        puts("coaming " CM_VERSION);
        return 0;
}

const struct cm_cmd cm_cmd_version = {
        .name = "version",
        .summary = "print the version",
        .synopsis = "",
        .run = run,
};
