/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming host facts`: what checks of a host look at, as a document that can be kept. */
#include "host/host.h"

#include <stdio.h>

#include "cmd/command.h"

enum {
        ARENA_BYTES_MAX = 1024 << 20
};

static const struct cm_opt options[] = {
        { .name = "root",
          .kind = CM_OPT_VALUE,
          .arg = "DIR",
          .otherwise = "/",
          .help = "look at the root file system that lies there" },
        { .name = "walk-seconds",
          .kind = CM_OPT_VALUE,
          .arg = "N",
          .help = "time to look at every file (default: 1.5)" },
        { .name = NULL },
};

static int run(const struct cm_args *args)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(ARENA_BYTES_MAX);
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        const struct cm_node *facts = NULL;
        cm_buf_init(&buf, CM_HOST_FACTS_BYTES_MAX);
        uint64_t walk_s = 0;
        int r = cm_args_number(args, "walk-seconds", 1, 86400, &walk_s, &err);
        const struct cm_host_options asked = { .root = cm_args_get(args, "root"),
                                               .walk_ms_max = walk_s * 1000 };
        if (r == 0)
                r = cm_host_facts(arena, &asked, &facts, &err);
        if (r == 0) {
                cm_host_facts_write(&buf, facts);
                r = cm_buf_check(&buf, "the document", &err);
        }
        if (r < 0)
                return cm_command_fail(&err);
        fwrite(buf.ptr, 1, buf.len, stdout);
        return 0;
}

static const struct cm_cmd cm_cmd_host_facts = {
        .name = "facts",
        .summary = "print what checks of a host look at",
        .synopsis = "[--root DIR] [--walk-seconds N]",
        .description =
                "Reads configuration, accounts, kernel settings, file modes and the like of this "
                "host, or of a root file system elsewhere, and prints them as JSON, which "
                "'coaming check' takes on any machine. Nothing is run and nothing is changed; no "
                "password hash leaves the host. What cannot be read is said in the document, and "
                "checks that need it are unknown: run it as root.",
        .examples = (const char *const[]){ "coaming host facts > facts.json",
                                           "keep the facts of this host",
                                           "coaming check -p container-host facts.json",
                                           "judge them, also elsewhere", NULL },
        .options = options,
        .run = run,
};

extern const struct cm_cmd cm_cmd_host;
const struct cm_cmd cm_cmd_host = {
        .name = "host",
        .summary = "facts about a Linux host",
        .synopsis = "facts [flags]",
        .subcommands = (const struct cm_cmd *const[]){ &cm_cmd_host_facts, NULL },
};
