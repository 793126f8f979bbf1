/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `walk`: every file of the root's own file system: set-id programs, what everybody may write to,
 * what belongs to nobody. Other file systems are not entered and are named in `skipped` when they
 * are of a kind that lies on a disk. `complete` is there, and true, only when nothing was left out:
 * an empty list without it proves nothing.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "host/host_internal.h"
#include "os/file.h"
#include "os/rooted.h"

enum {
        XFS_MAGIC = 0x58465342
};

/* What engines keep of images and containers is judged there, and is another root's business. */
static const char *const engine_directories[] = {
        "/var/lib/docker", "/var/lib/containerd", "/var/lib/containers", "/var/lib/kubelet",
        "/run/containerd", "/run/docker",         "/run/user",           NULL,
};

struct walk {
        struct cm_host *h;
        dev_t device;
        int64_t deadline_ms;
        size_t seen;
        struct cm_sv cut; /* the reason, or "" */
        uid_t owned_uid;  /* the last ones that have names */
        gid_t owned_gid;
        bool has_owned;
        struct cm_node *set_id;
        struct cm_node *writable_files;
        struct cm_node *writable_directories;
        struct cm_node *unowned;
        struct cm_node *skipped;
};

static void add(struct walk *w, struct cm_node *list, struct cm_sv path, const struct stat *st)
{
        if (cm_node_count(list) >= CM_HOST_LISTED_MAX) {
                w->cut = CM_SV("more entries of one list than limit host_listed_max");
                return;
        }
        struct cm_node *n = cm_host_map(w->h->arena);
        cm_host_put_text(w->h->arena, n, "path", path);
        cm_host_put_int(w->h->arena, n, "uid", st->st_uid);
        cm_host_put_int(w->h->arena, n, "gid", st->st_gid);
        cm_host_put_text(w->h->arena, n, "octal",
                         cm_sv_printf(w->h->arena, "%04o", (unsigned)(st->st_mode & 07777)));
        cm_node_add(w->h->arena, list, n);
}

static struct cm_sv path_of(struct walk *w, const char *directory, const char *name)
{
        return cm_sv_printf(w->h->arena, "%s/%s", directory, name);
}

static void look(struct walk *w, const char *directory, const char *name, const struct stat *st)
{
        if (S_ISREG(st->st_mode) && (st->st_mode & (S_ISUID | S_ISGID)) != 0)
                add(w, w->set_id, path_of(w, directory, name), st);
        if (S_ISREG(st->st_mode) && (st->st_mode & S_IWOTH) != 0)
                add(w, w->writable_files, path_of(w, directory, name), st);
        if (S_ISDIR(st->st_mode) && (st->st_mode & S_IWOTH) != 0 && (st->st_mode & S_ISVTX) == 0)
                add(w, w->writable_directories, path_of(w, directory, name), st);
        if (w->has_owned && w->owned_uid == st->st_uid && w->owned_gid == st->st_gid)
                return; /* as the file before it: asked already */
        w->has_owned = cm_host_user_name(w->h, st->st_uid) != NULL &&
                       cm_host_group_name(w->h, st->st_gid) != NULL;
        w->owned_uid = st->st_uid;
        w->owned_gid = st->st_gid;
        if (!w->has_owned)
                add(w, w->unowned, path_of(w, directory, name), st);
}

static bool is_on_disk(int fd)
{
        struct statfs fs;
        if (fstatfs(fd, &fs) != 0)
                return true;
        long type = (long)fs.f_type;
        return type == EXT4_SUPER_MAGIC || type == BTRFS_SUPER_MAGIC || type == XFS_MAGIC ||
               type == F2FS_SUPER_MAGIC || type == REISERFS_SUPER_MAGIC;
}

/* Takes `fd`. Depth is bounded by CM_HOST_WALK_DEPTH_MAX. */
static void walk_directory(struct walk *w, int fd, const char *path,
                           int depth) // NOLINT(misc-no-recursion)
{
        DIR *dir = fdopendir(fd);
        if (dir == NULL) {
                close(fd);
                return;
        }
        for (struct dirent *e; w->cut.len == 0 && (e = readdir(dir)) != NULL;) {
                struct stat st;
                if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
                    fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
                        continue;
                if (++w->seen > CM_HOST_WALK_FILES_MAX)
                        w->cut = CM_SV("more files than limit host_walk_files_max");
                else if (w->seen % 1024 == 0 && cm_clock_monotonic_ms() > w->deadline_ms)
                        w->cut = CM_SV("longer than limit host_walk_ms_max; coaming host facts "
                                       "--walk-seconds gives it more time");
                if (st.st_dev == w->device && !S_ISLNK(st.st_mode))
                        look(w, path, e->d_name, &st);
                if (!S_ISDIR(st.st_mode))
                        continue;
                struct cm_sv child = path_of(w, path, e->d_name);
                if (cm_sv_is_any(child, engine_directories))
                        continue;
                int next = openat(dirfd(dir), e->d_name,
                                  O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
                if (next < 0) {
                        if (errno != ENOENT)
                                w->cut = cm_sv_printf(w->h->arena, "could not open %.*s: %s",
                                                      CM_SV_ARG(child), strerror(errno));
                } else if (st.st_dev != w->device) {
                        if (is_on_disk(next))
                                cm_host_add_text(w->h->arena, w->skipped, child);
                        close(next);
                } else if (depth >= CM_HOST_WALK_DEPTH_MAX) {
                        w->cut = CM_SV("deeper than limit host_walk_depth_max");
                        close(next);
                } else {
                        walk_directory(w, next, child.ptr, depth + 1);
                }
        }
        closedir(dir);
}

static int by_path(const void *a, const void *b)
{
        return cm_sv_cmp(cm_node_get_string(*(const struct cm_node *const *)a, "path"),
                         cm_node_get_string(*(const struct cm_node *const *)b, "path"));
}

/* Directories give their names in no order. */
static void put_sorted(struct cm_host *h, struct cm_node *n, const char *key, struct cm_node *list)
{
        if (list->list.count > 1)
                qsort(list->list.items, list->list.count, sizeof(const struct cm_node *), by_path);
        cm_host_put(h->arena, n, key, list);
}

static void collect(struct cm_host *h, struct cm_node *facts)
{
        struct cm_node *n = cm_host_map(h->arena);
        int fd = cm_root_open_in(h->root_fd, ".", O_RDONLY | O_DIRECTORY);
        struct stat st;
        struct walk w = {
                .h = h,
                .deadline_ms = cm_clock_monotonic_ms() + (int64_t)h->walk_ms_max,
                .set_id = cm_host_new_list(h->arena),
                .writable_files = cm_host_new_list(h->arena),
                .writable_directories = cm_host_new_list(h->arena),
                .unowned = cm_host_new_list(h->arena),
                .skipped = cm_host_new_list(h->arena),
        };
        cm_host_put(h->arena, facts, "walk", n);
        if (fd < 0 || fstat(fd, &st) != 0) {
                cm_host_put_text(h->arena, n, "error",
                                 cm_sv_dup(h->arena, cm_sv_from_cstr(strerror(errno))));
                if (fd >= 0)
                        close(fd);
                return;
        }
        w.device = st.st_dev;
        walk_directory(&w, fd, "", 0);
        put_sorted(h, n, "set_id", w.set_id);
        put_sorted(h, n, "writable_files", w.writable_files);
        put_sorted(h, n, "writable_directories", w.writable_directories);
        put_sorted(h, n, "unowned", w.unowned);
        cm_host_put(h->arena, n, "skipped", w.skipped);
        if (w.cut.len > 0)
                cm_host_put_text(h->arena, n, "cut", w.cut);
        else if (cm_node_count(w.skipped) == 0)
                cm_host_put_bool(h->arena, n, "complete", true);
}

extern const struct cm_host_section cm_host_section_walk;
const struct cm_host_section cm_host_section_walk = { collect };
