/* SPDX-License-Identifier: Apache-2.0 */
/* Reading below the root: files, directories, drop-ins, patterns. See host_internal.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "host/host_internal.h"
#include "os/file.h"
#include "os/rooted.h"

static bool is_absent(int errnum)
{
        return errnum == ENOENT || errnum == ENOTDIR;
}

static struct cm_sv reason_of(struct cm_host *h, int errnum)
{
        return cm_sv_dup(h->arena, cm_sv_from_cstr(strerror(errnum)));
}

static struct cm_host_text unread(struct cm_host *h, int errnum)
{
        return (struct cm_host_text){ .state = is_absent(errnum) ? CM_HOST_ABSENT
                                                                 : CM_HOST_UNREADABLE,
                                      .reason = reason_of(h, errnum) };
}

struct cm_host_text cm_host_read(struct cm_host *h, const char *path)
{
        int fd = cm_root_open_in(h->root_fd, path, O_RDONLY);
        struct stat st;
        if (fd < 0)
                return unread(h, errno);
        struct cm_host_text ret = { .state = CM_HOST_UNREADABLE };
        struct cm_err err = CM_ERR_INIT;
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_MIN(CM_HOST_FILE_BYTES_MAX, h->bytes_left));
        if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
                ret.reason = CM_SV("not a regular file");
        else if (cm_file_read_fd(fd, "it", &buf, &err) < 0)
                ret.reason = reason_of(h, err.sys_errno);
        else if (cm_buf_check(&buf, "it", &err) < 0)
                ret.reason = CM_SV("larger than limit host_file_bytes_max or host_total_bytes_max");
        else
                ret = (struct cm_host_text){ .text = cm_sv_dup(h->arena, cm_buf_sv(&buf)) };
        close(fd);
        h->bytes_left -= CM_MIN(h->bytes_left, buf.len);
        return ret;
}

struct cm_host_text cm_host_read_at(struct cm_host *h, struct cm_sv directory, struct cm_sv name)
{
        return cm_host_read(
                h, cm_sv_printf(h->arena, "%.*s/%.*s", CM_SV_ARG(directory), CM_SV_ARG(name)).ptr);
}

struct cm_host_text cm_host_read_proc(struct cm_host *h, const char *path)
{
        return cm_host_read_at(h, h->is_own ? CM_SV("proc/self") : CM_SV("proc/1"),
                               cm_sv_from_cstr(path));
}

static int by_bytes(const void *a, const void *b)
{
        return cm_sv_cmp(*(const struct cm_sv *)a, *(const struct cm_sv *)b);
}

struct cm_host_names cm_host_list(struct cm_host *h, const char *directory)
{
        struct cm_host_names ret = { 0 };
        int fd = cm_root_open_in(h->root_fd, directory, O_RDONLY | O_DIRECTORY);
        DIR *dir = fd < 0 ? NULL : fdopendir(fd);
        if (dir == NULL) {
                ret.state = is_absent(errno) ? CM_HOST_ABSENT : CM_HOST_UNREADABLE;
                ret.reason = reason_of(h, errno);
                if (fd >= 0)
                        close(fd);
                return ret;
        }
        for (struct dirent *e; (e = readdir(dir)) != NULL;) {
                struct cm_sv name = cm_sv_from_cstr(e->d_name);
                if (cm_sv_eq(name, CM_SV(".")) || cm_sv_eq(name, CM_SV("..")))
                        continue;
                if (ret.count == CM_HOST_NAMES_MAX) {
                        ret.state = CM_HOST_UNREADABLE;
                        ret.reason = CM_SV("more names than limit host_names_max");
                        break;
                }
                /* With a NUL at its end: patterns are matched by fnmatch(3). */
                *CM_VEC_PUSH(h->arena, &ret) = cm_sv_printf(h->arena, "%s", e->d_name);
        }
        closedir(dir);
        if (ret.count > 1)
                qsort(ret.items, ret.count, sizeof(*ret.items), by_bytes);
        return ret;
}

static bool has_base_name(const struct cm_host_files *files, struct cm_sv name)
{
        for (size_t i = 0; i < files->count; i++)
                if (cm_sv_eq(cm_sv_base_name(files->items[i]), name))
                        return true;
        return false;
}

static int by_base_name(const void *a, const void *b)
{
        return cm_sv_cmp(cm_sv_base_name(*(const struct cm_sv *)a),
                         cm_sv_base_name(*(const struct cm_sv *)b));
}

struct cm_host_files cm_host_drop_ins(struct cm_host *h, const char *const *directories,
                                      const char *suffix)
{
        struct cm_host_files ret = { .state = CM_HOST_ABSENT };
        for (; *directories != NULL; directories++) {
                struct cm_host_names names = cm_host_list(h, *directories);
                if (names.state == CM_HOST_ABSENT)
                        continue;
                if (ret.state != CM_HOST_UNREADABLE)
                        ret.state = names.state;
                if (names.state == CM_HOST_UNREADABLE)
                        ret.reason = names.reason;
                for (size_t i = 0; i < names.count; i++) {
                        struct cm_sv name = names.items[i];
                        bool fits = suffix[0] == '\0'
                                            ? cm_sv_find_char(name, '.') < 0 &&
                                                      !cm_sv_has_suffix(name, CM_SV("~"))
                                            : cm_sv_has_suffix(name, cm_sv_from_cstr(suffix)) &&
                                                      name.ptr[0] != '.';
                        if (fits && !has_base_name(&ret, name))
                                *CM_VEC_PUSH(h->arena, &ret) = cm_sv_printf(
                                        h->arena, "%s/%.*s", *directories, CM_SV_ARG(name));
                }
        }
        if (ret.count > 1)
                qsort(ret.items, ret.count, sizeof(*ret.items), by_base_name);
        return ret;
}

/* The directories and names that fit the first `pattern` parts; one part per round. */
struct cm_host_files cm_host_glob(struct cm_host *h, const char *pattern)
{
        struct cm_host_files found = { 0 };
        struct cm_sv rest = cm_sv_skip(cm_sv_from_cstr(pattern), pattern[0] == '/' ? 1 : 0);
        struct cm_sv part;
        *CM_VEC_PUSH(h->arena, &found) = CM_SV("");
        while (cm_sv_next_field(&rest, '/', &part)) {
                struct cm_host_files next = { .state = found.state, .reason = found.reason };
                const char *text = cm_sv_printf(h->arena, "%.*s", CM_SV_ARG(part)).ptr;
                bool is_plain = strpbrk(text, "*?[") == NULL;
                for (size_t i = 0; i < found.count; i++) {
                        struct cm_sv base = found.items[i];
                        struct cm_host_names names = { 0 };
                        if (is_plain)
                                *CM_VEC_PUSH(h->arena, &names) = part;
                        else
                                names = cm_host_list(h, base.len == 0 ? "." : base.ptr + 1);
                        if (names.state == CM_HOST_UNREADABLE) {
                                next.state = names.state;
                                next.reason = names.reason;
                        }
                        for (size_t j = 0; j < names.count; j++)
                                if (is_plain || fnmatch(text, names.items[j].ptr, FNM_PERIOD) == 0)
                                        *CM_VEC_PUSH(h->arena, &next) =
                                                cm_sv_printf(h->arena, "%.*s/%.*s", CM_SV_ARG(base),
                                                             CM_SV_ARG(names.items[j]));
                        if (next.count > CM_HOST_NAMES_MAX) {
                                next.state = CM_HOST_UNREADABLE;
                                next.reason = CM_SV("more names than limit host_names_max");
                                break;
                        }
                }
                found = next;
        }
        return found;
}
