/* SPDX-License-Identifier: Apache-2.0 */
/* Owner, group, mode and kind of a file, with the names that the root itself gives to ids. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/host_text.h"
#include "os/rooted.h"

static struct cm_sv key_of(struct cm_arena *arena, int64_t id)
{
        return cm_sv_printf(arena, "%lld", (long long)id);
}

/* The first name of an id counts, as getpwuid(3) has it. */
static const struct cm_node *names_of(struct cm_host *h, const char *path, const char *id,
                                      void (*parse)(struct cm_arena *arena, struct cm_sv text,
                                                    struct cm_node *list))
{
        struct cm_node *names = cm_host_map(h->arena);
        struct cm_node *list = cm_host_new_list(h->arena);
        parse(h->arena, cm_host_read(h, path).text, list);
        for (size_t i = 0; i < cm_node_count(list); i++) {
                const struct cm_node *entry = cm_node_at(list, i);
                struct cm_sv key = key_of(h->arena, cm_node_int(cm_node_get(entry, id), -1));
                if (cm_node_get_sv(names, key) == NULL)
                        cm_node_put(h->arena, names, key, (struct cm_node_pos){ 0 },
                                    cm_node_get(entry, "name"));
        }
        return names;
}

const struct cm_node *cm_host_user_name(struct cm_host *h, uint32_t uid)
{
        if (h->users == NULL)
                h->users = names_of(h, "etc/passwd", "uid", cm_host_text_passwd);
        return cm_node_get_sv(h->users, key_of(h->arena, uid));
}

const struct cm_node *cm_host_group_name(struct cm_host *h, uint32_t gid)
{
        if (h->groups == NULL)
                h->groups = names_of(h, "etc/group", "gid", cm_host_text_group);
        return cm_node_get_sv(h->groups, key_of(h->arena, gid));
}

static struct cm_sv kind_of(mode_t mode)
{
        switch (mode & S_IFMT) {
        case S_IFREG:
                return CM_SV("file");
        case S_IFDIR:
                return CM_SV("directory");
        case S_IFSOCK:
                return CM_SV("socket");
        case S_IFLNK:
                return CM_SV("link");
        }
        return CM_SV("other");
}

const struct cm_node *cm_host_stat(struct cm_host *h, const char *absolute_path)
{
        struct stat st = { 0 };
        int fd = cm_root_open_in(h->root_fd, absolute_path + 1, O_PATH);
        int saved = fd < 0 || fstat(fd, &st) != 0 ? errno : 0;
        if (fd >= 0)
                close(fd);
        if (saved == ENOENT || saved == ENOTDIR)
                return cm_node_new_null(h->arena, (struct cm_node_pos){ 0 });
        if (saved != 0)
                return cm_host_error(h->arena,
                                     cm_sv_dup(h->arena, cm_sv_from_cstr(strerror(saved))));
        struct cm_node *n = cm_host_map(h->arena);
        const struct cm_node *user = cm_host_user_name(h, st.st_uid);
        const struct cm_node *group = cm_host_group_name(h, st.st_gid);
        const struct cm_node *none = cm_node_new_null(h->arena, (struct cm_node_pos){ 0 });
        cm_host_put_text(h->arena, n, "kind", kind_of(st.st_mode));
        cm_host_put_int(h->arena, n, "uid", st.st_uid);
        cm_host_put_int(h->arena, n, "gid", st.st_gid);
        cm_host_put(h->arena, n, "user", user != NULL ? user : none);
        cm_host_put(h->arena, n, "group", group != NULL ? group : none);
        cm_host_put_int(h->arena, n, "mode", st.st_mode & 07777);
        cm_host_put_text(h->arena, n, "octal",
                         cm_sv_printf(h->arena, "%04o", (unsigned)(st.st_mode & 07777)));
        return n;
}

struct cm_node *cm_host_stat_at(struct cm_host *h, struct cm_sv path)
{
        const struct cm_node *stat = cm_host_stat(h, path.ptr);
        struct cm_node *n = cm_host_map(h->arena);
        cm_host_put_text(h->arena, n, "path", path);
        for (size_t i = 0; i < cm_node_count(stat); i++)
                cm_node_put(h->arena, n, stat->map.members[i].key, (struct cm_node_pos){ 0 },
                            stat->map.members[i].value);
        return n;
}
