/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `coaming doctor`: what works here, found out by using it. `--self` shows what each of our own
 * roles may do, and has every role try what it must not: anything but death is a failure.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/open_dbs.h"
#include "os/spawn.h"
#include "sandbox/worker.h"

static const struct cm_opt options[] = {
        { .name = "self", .help = "what each role may do, with a live test of what it may not" },
        CM_OPT_DB,
        { .name = NULL },
};

static const char *fs_text(enum cm_fs_access fs)
{
        switch (fs) {
        case CM_FS_NONE:
                return "none: only descriptors it was given";
        case CM_FS_READ_BELOW:
                return "read-only, below the one directory it was given";
        case CM_FS_READ:
                return "read-only: trust stores and resolver configuration";
        }
        return "";
}

/* Whether a role may do what a probe tries: these are not probed. */
static bool is_allowed(const struct cm_profile *p, const char *probe)
{
        if (p->network && (strcmp(probe, "socket") == 0 || strcmp(probe, "connect") == 0))
                return true;
        return p->fs != CM_FS_NONE && strcmp(probe, "open") == 0;
}

/* Returns true when the role died of SIGSYS; prints what happened otherwise. */
static bool probe_dies(const struct cm_profile *p, const char *probe)
{
        const char *const argv[] = { p->name, "--probe", probe, NULL };
        struct cm_child child = { -1, -1, -1 };
        struct cm_err err = CM_ERR_INIT;
        if (cm_spawn_role(argv, -1, false, &child, &err) < 0) {
                printf("    %-12s could not be tried: %s\n", probe, err.text);
                return false;
        }
        int status = cm_child_reap(&child, false);
        close(child.channel);
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
                return true;
        if (WIFSIGNALED(status))
                printf("    %-12s died of signal %d instead of SIGSYS\n", probe, WTERMSIG(status));
        else
                printf("    %-12s SURVIVED (exit %d)\n", probe, WEXITSTATUS(status));
        return false;
}

/* Has the role enter its profile and say which mechanism this kernel let it apply. */
static bool print_mechanisms(const struct cm_profile *p)
{
        const char *const argv[] = { p->name, "--probe", "report", NULL };
        struct cm_child child = { -1, -1, -1 };
        struct cm_err err = CM_ERR_INIT;
        int dir = open("/usr", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        int r = cm_spawn_role(argv, dir, false, &child, &err);
        if (dir >= 0)
                close(dir);
        if (r < 0) {
                printf("  mechanisms   could not be tried: %s\n", err.text);
                return false;
        }
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_KIB(4));
        char piece[512];
        for (ssize_t n; (n = read(child.channel, piece, sizeof(piece))) > 0;)
                cm_buf_put(&buf, piece, (size_t)n);
        int status = cm_child_reap(&child, false);
        close(child.channel);
        struct cm_sv rest = cm_buf_sv(&buf);
        struct cm_sv text;
        const char *label = "mechanisms";
        while (cm_sv_next_line(&rest, &text)) {
                printf("  %-12s %.*s\n", label, CM_SV_ARG(text));
                label = "";
        }
        return WIFEXITED(status) && WEXITSTATUS(status) == 0 &&
               cm_sv_find(cm_buf_sv(&buf), CM_SV("not applied")) < 0;
}

static bool check_role(enum cm_role role)
{
        const struct cm_profile *p = cm_profile_get(role);
        printf("%s: %s\n", p->name, p->summary);
        printf("  files        %s\n", fs_text(p->fs));
        printf("  network      %s\n", p->network ? "yes" : "none");
        printf("  capabilities %s\n",
               p->fs == CM_FS_READ_BELOW ? "none but reading past file permissions" : "none");
        printf("  limits       %llu MiB of address space, %llu descriptors, no file writes, no core\n",
               (unsigned long long)(p->address_space_bytes_max >> 20),
               (unsigned long long)p->descriptors_max);
        size_t count = 0;
        while (p->syscalls[count] != NULL)
                count++;
        printf("  system calls %zu, and clone (threads), mmap, mprotect (not executable), fcntl,\n"
               "               tgkill (itself)%s by argument; all others kill it\n",
               count, p->fs == CM_FS_NONE ? "" : ", openat (read-only)");
        bool ok = print_mechanisms(p);
        bool all_died = true;
        size_t died = 0;
        for (const char *const *probe = cm_sandbox_probes; *probe != NULL; probe++) {
                if (is_allowed(p, *probe))
                        continue;
                bool dies = probe_dies(p, *probe);
                all_died = all_died && dies;
                died += dies;
        }
        printf("  tried        %zu forbidden things: %s\n\n", died,
               all_died ? "each one killed it" : "NOT all of them killed it");
        return ok && all_died;
}

static int self_run(void)
{
        bool ok = true;
        for (int role = 0; role < CM_ROLE_COUNT; role++)
                ok = check_role((enum cm_role)role) && ok;
        puts(ok ? "All roles are confined." : "Some roles are NOT confined as they should be.");
        return ok ? 0 : cm_err_exit_status(CM_E_ENV);
}

static void line(const char *what, bool ok, const char *detail)
{
        printf("%-24s %-12s %s\n", what, ok ? "ok" : "missing", detail);
}

static int run(const struct cm_args *args)
{
        if (cm_args_flag(args, "self"))
                return self_run();
        struct cm_err err = CM_ERR_INIT;
        struct cm_worker worker;
        bool worker_ok = cm_worker_start(CM_ROLE_WORKER, NULL, 10, &worker, &err) == 0;
        if (worker_ok)
                cm_worker_stop(&worker);
        line("sandboxed worker", worker_ok, worker_ok ? "starts" : err.text);
        cm_err_clear(&err);
        struct cm_open_dbs dbs;
        bool db_ok = cm_open_dbs(args, &dbs, &err) == 0;
        char text[64];
        snprintf(text, sizeof(text), "%zu open", db_ok ? dbs.count : 0);
        line("advisory database", db_ok, db_ok ? text : err.text);
        if (db_ok)
                cm_close_dbs(&dbs);
        static const struct {
                const char *what;
                const char *path;
        } sockets[] = { { "docker engine", "/var/run/docker.sock" },
                        { "podman engine", "/run/podman/podman.sock" } };
        for (size_t i = 0; i < CM_ARRAY_LEN(sockets); i++)
                line(sockets[i].what, access(sockets[i].path, R_OK | W_OK) == 0, sockets[i].path);
        puts("\nMore: coaming doctor --self");
        return worker_ok && db_ok ? 0 : cm_err_exit_status(CM_E_ENV);
}

extern const struct cm_cmd cm_cmd_doctor;
const struct cm_cmd cm_cmd_doctor = {
        .name = "doctor",
        .summary = "what works on this host, and how coaming confines itself",
        .synopsis = "[--self]",
        .options = options,
        .run = run,
};
