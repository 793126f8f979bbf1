/* SPDX-License-Identifier: Apache-2.0 */
/* Implements engine_facts.h. */
#include "cmd/engine_facts.h"

#include <sys/utsname.h>
#include <unistd.h>

#include "base/escape.h"
#include "cmd/engine_unit.h"
#include "os/process.h"

#define SYSTEM_CONFIG_FILE "/etc/docker/daemon.json"

enum {
        FILE_BYTES_MAX = 4 << 20,
        CONTAINER_ID_LEN = 64
};

/* "--config-file X" or "--config-file=X" of a command line whose words end with NUL. */
static struct cm_sv config_file_of(struct cm_sv command)
{
        struct cm_sv flag = CM_SV("--config-file");
        struct cm_sv word, found = CM_SV("");
        bool is_next = false;
        while (cm_sv_next_field(&command, '\0', &word)) {
                if (is_next)
                        found = word;
                is_next = cm_sv_eq(word, flag);
                if (cm_sv_has_prefix(word, flag) && word.len > flag.len &&
                    word.ptr[flag.len] == '=')
                        found = cm_sv_skip(word, flag.len + 1);
        }
        return found;
}

/* A variable of an environment whose entries end with NUL. */
static struct cm_sv variable_of(struct cm_sv environment, struct cm_sv name)
{
        struct cm_sv entry, key, value;
        while (cm_sv_next_field(&environment, '\0', &entry))
                if (cm_sv_cut(entry, '=', &key, &value) && cm_sv_eq(key, name))
                        return value;
        return CM_SV("");
}

/* A daemon of a user that is not root reads the file of that user. Returns "" when not known. */
static struct cm_sv default_config_file(struct cm_arena *arena, pid_t pid)
{
        struct cm_err ignored = CM_ERR_INIT;
        uid_t user = 0;
        if (!cm_process_user(pid, &user))
                return CM_SV("");
        if (user == 0)
                return CM_SV(SYSTEM_CONFIG_FILE);
        struct cm_buf environment CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&environment, FILE_BYTES_MAX);
        if (cm_process_read(pid, "environ", &environment, &ignored) != 0)
                return CM_SV("");
        struct cm_sv all = cm_buf_sv(&environment);
        struct cm_sv config = variable_of(all, CM_SV("XDG_CONFIG_HOME"));
        struct cm_sv home = variable_of(all, CM_SV("HOME"));
        if (config.len > 0)
                return cm_sv_printf(arena, "%.*s/docker/daemon.json", CM_SV_ARG(config));
        if (home.len > 0)
                return cm_sv_printf(arena, "%.*s/.config/docker/daemon.json", CM_SV_ARG(home));
        return CM_SV("");
}

/* `pid` sees the file; `start_s` is when the daemon began, or -1. */
static void write_config(struct cm_arena *arena, pid_t pid, int64_t start_s, struct cm_sv path,
                         struct cm_buf *out)
{
        struct cm_err problem = CM_ERR_INIT;
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        const char *name = NULL;
        int64_t changed_s = 0;
        cm_buf_init(&text, FILE_BYTES_MAX);
        cm_buf_put_str(out, ", \"file\": {\"path\": ");
        cm_buf_put_json(out, path);
        int r = cm_cstr(arena, path, &name, &problem);
        if (r == 0)
                r = cm_process_read_path(pid, name, &text, &changed_s, &problem);
        if (r < 0) {
                cm_buf_put_str(out, ", \"problem\": ");
                cm_buf_put_json(out, cm_sv_from_cstr(problem.text));
        } else if (r == 0) {
                cm_buf_put_str(out, ", \"text\": ");
                cm_buf_put_json(out, cm_buf_sv(&text));
                cm_buf_printf(out, ", \"is_newer\": %s",
                              start_s < 0 || changed_s > start_s + 1 ? "true" : "false");
        }
        cm_buf_put_str(out, "}");
}

/* Local addresses of listening sockets, as proc(5) writes them: hex address, colon, hex port. */
static void write_listeners(pid_t pid, struct cm_buf *out)
{
        static const char *const tables[] = { "net/tcp", "net/tcp6" };
        struct cm_err ignored = CM_ERR_INIT;
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&text, FILE_BYTES_MAX);
        size_t given = 0;
        cm_buf_put_str(out, ", \"listeners\": [");
        for (size_t i = 0; i < CM_ARRAY_LEN(tables); i++) {
                cm_buf_clear(&text);
                if (cm_process_read(pid, tables[i], &text, &ignored) != 0)
                        cm_err_clear(&ignored);
                struct cm_sv rest = cm_buf_sv(&text);
                struct cm_sv line, number, local, remote, state;
                while (cm_sv_next_line(&rest, &line)) {
                        line = cm_sv_trim(line);
                        if (!cm_sv_cut(line, ' ', &number, &line) ||
                            !cm_sv_cut(line, ' ', &local, &line) ||
                            !cm_sv_cut(line, ' ', &remote, &line) ||
                            !cm_sv_cut(line, ' ', &state, &line) || !cm_sv_eq(state, CM_SV("0A")))
                                continue;
                        cm_buf_put_str(out, given++ > 0 ? ", " : "");
                        cm_buf_put_json(out, local);
                }
        }
        cm_buf_put_str(out, "]");
}

static void write_host(bool is_certain, struct cm_buf *out)
{
        struct utsname host;
        cm_buf_printf(out, ", \"is_certain\": %s", is_certain ? "true" : "false");
        if (uname(&host) != 0)
                return;
        cm_buf_put_str(out, ", \"host\": {\"name\": ");
        cm_buf_put_json(out, cm_sv_from_cstr(host.nodename));
        cm_buf_put_str(out, ", \"kernel\": ");
        cm_buf_put_json(out, cm_sv_from_cstr(host.release));
        cm_buf_put_str(out, "}");
}

/* The process cannot be seen: how the service manager of this host would start it. */
static void write_units(struct cm_arena *arena, struct cm_buf *out)
{
        int64_t start_s = cm_engine_unit_start_s();
        cm_buf_put_str(out, "\"daemon\": {\"units\": ");
        cm_engine_unit_write(arena, start_s, out);
        write_host(false, out);
        write_config(arena, getpid(), start_s, CM_SV(SYSTEM_CONFIG_FILE), out);
        cm_buf_put_str(out, "},\n");
}

static void write_daemon(struct cm_arena *arena, const struct cm_engine_facts *facts,
                         struct cm_buf *out)
{
        pid_t pid = facts->pid;
        struct cm_err ignored = CM_ERR_INIT;
        struct cm_buf command CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&command, FILE_BYTES_MAX);
        if (cm_process_read(pid, "cmdline", &command, &ignored) != 0 || command.len == 0)
                return;
        struct cm_sv rest = cm_buf_sv(&command);
        struct cm_sv word;
        size_t given = 0;
        cm_buf_put_str(out, "\"daemon\": {\"command\": [");
        while (cm_sv_next_field(&rest, '\0', &word)) {
                cm_buf_put_str(out, given++ > 0 ? ", " : "");
                cm_buf_put_json(out, word);
        }
        cm_buf_put_str(out, "]");
        write_host(facts->is_certain, out);
        struct cm_sv path = config_file_of(cm_buf_sv(&command));
        if (path.len == 0)
                path = default_config_file(arena, pid);
        if (path.len > 0)
                write_config(arena, pid, cm_process_start_s(pid), path, out);
        write_listeners(pid, out);
        cm_buf_put_str(out, "},\n");
}

/* A container's id in the path of a control group: "/docker/ID", "docker-ID.scope", "libpod-ID". */
static struct cm_sv container_of(struct cm_sv cgroup)
{
        size_t run = 0;
        for (size_t i = 0; i <= cgroup.len; i++) {
                if (i < cgroup.len && cm_is_xdigit(cgroup.ptr[i])) {
                        run++;
                        continue;
                }
                if (run == CONTAINER_ID_LEN)
                        return cm_sv_slice(cgroup, i - run, i);
                run = 0;
        }
        return CM_SV("");
}

static void write_processes(struct cm_arena *arena, struct cm_buf *out)
{
        struct cm_err ignored = CM_ERR_INIT;
        pid_t *pids = NULL;
        size_t count = 0;
        size_t given = 0;
        if (cm_process_list(arena, &pids, &count, &ignored) < 0)
                return;
        struct cm_buf cgroup CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&cgroup, FILE_BYTES_MAX);
        cm_buf_put_str(out, "\"processes\": [");
        for (size_t i = 0; i < count; i++) {
                cm_buf_clear(&cgroup);
                cm_err_clear(&ignored);
                if (cm_process_read(pids[i], "cgroup", &cgroup, &ignored) != 0)
                        continue;
                struct cm_sv container = container_of(cm_buf_sv(&cgroup));
                struct cm_sv name = cm_process_name(arena, pids[i]);
                if (container.len == 0 || name.len == 0)
                        continue;
                cm_buf_put_str(out, given++ > 0 ? ",\n{\"container\": " : "\n{\"container\": ");
                cm_buf_put_json(out, container);
                cm_buf_put_str(out, ", \"name\": ");
                cm_buf_put_json(out, name);
                cm_buf_put_str(out, "}");
        }
        cm_buf_put_str(out, "],\n");
}

/* Of several with this name the one that names the socket; or the only one, which is not certain. */
static pid_t find_by_name(struct cm_arena *arena, struct cm_sv name, const char *socket,
                          bool *ret_is_certain)
{
        struct cm_err ignored = CM_ERR_INIT;
        pid_t *pids = NULL;
        size_t count = 0;
        size_t named = 0;
        pid_t first = 0;
        pid_t match = 0;
        if (cm_process_list(arena, &pids, &count, &ignored) < 0)
                return 0;
        for (size_t i = 0; i < count; i++) {
                struct cm_buf command CM_CLEANUP(cm_buf_fini);
                cm_buf_init(&command, FILE_BYTES_MAX);
                if (!cm_sv_eq(cm_process_name(arena, pids[i]), name))
                        continue;
                first = named++ == 0 ? pids[i] : first;
                cm_err_clear(&ignored);
                if (cm_process_read(pids[i], "cmdline", &command, &ignored) == 0 &&
                    cm_sv_find(cm_buf_sv(&command), cm_sv_from_cstr(socket)) >= 0)
                        match = pids[i];
        }
        *ret_is_certain = match != 0;
        return match != 0 || named > 1 ? match : first;
}

void cm_engine_facts_find(struct cm_arena *arena, const char *socket, struct cm_engine_facts *ret)
{
        struct cm_sv docker = CM_SV("dockerd");
        struct cm_sv podman = CM_SV("podman");
        pid_t pid = cm_process_of_socket(socket);
        struct cm_sv name = pid == 0 ? CM_SV("") : cm_process_name(arena, pid);
        bool is_podman = cm_sv_eq(name, podman);
        ret->is_certain = true;
        /* With socket activation it is the service manager that listens; or somebody in between. */
        if (!is_podman && !cm_sv_eq(name, docker))
                pid = find_by_name(arena, docker, socket, &ret->is_certain);
        if (pid == 0) {
                pid = find_by_name(arena, podman, socket, &ret->is_certain);
                is_podman = pid != 0;
        }
        ret->is_podman = is_podman;
        ret->pid = is_podman ? 0 : pid; /* podman has no daemon whose configuration counts */
        ret->sees_processes = pid != 0;
}

void cm_engine_facts_write(struct cm_arena *arena, const struct cm_engine_facts *facts,
                           struct cm_buf *out)
{
        if (facts->pid != 0)
                write_daemon(arena, facts, out);
        else if (!facts->is_podman)
                write_units(arena, out);
        if (facts->sees_processes)
                write_processes(arena, out);
}
