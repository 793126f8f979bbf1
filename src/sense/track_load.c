/* SPDX-License-Identifier: Apache-2.0 */
/* What a capture says of the time before it began; see track.h. */
#include <string.h>

#include "model/event_format.h"
#include "sense/track_internal.h"

enum {
        ID_DIGITS = 64,
        ID_DIGITS_SHOWN = 12
};

const struct cm_sv *cm_track_texts(struct cm_arena *arena, struct cm_sv bytes, size_t *ret_count)
{
        CM_VEC(struct cm_sv) texts = { 0 };
        struct cm_sv rest = cm_sv_dup(arena, bytes);
        struct cm_sv text;
        while (cm_sv_next_field(&rest, '\0', &text))
                if (rest.len > 0 || text.len > 0)
                        *CM_VEC_PUSH(arena, &texts) = text;
        *ret_count = texts.count;
        return texts.items;
}

/* 64 hexadecimal digits with something else on both sides: how all engines name their groups. */
static struct cm_sv container_id(struct cm_sv path)
{
        size_t run = 0;
        for (size_t i = 0; i <= path.len; i++) {
                if (i < path.len && cm_is_xdigit(path.ptr[i])) {
                        run++;
                        continue;
                }
                if (run == ID_DIGITS)
                        return cm_sv_slice(path, i - run, i);
                run = 0;
        }
        return CM_SV("");
}

static struct cm_sv container_type(struct cm_sv path)
{
        static const struct {
                const char *part;
                const char *type;
        } types[] = { { "libpod", "podman" },
                      { "crio", "cri-o" },
                      { "containerd", "containerd" },
                      { "docker", "docker" } };
        for (size_t i = 0; i < CM_ARRAY_LEN(types); i++)
                if (cm_sv_find(path, cm_sv_from_cstr(types[i].part)) >= 0)
                        return cm_sv_from_cstr(types[i].type);
        return CM_SV("");
}

void cm_track_set_cgroups(struct cm_track *track, struct cm_track_thread *t, struct cm_sv bytes)
{
        size_t count = 0;
        const struct cm_sv *texts = cm_track_texts(track->arena, bytes, &count);
        struct cm_label *groups = CM_NEW_ARRAY(track->arena, struct cm_label, count);
        t->thread.container = NULL;
        for (size_t i = 0; i < count; i++) {
                cm_sv_cut(texts[i], '=', &groups[i].key, &groups[i].value);
                struct cm_sv id = container_id(groups[i].value);
                if (id.len == 0 || t->thread.container != NULL)
                        continue;
                t->container = (struct cm_container){ .id = cm_sv_slice(id, 0, ID_DIGITS_SHOWN),
                                                      .full_id = id,
                                                      .type = container_type(groups[i].value) };
                t->thread.container = &t->container;
        }
        t->thread.cgroups = groups;
        t->thread.cgroup_count = count;
}

static void load_process(struct cm_track *track, const struct cm_scap_process *p)
{
        struct cm_track_thread *tracked = cm_track_get(track, (int64_t)p->tid);
        struct cm_thread *t = &tracked->thread;
        struct cm_arena *a = track->arena;
        tracked->is_known = true;
        t->pid = (int64_t)p->pid;
        t->ptid = (int64_t)p->ptid;
        t->sid = (int64_t)p->sid;
        t->vpgid = (int64_t)p->vpgid;
        t->pgid = (int64_t)p->pgid;
        t->vtid = (int64_t)p->vtid;
        t->vpid = (int64_t)p->vpid;
        t->comm = cm_sv_dup(a, p->comm);
        t->exe = cm_sv_dup(a, p->exe);
        t->exepath = cm_sv_dup(a, p->exepath);
        t->args = cm_track_texts(a, p->args, &t->arg_count);
        t->env = cm_track_texts(a, p->env, &t->env_count);
        t->cwd = cm_sv_dup(a, p->cwd);
        t->root = cm_sv_dup(a, p->root);
        t->fd_limit = (int64_t)p->fd_limit;
        t->tty = p->tty;
        t->vm_size_kb = p->vm_size_kb;
        t->vm_rss_kb = p->vm_rss_kb;
        t->vm_swap_kb = p->vm_swap_kb;
        t->has_caps = p->has_caps;
        t->cap_effective = p->cap_effective;
        t->cap_permitted = p->cap_permitted;
        t->cap_inheritable = p->cap_inheritable;
        t->exe_flags = (p->exe_writable ? CM_EXE_WRITABLE : 0U) |
                       (p->exe_upper_layer ? CM_EXE_UPPER_LAYER : 0U) |
                       (p->exe_from_memfd ? CM_EXE_FROM_MEMFD : 0U) |
                       (p->exe_lower_layer ? CM_EXE_LOWER_LAYER : 0U);
        t->exe_ino = p->exe_ino;
        t->exe_ino_ctime_ns = (int64_t)p->exe_ino_ctime_ns;
        t->exe_ino_mtime_ns = (int64_t)p->exe_ino_mtime_ns;
        t->login = (struct cm_user){ .id = p->loginuid, .is_known = true };
        cm_track_set_user(track, t, p->uid);
        cm_track_set_group(track, t, p->gid);
        cm_track_set_cgroups(track, tracked, p->cgroups);
}

static enum cm_fd_type fd_type(uint8_t kind)
{
        static const enum cm_fd_type types[] = {
                [CM_SCAP_FD_FILE] = CM_FD_FILE,
                [CM_SCAP_FD_DIRECTORY] = CM_FD_DIRECTORY,
                [CM_SCAP_FD_IPV4] = CM_FD_IPV4_SOCKET,
                [CM_SCAP_FD_IPV6] = CM_FD_IPV6_SOCKET,
                [CM_SCAP_FD_IPV4_SERVER] = CM_FD_IPV4_SERVER,
                [CM_SCAP_FD_IPV6_SERVER] = CM_FD_IPV6_SERVER,
                [CM_SCAP_FD_PIPE] = CM_FD_PIPE,
                [CM_SCAP_FD_UNIX] = CM_FD_UNIX_SOCKET,
                [CM_SCAP_FD_EVENT] = CM_FD_EVENT,
                [CM_SCAP_FD_SIGNAL] = CM_FD_SIGNAL,
                [CM_SCAP_FD_EVENTPOLL] = CM_FD_EVENTPOLL,
                [CM_SCAP_FD_INOTIFY] = CM_FD_INOTIFY,
                [CM_SCAP_FD_TIMER] = CM_FD_TIMER,
                [CM_SCAP_FD_NETLINK] = CM_FD_NETLINK,
                [CM_SCAP_FD_FILE_V2] = CM_FD_FILE,
                [CM_SCAP_FD_BPF] = CM_FD_BPF,
                [CM_SCAP_FD_USERFAULT] = CM_FD_USERFAULT,
                [CM_SCAP_FD_IO_URING] = CM_FD_IO_URING,
                [CM_SCAP_FD_MEMFD] = CM_FD_MEMFD,
                [CM_SCAP_FD_PIDFD] = CM_FD_PIDFD,
        };
        return kind < CM_ARRAY_LEN(types) && types[kind] != CM_FD_UNKNOWN ? types[kind]
                                                                          : CM_FD_OTHER;
}

static struct cm_address address(struct cm_sv bytes)
{
        struct cm_address a = { .family = bytes.len == 4 ? 4 : bytes.len == 16 ? 6 : 0 };
        if (a.family != 0)
                memcpy(a.bytes, bytes.ptr, bytes.len);
        return a;
}

static void put_end(struct cm_buf *out, const struct cm_address *a, uint16_t port)
{
        cm_address_put(out, a);
        cm_buf_printf(out, ":%u", port);
}

/* A connection is between the first end and the second; who listens has only the first. */
static void load_socket(struct cm_track *track, const struct cm_scap_fd *f, struct cm_fd *fd)
{
        struct cm_buf name CM_CLEANUP(cm_buf_fini) = { 0 };
        bool listens = f->kind == CM_SCAP_FD_IPV4_SERVER || f->kind == CM_SCAP_FD_IPV6_SERVER;
        cm_buf_init(&name, CM_KIB(1));
        fd->protocol = f->protocol >= 1 && f->protocol <= 5 ? (enum cm_l4_protocol)(f->protocol - 1)
                                                            : CM_L4_NA;
        fd->client = listens ? (struct cm_address){ .family = 0 } : address(f->source);
        fd->client_port = listens ? 0 : f->source_port;
        fd->server = address(listens ? f->source : f->dest);
        fd->server_port = listens ? f->source_port : f->dest_port;
        if (!listens) {
                put_end(&name, &fd->client, fd->client_port);
                cm_buf_put_str(&name, "->");
        }
        put_end(&name, &fd->server, fd->server_port);
        fd->name = cm_sv_dup(track->arena, cm_buf_sv(&name));
}

static int load_fds(struct cm_track *track, const struct cm_scap_block *block, struct cm_err *err)
{
        struct cm_cursor rest = cm_cursor_make(block->body);
        struct cm_scap_fd f;
        uint64_t tid = 0;
        int r = cm_scap_fd_owner(&rest, &tid, err);
        while (r == 0 && (r = cm_scap_next_fd(block, &rest, &f, err)) == 0) {
                struct cm_fd *fd =
                        cm_track_fd_new(track, cm_track_get(track, (int64_t)tid), (int64_t)f.fd);
                fd->type = fd_type(f.kind);
                fd->ino = f.ino;
                fd->dev = f.dev;
                fd->open_flags = f.open_flags;
                fd->name = cm_sv_dup(track->arena, f.name);
                fd->raw_name = fd->name;
                if (f.source.len > 0)
                        load_socket(track, &f, fd);
        }
        return r < 0 ? r : 0;
}

static void user_key(char key[5], bool is_group, uint32_t id)
{
        key[0] = is_group ? 'g' : 'u';
        memcpy(key + 1, &id, sizeof(id));
}

static int load_users(struct cm_track *track, const struct cm_scap_block *block, struct cm_err *err)
{
        struct cm_cursor rest = cm_cursor_make(block->body);
        struct cm_scap_user u;
        int r = 0;
        while ((r = cm_scap_next_user(block, &rest, &u, err)) == 0) {
                struct cm_scap_user *kept = CM_NEW(track->arena, struct cm_scap_user);
                char key[5];
                *kept = (struct cm_scap_user){ u.is_group, u.id, cm_sv_dup(track->arena, u.name),
                                               cm_sv_dup(track->arena, u.home),
                                               cm_sv_dup(track->arena, u.shell) };
                user_key(key, u.is_group, u.id);
                cm_map_put(&track->users, cm_sv_dup(track->arena, cm_sv_make(key, sizeof(key))),
                           kept);
        }
        return r < 0 ? r : 0;
}

static struct cm_user named(const struct cm_track *track, bool is_group, uint32_t id)
{
        struct cm_user user = { .id = id, .is_known = true };
        char key[5];
        user_key(key, is_group, id);
        const struct cm_scap_user *u = cm_map_get(&track->users, cm_sv_make(key, sizeof(key)));
        if (u != NULL) {
                user.name = u->name;
                user.home = u->home;
                user.shell = u->shell;
        }
        return user;
}

void cm_track_set_user(struct cm_track *track, struct cm_thread *t, uint32_t id)
{
        t->user = named(track, false, id);
}

void cm_track_set_group(struct cm_track *track, struct cm_thread *t, uint32_t id)
{
        t->group = named(track, true, id);
}

int cm_track_load(struct cm_track *track, const struct cm_scap_block *block, struct cm_err *err)
{
        struct cm_cursor rest = cm_cursor_make(block->body);
        struct cm_scap_process p;
        int r = 0;
        if (block->kind == CM_SCAP_FDS)
                return load_fds(track, block, err);
        if (block->kind == CM_SCAP_USERS)
                return load_users(track, block, err);
        if (block->kind != CM_SCAP_PROCESSES)
                return 0;
        while ((r = cm_scap_next_process(block, &rest, &p, err)) == 0)
                load_process(track, &p);
        return r < 0 ? r : 0;
}
