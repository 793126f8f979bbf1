/* SPDX-License-Identifier: Apache-2.0 */
/* What events do to descriptors; see track.h. */
#include <string.h>

#include "base/hash.h"
#include "model/event_format.h"
#include "sense/track_internal.h"

enum {
        SOCKET_STREAM = 1,
        SOCKET_DATAGRAM = 2,
        SOCKET_RAW = 3,
        SOCKET_KIND_MASK = 0xf, /* SOCK_CLOEXEC and SOCK_NONBLOCK are above */
        FAMILY_UNIX = 1,
        FAMILY_IPV4 = 2,
        FAMILY_IPV6 = 10,
        FAMILY_NETLINK = 16,
        PROTOCOL_ICMP = 1,
        OPEN_DIRECTORY = 1 << 10,
        OPEN_UPPER_LAYER = 1 << 15,
        OPEN_LOWER_LAYER = 1 << 16,
        IN_PROGRESS = -115
};

/* Where the search for a number begins. Captures choose the numbers: the seed is not theirs. */
static size_t home(const struct cm_track_fds *fds, int64_t number)
{
        return cm_hash64(cm_sv_make(&number, sizeof(number)), (uintptr_t)fds) &
               (fds->slot_count - 1);
}

/* The slot of a number, or the free one where it would be. */
static size_t slot_of(const struct cm_track_fds *fds, int64_t number)
{
        size_t at = home(fds, number);
        while (fds->slots[at] != 0 && fds->list.items[fds->slots[at] - 1].number != number)
                at = (at + 1) & (fds->slot_count - 1);
        return at;
}

static void grow(struct cm_arena *arena, struct cm_track_fds *fds)
{
        enum {
                SLOTS_MIN = 16
        };
        if ((fds->list.count + 1) * 2 <= fds->slot_count)
                return;
        fds->slot_count = CM_MAX(fds->slot_count * 2, (size_t)SLOTS_MIN);
        fds->slots = CM_NEW_ARRAY(arena, uint32_t, fds->slot_count);
        for (size_t i = 0; i < fds->list.count; i++)
                fds->slots[slot_of(fds, fds->list.items[i].number)] = (uint32_t)i + 1;
}

struct cm_fd *cm_track_fd(struct cm_track_thread *t, int64_t number)
{
        struct cm_track_fds *fds = t->fds;
        size_t at = fds->slot_count == 0 ? 0 : slot_of(fds, number);
        return fds->slot_count == 0 || fds->slots[at] == 0 ? NULL
                                                           : &fds->list.items[fds->slots[at] - 1];
}

struct cm_fd *cm_track_fd_new(struct cm_track *track, struct cm_track_thread *t, int64_t number)
{
        struct cm_track_fds *fds = t->fds;
        struct cm_fd *fd = cm_track_fd(t, number);
        if (fd == NULL) {
                grow(track->arena, fds);
                size_t at = slot_of(fds, number);
                fd = CM_VEC_PUSH(track->arena, &fds->list);
                fds->slots[at] = (uint32_t)fds->list.count;
        }
        *fd = (struct cm_fd){ .number = number };
        return fd;
}

/* Frees a slot; those behind it that were pushed on by it move up. */
static void free_slot(struct cm_track_fds *fds, size_t at)
{
        size_t mask = fds->slot_count - 1;
        fds->slots[at] = 0;
        for (size_t next = (at + 1) & mask; fds->slots[next] != 0; next = (next + 1) & mask) {
                size_t from = home(fds, fds->list.items[fds->slots[next] - 1].number);
                if (((next - from) & mask) < ((next - at) & mask))
                        continue;
                fds->slots[at] = fds->slots[next];
                fds->slots[next] = 0;
                at = next;
        }
}

void cm_track_fd_close(struct cm_track_thread *t, int64_t number)
{
        struct cm_track_fds *fds = t->fds;
        struct cm_fd *fd = cm_track_fd(t, number);
        if (fd == NULL)
                return;
        size_t index = (size_t)(fd - fds->list.items);
        size_t last = fds->list.count - 1;
        free_slot(fds, slot_of(fds, number));
        if (index != last) {
                size_t moved = slot_of(fds, fds->list.items[last].number);
                *fd = fds->list.items[last];
                fds->slots[moved] = (uint32_t)index + 1;
        }
        fds->list.count--;
}

struct cm_track_fds *cm_track_fds_dup(struct cm_arena *arena, const struct cm_track_fds *fds)
{
        struct cm_track_fds *copy = CM_NEW(arena, struct cm_track_fds);
        for (size_t i = 0; i < fds->list.count; i++) {
                grow(arena, copy);
                size_t at = slot_of(copy, fds->list.items[i].number);
                *CM_VEC_PUSH(arena, &copy->list) = fds->list.items[i];
                copy->slots[at] = (uint32_t)copy->list.count;
        }
        return copy;
}

void cm_track_fd_connect(struct cm_track *track, struct cm_fd *fd, struct cm_sv tuple,
                         bool is_server)
{
        struct cm_buf name CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_fd old = *fd;
        if (!cm_event_tuple(tuple, &fd->client, &fd->client_port, &fd->server, &fd->server_port))
                return;
        cm_buf_init(&name, CM_KIB(1));
        cm_address_put(&name, &fd->client);
        cm_buf_printf(&name, ":%u->", fd->client_port);
        cm_address_put(&name, &fd->server);
        cm_buf_printf(&name, ":%u", fd->server_port);
        fd->type = fd->server.family == 4 ? CM_FD_IPV4_SOCKET : CM_FD_IPV6_SOCKET;
        fd->role = is_server ? CM_FD_ROLE_SERVER : CM_FD_ROLE_CLIENT;
        if (!cm_sv_eq(old.name, cm_buf_sv(&name))) {
                fd->name = cm_sv_dup(track->arena, cm_buf_sv(&name));
                fd->flags |= CM_FD_NAME_CHANGED;
        }
}

/* A number of the end of a call, or (older captures) of its beginning. */
static bool number_of(const struct cm_track_thread *t, const struct cm_event *e, const char *name,
                      size_t pending, int64_t *ret)
{
        if (cm_event_number_of(e, name, ret))
                return true;
        *ret = t->pending[pending];
        return t->has_pending[pending];
}

static struct cm_fd *opened(struct cm_track *track, struct cm_track_thread *t,
                            const struct cm_event *e, int64_t result)
{
        struct cm_buf path CM_CLEANUP(cm_buf_fini) = { 0 };
        const struct cm_event_context c = { .event = e,
                                            .thread = &t->thread,
                                            .lookup = &track->lookup };
        ptrdiff_t at = cm_event_param_find(e->info, CM_SV("name"));
        struct cm_sv raw = CM_SV("");
        int64_t flags = 0;
        int64_t dev = 0;
        int64_t ino = 0;
        if (result < 0 || at < 0 || !cm_event_text(e, (size_t)at, &raw))
                return NULL; /* rules take what there is from the event itself */
        cm_buf_init(&path, CM_KIB(64));
        CM_IGNORE(cm_event_put_arg(&path, &c, (size_t)at));
        CM_IGNORE(cm_event_number_of(e, "flags", &flags));
        CM_IGNORE(cm_event_number_of(e, "dev", &dev));
        CM_IGNORE(cm_event_number_of(e, "ino", &ino));
        struct cm_fd *fd = cm_track_fd_new(track, t, result);
        fd->type = (flags & OPEN_DIRECTORY) != 0 ? CM_FD_DIRECTORY : CM_FD_FILE;
        fd->name = cm_sv_dup(track->arena, cm_buf_sv(&path));
        fd->raw_name = cm_sv_dup(track->arena, raw);
        fd->open_flags = (uint32_t)flags;
        fd->dev = (uint32_t)dev;
        fd->ino = (uint64_t)ino;
        fd->flags = ((flags & OPEN_UPPER_LAYER) != 0 ? CM_FD_UPPER_LAYER : 0U) |
                    ((flags & OPEN_LOWER_LAYER) != 0 ? CM_FD_LOWER_LAYER : 0U);
        return fd;
}

static struct cm_fd *made_socket(struct cm_track *track, struct cm_track_thread *t,
                                 const struct cm_event *e, int64_t result)
{
        int64_t domain = 0;
        int64_t kind = 0;
        int64_t protocol = 0;
        if (result < 0)
                return NULL;
        CM_IGNORE(number_of(t, e, "domain", 0, &domain));
        CM_IGNORE(number_of(t, e, "type", 1, &kind));
        CM_IGNORE(number_of(t, e, "proto", 2, &protocol));
        struct cm_fd *fd = cm_track_fd_new(track, t, result);
        fd->type = domain == FAMILY_UNIX      ? CM_FD_UNIX_SOCKET
                   : domain == FAMILY_IPV4    ? CM_FD_IPV4_SOCKET
                   : domain == FAMILY_IPV6    ? CM_FD_IPV6_SOCKET
                   : domain == FAMILY_NETLINK ? CM_FD_NETLINK
                                              : CM_FD_OTHER;
        kind &= SOCKET_KIND_MASK;
        if (domain == FAMILY_IPV4 || domain == FAMILY_IPV6)
                fd->protocol = protocol == PROTOCOL_ICMP ? CM_L4_ICMP
                               : kind == SOCKET_STREAM   ? CM_L4_TCP
                               : kind == SOCKET_DATAGRAM ? CM_L4_UDP
                               : kind == SOCKET_RAW      ? CM_L4_RAW
                                                         : CM_L4_NA;
        return fd;
}

static struct cm_fd *accepted(struct cm_track *track, struct cm_track_thread *t,
                              const struct cm_event *e, int64_t result)
{
        ptrdiff_t at = cm_event_param_find(e->info, CM_SV("tuple"));
        if (result < 0)
                return NULL;
        struct cm_fd *fd = cm_track_fd_new(track, t, result);
        fd->type = CM_FD_UNIX_SOCKET;
        fd->protocol = CM_L4_TCP;
        if (at >= 0)
                cm_track_fd_connect(track, fd, e->params[at].bytes, true);
        if (fd->type == CM_FD_UNIX_SOCKET)
                fd->protocol = CM_L4_NA;
        fd->flags |= CM_FD_CONNECTED;
        return fd;
}

static struct cm_fd *connected(struct cm_track *track, struct cm_track_thread *t,
                               const struct cm_event *e, int64_t result, bool is_connect)
{
        int64_t number = -1;
        ptrdiff_t at = cm_event_param_find(e->info, CM_SV("tuple"));
        struct cm_fd *fd = number_of(t, e, "fd", 0, &number) ? cm_track_fd(t, number) : NULL;
        if (fd == NULL && number >= 0 && is_connect)
                fd = cm_track_fd_new(track, t, number);
        if (fd != NULL && at >= 0 && (is_connect || fd->protocol != CM_L4_TCP))
                cm_track_fd_connect(track, fd, e->params[at].bytes, false);
        if (fd != NULL && is_connect && (result >= 0 || result == IN_PROGRESS))
                fd->flags |= CM_FD_CONNECTED;
        return fd;
}

static struct cm_fd *duplicated(struct cm_track *track, struct cm_track_thread *t,
                                const struct cm_event *e, int64_t result)
{
        int64_t old = -1;
        if (result < 0 || !number_of(t, e, "oldfd", 0, &old))
                return NULL;
        const struct cm_fd *from = cm_track_fd(t, old);
        if (from == NULL)
                return NULL;
        struct cm_fd copy = *from;
        struct cm_fd *fd = cm_track_fd_new(track, t, result);
        *fd = copy;
        fd->number = result;
        return fd;
}

static struct cm_fd *made_pair(struct cm_track *track, struct cm_track_thread *t,
                               const struct cm_event *e, enum cm_fd_type type)
{
        static const char *const ends[] = { "fd1", "fd2" };
        int64_t number = 0;
        for (size_t i = 0; i < CM_ARRAY_LEN(ends); i++)
                if (cm_event_number_of(e, ends[i], &number) && number >= 0)
                        cm_track_fd_new(track, t, number)->type = type;
        return NULL;
}

static struct cm_fd *made_plain(struct cm_track *track, struct cm_track_thread *t, int64_t result,
                                enum cm_fd_type type)
{
        if (result < 0)
                return NULL;
        struct cm_fd *fd = cm_track_fd_new(track, t, result);
        fd->type = type;
        return fd;
}

static bool is_any(const struct cm_event *e, const char *const *names)
{
        return cm_sv_is_any(cm_sv_from_cstr(e->info->name), names);
}

struct cm_fd *cm_track_fd_event(struct cm_track *track, struct cm_track_thread *t,
                                const struct cm_event *e)
{
        static const char *const opens[] = { "open", "openat", "openat2", "creat", NULL };
        static const char *const accepts[] = { "accept", "accept4", NULL };
        static const char *const sends[] = { "sendto", "sendmsg", "recvfrom", "recvmsg", NULL };
        static const char *const dups[] = { "dup", "dup2", "dup3", NULL };
        static const char *const pipes[] = { "pipe", "pipe2", NULL };
        static const char *const epolls[] = { "epoll_create", "epoll_create1", NULL };
        static const char *const one_socket[] = { "socket", NULL };
        static const char *const one_connect[] = { "connect", NULL };
        static const char *const one_pair[] = { "socketpair", NULL };
        static const char *const one_memfd[] = { "memfd_create", NULL };
        static const char *const one_bpf[] = { "bpf", NULL };
        int64_t result = -1;
        int64_t number = -1;
        CM_IGNORE(cm_event_result(e, &result));
        if (is_any(e, opens))
                return opened(track, t, e, result);
        if (is_any(e, one_socket))
                return made_socket(track, t, e, result);
        if (is_any(e, accepts))
                return accepted(track, t, e, result);
        if (is_any(e, one_connect) || is_any(e, sends))
                return connected(track, t, e, result, is_any(e, one_connect));
        if (is_any(e, dups))
                return duplicated(track, t, e, result);
        if (is_any(e, pipes) || is_any(e, one_pair))
                return made_pair(track, t, e, is_any(e, pipes) ? CM_FD_PIPE : CM_FD_UNIX_SOCKET);
        if (is_any(e, epolls))
                return made_plain(track, t, result, CM_FD_EVENTPOLL);
        if (is_any(e, one_memfd))
                return made_plain(track, t, result, CM_FD_MEMFD);
        if (is_any(e, one_bpf))
                return made_plain(track, t, result, CM_FD_BPF);
        ptrdiff_t at = cm_event_param_find(e->info, CM_SV("fd"));
        if (at >= 0 && number_of(t, e, "fd", 0, &number))
                return cm_track_fd(t, number);
        return NULL;
}
