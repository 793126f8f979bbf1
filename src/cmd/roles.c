/* SPDX-License-Identifier: Apache-2.0 */
/* Dispatch of roles.h over roles.def. */
#include "cmd/roles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/worker.h"

#define CM_ROLE(name, role) int cm_role_##name(struct cm_chan *chan, char *notes);
#include "cmd/roles.def"
#undef CM_ROLE

static const struct {
        enum cm_role role;
        int (*run)(struct cm_chan *chan, char *notes);
} roles[] = {
#define CM_ROLE(name, role) { role, cm_role_##name },
#include "cmd/roles.def"
#undef CM_ROLE
};

static int find(const char *program)
{
        const char *slash = strrchr(program, '/');
        const char *name = slash == NULL ? program : slash + 1;
        for (size_t i = 0; i < CM_ARRAY_LEN(roles); i++)
                if (strcmp(cm_profile_get(roles[i].role)->name, name) == 0)
                        return (int)i;
        return -1;
}

bool cm_role_is(int argc, char **argv)
{
        return argc > 0 && find(argv[0]) >= 0;
}

/*
 * `--probe NAME`: enters the profile and tries what it forbids; `--probe report` says what this
 * kernel let us apply. The walker's directory is descriptor 4. Dying of SIGSYS is the good end;
 * otherwise 0 it worked, 1 it failed and standard error says how.
 */
static int probe(enum cm_role role, const char *name)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_sandbox_report report;
        struct stat st;
        bool has_root = fstat(CM_ROLE_FD_NOTE, &st) == 0 && S_ISDIR(st.st_mode);
        int root_fd = has_root ? CM_ROLE_FD_NOTE : CM_ROLE_FD_CHANNEL;
        if (cm_sandbox_enter(role, root_fd, &report, &err) < 0) {
                fprintf(stderr, "%s\n", err.text);
                return cm_err_exit_status(err.code);
        }
        if (strcmp(name, "report") == 0) {
                dprintf(CM_ROLE_FD_CHANNEL,
                        "no_new_privs: %s\ncapabilities: %s\nrlimits: %s\nlandlock: %s\n"
                        "seccomp: %s\n",
                        report.no_new_privs, report.capabilities, report.rlimits, report.landlock,
                        report.seccomp);
                return 0;
        }
        int failed_with = cm_sandbox_probe(name, root_fd);
        if (failed_with == 0)
                return 0;
        fprintf(stderr, "%s\n", strerrorname_np(failed_with));
        return 1;
}

int cm_role_main(int argc, char **argv)
{
        int at = find(argv[0]);
        CM_ASSERT(at >= 0);
        if (argc == 3 && strcmp(argv[1], "--probe") == 0)
                return probe(roles[at].role, argv[2]);
        struct stat st;
        if (fstat(CM_ROLE_FD_CHANNEL, &st) != 0 || !S_ISSOCK(st.st_mode)) {
                fprintf(stderr, "%s is started by coaming itself, not by hand\n", argv[0]);
                return cm_err_exit_status(CM_E_USAGE);
        }
        struct cm_err err = CM_ERR_INIT;
        char *notes = NULL;
        if (cm_note_map(&notes, &err) < 0) {
                fprintf(stderr, "%s: %s\n", argv[0], err.text);
                return cm_err_exit_status(err.code);
        }
        struct cm_chan chan;
        cm_chan_init(&chan, CM_ROLE_FD_CHANNEL);
        int status = roles[at].run(&chan, notes);
        cm_chan_fini(&chan);
        return status;
}
