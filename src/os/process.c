/* SPDX-License-Identifier: Apache-2.0 */
/* process.h over /proc. */
#include "os/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/vec.h"
#include "os/file.h"
#include "os/rooted.h"

enum {
        STAT_BYTES_MAX = 64 << 10,
        START_FIELD = 22 /* proc(5): starttime, in clock ticks since boot */
};

pid_t cm_process_of_socket(const char *path)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        struct ucred peer = { 0 };
        socklen_t len = sizeof(peer);
        if (strlen(path) >= sizeof(address.sun_path))
                return 0;
        memcpy(address.sun_path, path, strlen(path));
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0)
                return 0;
        bool is_known = connect(fd, (const struct sockaddr *)(const void *)&address,
                                sizeof(address)) == 0 &&
                        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0;
        close(fd);
        return is_known ? peer.pid : 0;
}

int cm_process_list(struct cm_arena *arena, pid_t **ret, size_t *ret_count, struct cm_err *err)
{
        CM_VEC(pid_t) pids = { 0 };
        DIR *dir = opendir("/proc");
        if (dir == NULL)
                return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not read /proc");
        for (const struct dirent *e; (e = readdir(dir)) != NULL;) {
                uint64_t pid = 0;
                struct cm_err ignored = CM_ERR_INIT;
                if (cm_parse_u64(cm_sv_from_cstr(e->d_name), 1, INT_MAX, &pid, &ignored) == 0)
                        *CM_VEC_PUSH(arena, &pids) = (pid_t)pid;
        }
        closedir(dir);
        *ret = pids.items;
        *ret_count = pids.count;
        return 0;
}

int cm_process_read(pid_t pid, const char *file, struct cm_buf *ret, struct cm_err *err)
{
        char path[64];
        snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
        return cm_file_read(AT_FDCWD, path, ret, err);
}

struct cm_sv cm_process_name(struct cm_arena *arena, pid_t pid)
{
        struct cm_err ignored = CM_ERR_INIT;
        struct cm_buf name CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&name, STAT_BYTES_MAX);
        if (cm_process_read(pid, "comm", &name, &ignored) != 0)
                return CM_SV("");
        return cm_sv_dup(arena, cm_sv_trim(cm_buf_sv(&name)));
}

static bool shares_our_mounts(pid_t pid)
{
        struct stat theirs, ours;
        char path[64];
        snprintf(path, sizeof(path), "/proc/%d/ns/mnt", (int)pid);
        if (stat("/proc/self/ns/mnt", &ours) != 0)
                return false;
        /* Not permitted to look: the usual case is one mount namespace for all. */
        return stat(path, &theirs) != 0 ||
               (theirs.st_ino == ours.st_ino && theirs.st_dev == ours.st_dev);
}

static int open_as_seen(pid_t pid, const char *path, int *ret_fd, struct cm_err *err)
{
        char link[64];
        char whole[PATH_MAX * 2];
        char directory[PATH_MAX] = "";
        if (path[0] != '/') {
                snprintf(link, sizeof(link), "/proc/%d/cwd", (int)pid);
                if (readlink(link, directory, sizeof(directory) - 1) < 0)
                        return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not read '%s'", link);
        }
        snprintf(whole, sizeof(whole), "%s%s%.4000s", directory, path[0] == '/' ? "" : "/", path);
        if (shares_our_mounts(pid)) {
                *ret_fd = open(whole, O_RDONLY | O_CLOEXEC);
                if (*ret_fd < 0 && (errno == ENOENT || errno == ENOTDIR))
                        return 1;
                return *ret_fd < 0 ? CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not open '%.200s'",
                                                    path)
                                   : 0;
        }
        snprintf(link, sizeof(link), "/proc/%d/root", (int)pid);
        int root = open(link, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (root < 0)
                return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not open '%s'", link);
        int r = cm_root_open_file(root, whole + strspn(whole, "/"), ret_fd, err);
        close(root);
        return r;
}

int cm_process_read_path(pid_t pid, const char *path, struct cm_buf *ret, int64_t *ret_changed_s,
                         struct cm_err *err)
{
        struct stat st;
        int fd = -1;
        int r = open_as_seen(pid, path, &fd, err);
        if (r != 0)
                return r;
        if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
                r = CM_RAISE(err, CM_E_IO, "'%.200s' is no regular file", path);
        else
                r = cm_file_read_fd(fd, path, ret, err);
        close(fd);
        if (r == 0)
                r = cm_buf_check(ret, path, err);
        if (r == 0)
                *ret_changed_s = st.st_mtim.tv_sec;
        return r;
}

/* The number behind a word at the start of a line of /proc/stat. */
static int64_t boot_time_s(void)
{
        struct cm_err ignored = CM_ERR_INIT;
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&text, CM_MIB(4)); /* thousands of interrupts have a number each */
        if (cm_file_read(AT_FDCWD, "/proc/stat", &text, &ignored) != 0)
                return -1;
        struct cm_sv rest = cm_buf_sv(&text);
        struct cm_sv line;
        uint64_t value = 0;
        while (cm_sv_next_line(&rest, &line))
                if (cm_sv_has_prefix(line, CM_SV("btime ")) &&
                    cm_parse_u64(cm_sv_skip(line, 6), 0, INT64_MAX, &value, &ignored) == 0)
                        return (int64_t)value;
        return -1;
}

int64_t cm_process_start_s(pid_t pid)
{
        struct cm_err ignored = CM_ERR_INIT;
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&text, STAT_BYTES_MAX);
        int64_t boot = boot_time_s();
        if (boot < 0 || cm_process_read(pid, "stat", &text, &ignored) != 0)
                return -1;
        /* The name stands in parentheses and may hold blanks and parentheses itself. */
        struct cm_sv name, rest, field = CM_SV("");
        if (!cm_sv_cut_last(cm_buf_sv(&text), ')', &name, &rest))
                return -1;
        rest = cm_sv_trim(rest);
        for (int i = 3; i <= START_FIELD; i++)
                if (!cm_sv_next_field(&rest, ' ', &field))
                        return -1;
        uint64_t ticks = 0;
        if (cm_parse_u64(field, 0, INT64_MAX, &ticks, &ignored) < 0)
                return -1;
        return boot + (int64_t)(ticks / (uint64_t)sysconf(_SC_CLK_TCK));
}

bool cm_process_user(pid_t pid, uid_t *ret)
{
        struct stat st;
        char path[32];
        snprintf(path, sizeof(path), "/proc/%d", (int)pid);
        if (stat(path, &st) != 0)
                return false;
        *ret = st.st_uid;
        return true;
}
