/* SPDX-License-Identifier: Apache-2.0 */
/* What events do to threads; see track.h. */
#include "sense/track.h"

#include <string.h>

#include "base/cursor.h"
#include "model/event_format.h"
#include "sense/track_internal.h"

enum {
        HEADER_BYTES = 22, /* without the count of parameters */
        EXECVE = 293,
        CLONE_FILES = 1 << 0,
        CLONE_THREAD = 1 << 13,
        OLD_SENDTO = 30, /* beginnings of calls that told where to */
        OLD_SENDMSG = 48
};

static const struct cm_fd *lookup_fd(void *ctx, const struct cm_thread *thread, int64_t number)
{
        (void)ctx;
        /* A tracked thread begins with its thread. */
        struct cm_track_thread *t = (struct cm_track_thread *)(uintptr_t)(const void *)thread;
        return cm_track_fd(t, number);
}

static const struct cm_thread *lookup_thread(void *ctx, int64_t tid)
{
        struct cm_track_thread *t = cm_track_find(ctx, tid);
        return t == NULL ? NULL : &t->thread;
}

static bool lookup_user(void *ctx, const struct cm_thread *thread, uint32_t id, struct cm_sv *ret)
{
        struct cm_thread probe = { .tid = 0 };
        (void)thread;
        cm_track_set_user(ctx, &probe, id);
        *ret = probe.user.name;
        return ret->len > 0;
}

struct cm_track *cm_track_new(struct cm_arena *arena)
{
        struct cm_track *t = CM_NEW(arena, struct cm_track);
        t->arena = arena;
        cm_map_init(&t->threads, arena);
        cm_map_init(&t->users, arena);
        t->lookup = (struct cm_process_lookup){
                .ctx = t, .fd = lookup_fd, .thread = lookup_thread, .user_name = lookup_user
        };
        return t;
}

struct cm_track_thread *cm_track_find(const struct cm_track *track, int64_t tid)
{
        struct cm_track_thread *t = cm_map_get(&track->threads, cm_sv_make(&tid, sizeof(tid)));
        return t == NULL || t->is_gone ? NULL : t;
}

struct cm_track_thread *cm_track_get(struct cm_track *track, int64_t tid)
{
        struct cm_track_thread *t = cm_map_get(&track->threads, cm_sv_make(&tid, sizeof(tid)));
        if (t != NULL && !t->is_gone)
                return t;
        if (t == NULL) {
                t = CM_NEW(track->arena, struct cm_track_thread);
                cm_map_put(&track->threads, cm_sv_dup(track->arena, cm_sv_make(&tid, sizeof(tid))),
                           t);
        }
        *t = (struct cm_track_thread){ .thread = { .tid = tid, .pid = tid } };
        t->fds = CM_NEW(track->arena, struct cm_track_fds);
        return t;
}

static struct cm_sv text_of(struct cm_track *track, const struct cm_event *e, const char *name,
                            struct cm_sv otherwise)
{
        struct cm_sv text;
        return cm_event_text_of(e, name, &text) ? cm_sv_dup(track->arena, text) : otherwise;
}

static int64_t int_of(const struct cm_event *e, const char *name, int64_t otherwise)
{
        int64_t v = otherwise;
        CM_IGNORE(cm_event_number_of(e, name, &v));
        return v;
}

static bool bytes_of(const struct cm_event *e, const char *name, struct cm_sv *ret)
{
        ptrdiff_t at = cm_event_param_find(e->info, cm_sv_from_cstr(name));
        if (at < 0 || !e->params[at].is_set)
                return false;
        *ret = e->params[at].bytes;
        return true;
}

/* What execve and clone have in common. */
static void describe(struct cm_track *track, struct cm_track_thread *tracked,
                     const struct cm_event *e)
{
        struct cm_thread *t = &tracked->thread;
        struct cm_sv bytes;
        t->exe = text_of(track, e, "exe", t->exe);
        t->comm = text_of(track, e, "comm", t->comm);
        t->cwd = text_of(track, e, "cwd", t->cwd);
        if (bytes_of(e, "args", &bytes))
                t->args = cm_track_texts(track->arena, bytes, &t->arg_count);
        if (bytes_of(e, "cgroups", &bytes) && bytes.len > 0)
                cm_track_set_cgroups(track, tracked, bytes);
        t->fd_limit = int_of(e, "fdlimit", t->fd_limit);
        t->vm_size_kb = (uint32_t)int_of(e, "vm_size", t->vm_size_kb);
        t->vm_rss_kb = (uint32_t)int_of(e, "vm_rss", t->vm_rss_kb);
        t->vm_swap_kb = (uint32_t)int_of(e, "vm_swap", t->vm_swap_kb);
}

static void executed(struct cm_track *track, struct cm_track_thread *tracked,
                     const struct cm_event *e)
{
        struct cm_thread *t = &tracked->thread;
        struct cm_sv bytes;
        int64_t uid = 0;
        if (int_of(e, "res", -1) < 0)
                return;
        describe(track, tracked, e);
        tracked->is_known = true;
        t->pid = int_of(e, "pid", t->pid);
        t->ptid = int_of(e, "ptid", t->ptid);
        t->exepath = text_of(track, e, "trusted_exepath", CM_SV(""));
        if (bytes_of(e, "env", &bytes))
                t->env = cm_track_texts(track->arena, bytes, &t->env_count);
        t->tty = (uint32_t)int_of(e, "tty", t->tty);
        t->vpgid = int_of(e, "vpgid", t->vpgid);
        t->pgid = int_of(e, "pgid", t->pgid);
        t->login.id = (uint32_t)int_of(e, "loginuid", UINT32_MAX);
        t->login.is_known = true;
        t->exe_flags = (uint32_t)int_of(e, "flags", 0);
        t->has_caps = cm_event_number_of(e, "cap_effective", &uid);
        t->cap_effective = (uint64_t)int_of(e, "cap_effective", 0);
        t->cap_permitted = (uint64_t)int_of(e, "cap_permitted", 0);
        t->cap_inheritable = (uint64_t)int_of(e, "cap_inheritable", 0);
        t->exe_ino = (uint64_t)int_of(e, "exe_ino", 0);
        t->exe_ino_ctime_ns = int_of(e, "exe_ino_ctime", 0);
        t->exe_ino_mtime_ns = int_of(e, "exe_ino_mtime", 0);
        t->exec_ns = (int64_t)e->time_ns;
        if (cm_event_number_of(e, "uid", &uid))
                cm_track_set_user(track, t, (uint32_t)uid);
        if (cm_event_number_of(e, "gid", &uid))
                cm_track_set_group(track, t, (uint32_t)uid);
}

/* The parent's event tells the child's id, the child's own event tells its own. */
static void cloned(struct cm_track *track, struct cm_track_thread *caller, const struct cm_event *e)
{
        int64_t result = int_of(e, "res", -1);
        int64_t flags = int_of(e, "flags", 0);
        int64_t uid = 0;
        if (result < 0)
                return;
        bool is_child = result == 0;
        int64_t parent_tid = is_child ? int_of(e, "ptid", 0) : caller->thread.tid;
        struct cm_track_thread *parent = is_child ? cm_track_find(track, parent_tid) : caller;
        int64_t tid = is_child ? (int64_t)e->tid : result;
        struct cm_track_thread *child = cm_track_find(track, tid);
        if (child == NULL || (!is_child && child->thread.clone_ns == 0)) {
                child = cm_track_get(track, tid);
                if (parent != NULL && parent != child) {
                        struct cm_track_thread copy = *parent;
                        bool shares = (flags & (CLONE_FILES | CLONE_THREAD)) != 0;
                        copy.fds =
                                shares ? parent->fds : cm_track_fds_dup(track->arena, parent->fds);
                        *child = copy;
                        if (child->thread.container != NULL)
                                child->thread.container = &child->container;
                }
                memset(child->has_pending, 0, sizeof(child->has_pending));
                child->thread.tid = tid;
                child->thread.pid =
                        (flags & CLONE_THREAD) != 0 && parent != NULL ? parent->thread.pid : tid;
                child->thread.ptid = parent == NULL ? parent_tid : parent->thread.pid;
                child->thread.vtid = child->thread.tid;
                child->thread.vpid = child->thread.pid;
                child->thread.clone_ns = (int64_t)e->time_ns;
        }
        if (!is_child)
                return;
        describe(track, child, e);
        child->is_known = true;
        child->thread.pid = int_of(e, "pid", child->thread.pid);
        child->thread.ptid = int_of(e, "ptid", child->thread.ptid);
        child->thread.vtid = int_of(e, "vtid", child->thread.vtid);
        child->thread.vpid = int_of(e, "vpid", child->thread.vpid);
        if (cm_event_number_of(e, "uid", &uid))
                cm_track_set_user(track, &child->thread, (uint32_t)uid);
        if (cm_event_number_of(e, "gid", &uid))
                cm_track_set_group(track, &child->thread, (uint32_t)uid);
}

static void moved(struct cm_track *track, struct cm_track_thread *t, const struct cm_event *e)
{
        struct cm_buf path CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_sv to;
        int64_t number = -1;
        if (int_of(e, "res", -1) < 0)
                return;
        cm_buf_init(&path, CM_KIB(64));
        if (!cm_event_text_of(e, "path", &to)) {
                if (!cm_event_number_of(e, "fd", &number))
                        number = t->has_pending[0] ? t->pending[0] : -1;
                const struct cm_fd *fd = cm_track_fd(t, number);
                if (fd == NULL)
                        return;
                to = fd->name;
        }
        cm_path_put_joined(&path, t->thread.cwd, to);
        t->thread.cwd = cm_sv_dup(track->arena, cm_buf_sv(&path));
}

static void update_thread(struct cm_track *track, struct cm_track_thread *t,
                          const struct cm_event *e)
{
        static const char *const execs[] = { "execve", "execveat", NULL };
        static const char *const clones[] = { "clone", "clone3", "fork", "vfork", NULL };
        static const char *const moves[] = { "chdir", "fchdir", NULL };
        struct cm_sv name = cm_sv_from_cstr(e->info->name);
        bool ok = int_of(e, "res", -1) >= 0;
        if (cm_sv_is_any(name, execs))
                executed(track, t, e);
        else if (cm_sv_is_any(name, clones))
                cloned(track, t, e);
        else if (cm_sv_is_any(name, moves))
                moved(track, t, e);
        else if (cm_sv_eq(name, CM_SV("setsid")) && ok)
                t->thread.sid = t->thread.vpid;
}

/* What is true only after rules have seen the event: "sudo" is still root's when it asks. */
static void after(struct cm_track *track, struct cm_track_thread *t, const struct cm_event *e)
{
        struct cm_sv name = cm_sv_from_cstr(e->info->name);
        int64_t id = t->has_pending[0] ? t->pending[0] : -1;
        bool ok = int_of(e, "res", -1) == 0;
        if (cm_sv_eq(name, CM_SV("procexit"))) {
                t->is_gone = true;
        } else if (cm_sv_eq(name, CM_SV("close")) && ok) {
                CM_IGNORE(cm_event_number_of(e, "fd", &id));
                cm_track_fd_close(t, id);
        } else if (cm_sv_eq(name, CM_SV("setuid")) && ok) {
                cm_track_set_user(track, &t->thread, (uint32_t)int_of(e, "uid", id));
        } else if (cm_sv_eq(name, CM_SV("setgid")) && ok) {
                cm_track_set_group(track, &t->thread, (uint32_t)int_of(e, "gid", id));
        }
}

/* The beginning of a call: its first numbers are kept for its end. */
static void begin(struct cm_track *track, const struct cm_scap_event *event)
{
        struct cm_cursor c = cm_cursor_make(event->bytes);
        cm_cursor_skip(&c, 8);
        uint64_t tid = cm_cursor_le64(&c);
        uint32_t len = cm_cursor_le32(&c);
        uint16_t type = cm_cursor_le16(&c);
        size_t header = HEADER_BYTES + (event->has_count ? 4U : 0U);
        struct cm_event any;
        struct cm_err ignored = CM_ERR_INIT;
        if (c.failed || len != event->bytes.len || (type & 1) != 0)
                return;
        /* A type of the table whose every parameter is kept as bytes: all that matters are lengths. */
        struct cm_buf copy CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&copy, CM_KIB(256));
        cm_buf_put_sv(&copy, event->bytes);
        if (copy.overflow || copy.len < header)
                return;
        copy.ptr[20] = (char)(EXECVE & 0xff); /* the longest row */
        copy.ptr[21] = (char)(EXECVE >> 8);
        int r = event->has_count ? cm_event_decode(cm_buf_sv(&copy), &any, &ignored)
                                 : cm_event_decode_uncounted(cm_buf_sv(&copy), &any, &ignored);
        if (r < 0)
                return;
        struct cm_track_thread *t = cm_track_get(track, (int64_t)tid);
        for (size_t i = 0; i < PENDING_MAX; i++) {
                struct cm_sv v = any.params[i].bytes;
                struct cm_cursor value = cm_cursor_make(v);
                t->has_pending[i] =
                        any.params[i].is_set && (v.len == 8 || v.len == 4 || v.len == 1);
                t->pending[i] = v.len == 8   ? (int64_t)cm_cursor_le64(&value)
                                : v.len == 4 ? (int64_t)cm_cursor_le32(&value)
                                             : cm_cursor_u8(&value);
        }
        if ((type == OLD_SENDTO || type == OLD_SENDMSG) && t->has_pending[0]) {
                struct cm_fd *fd = cm_track_fd(t, t->pending[0]);
                if (fd != NULL && fd->protocol != CM_L4_TCP) {
                        cm_track_fd_connect(track, fd, any.params[2].bytes, false);
                        t->name_changed = (fd->flags & CM_FD_NAME_CHANGED) != 0;
                        fd->flags &= ~(unsigned)CM_FD_NAME_CHANGED;
                }
        }
}

static const struct cm_thread *process_of(const struct cm_track *track, int64_t pid)
{
        const struct cm_track_thread *t = cm_track_find(track, pid);
        return t == NULL ? NULL : &t->thread;
}

/* Pointers between threads are found anew for each event, a few steps up: threads come and go. */
static void link_up(const struct cm_track *track, struct cm_thread *t)
{
        enum {
                STEPS_MAX = 64
        };
        t->session_leader = process_of(track, t->sid);
        t->group_leader = process_of(track, t->vpgid);
        t->pgroup_leader = process_of(track, t->pgid);
        for (size_t i = 0; t != NULL && i < STEPS_MAX; i++) {
                struct cm_track_thread *parent =
                        t->ptid > 0 && t->ptid != t->tid ? cm_track_find(track, t->ptid) : NULL;
                t->parent = parent == NULL ? NULL : &parent->thread;
                t = parent == NULL ? NULL : &parent->thread;
        }
        if (t != NULL)
                t->parent = NULL; /* a loop of ids that were used again */
}

/* Older types of execve are beginnings of the row of the current one. */
static struct cm_scap_event renewed(const struct cm_track *track, struct cm_scap_event event)
{
        static const uint16_t old[] = { 13, 155, 173, 215, 231, 283, 289 };
        enum {
                TYPE_AT = 20
        };
        struct cm_cursor c = cm_cursor_at(event.bytes, TYPE_AT, 2);
        uint16_t type = cm_cursor_le16(&c);
        for (size_t i = 0; i < CM_ARRAY_LEN(old); i++) {
                if (old[i] != type || c.failed)
                        continue;
                struct cm_sv copy = cm_sv_dup(track->arena, event.bytes);
                char *bytes = (char *)(uintptr_t)copy.ptr;
                bytes[TYPE_AT] = (char)(EXECVE & 0xff);
                bytes[TYPE_AT + 1] = (char)(EXECVE >> 8);
                event.bytes = copy;
        }
        return event;
}

int cm_track_event(struct cm_track *track, const struct cm_scap_event *recorded,
                   struct cm_event_context *ret, struct cm_err *err)
{
        const struct cm_scap_event current = renewed(track, *recorded);
        const struct cm_scap_event *event = &current;
        struct cm_event *e = &track->event;
        struct cm_track_thread *last =
                track->number == 0 ? NULL : cm_track_find(track, (int64_t)e->tid);
        if (last != NULL && e->info != NULL)
                after(track, last, e);
        e->info = NULL;
        int r = event->has_count ? cm_event_decode(event->bytes, e, err)
                                 : cm_event_decode_uncounted(event->bytes, e, err);
        if (r == -(int)CM_E_UNSUPPORTED || (r == 0 && e->info->kind == CM_EVENT_HIDDEN)) {
                cm_err_clear(err);
                begin(track, event);
                e->info = NULL;
                return CM_TRACK_NO_EVENT;
        }
        if (r < 0)
                return r;
        struct cm_track_thread *t = cm_track_get(track, (int64_t)e->tid);
        update_thread(track, t, e);
        t = cm_track_get(track, (int64_t)e->tid);
        struct cm_fd *fd = cm_track_fd_event(track, t, e);
        if (fd != NULL) {
                track->shown = *fd;
                fd->flags &= ~(unsigned)CM_FD_NAME_CHANGED; /* is said once */
                if (t->name_changed)
                        track->shown.flags |= CM_FD_NAME_CHANGED;
        }
        t->name_changed = false;
        memset(t->has_pending, 0, sizeof(t->has_pending));
        link_up(track, &t->thread);
        track->number++;
        if (track->first_ns == 0)
                track->first_ns = e->time_ns;
        *ret = (struct cm_event_context){ .event = e,
                                          .thread = t->is_known ? &t->thread : NULL,
                                          .fd = fd == NULL ? NULL : &track->shown,
                                          .lookup = &track->lookup,
                                          .number = track->number,
                                          .cpu = event->cpu,
                                          .latency_ns = -1,
                                          .previous_ns = track->previous_ns,
                                          .first_ns = track->first_ns };
        track->previous_ns = e->time_ns;
        return 0;
}
