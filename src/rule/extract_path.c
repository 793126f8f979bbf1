/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields of what an event names beside its own descriptor: lists of descriptors, paths of a call,
 * messages to syslog. fdlist.* fs.path.* syslog.*
 */
#include <inttypes.h>

#include "base/cursor.h"
#include "model/event_format.h"
#include "rule/field_cases.h"

static void put_list_part(struct cm_extract *x, const struct cm_fd *fd, int64_t number, int which)
{
        struct cm_buf *out = x->work;
        size_t start = out->len;
        cm_buf_put_str(out, out->len > 0 ? "," : "");
        if (which == CM_CASE_fdlist_NUMS)
                cm_buf_printf(out, "%" PRId64, number);
        else if (fd != NULL && which == CM_CASE_fdlist_NAMES)
                cm_buf_put_sv(out, fd->name);
        else if (fd != NULL && cm_fd_is_connection(fd) &&
                 (which == CM_CASE_fdlist_CIPS || which == CM_CASE_fdlist_SIPS))
                cm_address_put(out, which == CM_CASE_fdlist_CIPS ? &fd->client : &fd->server);
        else if (fd != NULL && cm_fd_is_connection(fd))
                cm_buf_printf(out, "%u",
                              which == CM_CASE_fdlist_CPORTS ? fd->client_port : fd->server_port);
        else
                out->len = start;
}

void cm_extract_fdlist(struct cm_extract *x, int which)
{
        const struct cm_event *e = x->c->event;
        const struct cm_process_lookup *l = x->c->lookup;
        ptrdiff_t at = cm_event_param_find(e->info, CM_SV("fds"));
        if (at < 0 || !e->params[at].is_set)
                return;
        struct cm_cursor list = cm_cursor_make(e->params[at].bytes);
        size_t count = cm_cursor_le16(&list);
        cm_extract_begin(x);
        for (size_t i = 0; i < count; i++) {
                int64_t number = (int64_t)cm_cursor_le64(&list);
                cm_cursor_skip(&list, 2);
                if (list.failed)
                        break;
                put_list_part(x,
                              l == NULL || l->fd == NULL || x->c->thread == NULL
                                      ? NULL
                                      : l->fd(l->ctx, x->c->thread, number),
                              number, which);
        }
        if (x->work->len > 0)
                cm_extract_put_work(x);
}

/* Which parameters a call's paths are. */
static const struct {
        const char *event;
        const char *name;
        const char *source;
        const char *target;
} paths[] = {
        { "open", "name", NULL, NULL },
        { "openat", "name", NULL, NULL },
        { "openat2", "name", NULL, NULL },
        { "open_by_handle_at", "path", NULL, NULL },
        { "creat", "name", NULL, NULL },
        { "mkdir", "path", NULL, NULL },
        { "mkdirat", "path", NULL, NULL },
        { "rmdir", "path", NULL, NULL },
        { "unlink", "path", NULL, NULL },
        { "unlinkat", "name", NULL, NULL },
        { "chmod", "filename", NULL, NULL },
        { "fchmodat", "filename", NULL, NULL },
        { "chown", "path", NULL, NULL },
        { "lchown", "path", NULL, NULL },
        { "fchownat", "pathname", NULL, NULL },
        { "mknod", "path", NULL, NULL },
        { "mknodat", "path", NULL, NULL },
        { "newfstatat", "path", NULL, NULL },
        { "quotactl", "quotafilepath", NULL, NULL },
        { "umount", "name", NULL, NULL },
        { "umount2", "name", NULL, NULL },
        { "access", "name", NULL, NULL },
        { "chroot", "path", NULL, NULL },
        { "execve", "filename", NULL, NULL },
        { "mount", NULL, "dev", "dir" },
        { "rename", NULL, "oldpath", "newpath" },
        { "renameat", NULL, "oldpath", "newpath" },
        { "renameat2", NULL, "oldpath", "newpath" },
        { "link", NULL, "oldpath", "newpath" },
        { "linkat", NULL, "oldpath", "newpath" },
        { "symlink", NULL, "target", "linkpath" },
        { "symlinkat", NULL, "target", "linkpath" },
};

void cm_extract_path(struct cm_extract *x, int which)
{
        const struct cm_event *e = x->c->event;
        bool is_raw = which == CM_CASE_path_NAMERAW || which == CM_CASE_path_SOURCERAW ||
                      which == CM_CASE_path_TARGETRAW;
        for (size_t i = 0; i < CM_ARRAY_LEN(paths); i++) {
                if (!cm_sv_eq(cm_sv_from_cstr(paths[i].event), cm_sv_from_cstr(e->info->name)))
                        continue;
                const char *name = which <= CM_CASE_path_NAMERAW     ? paths[i].name
                                   : which <= CM_CASE_path_SOURCERAW ? paths[i].source
                                                                     : paths[i].target;
                struct cm_sv text;
                ptrdiff_t at =
                        name == NULL ? -1 : cm_event_param_find(e->info, cm_sv_from_cstr(name));
                if (at < 0 || !cm_event_text(e, (size_t)at, &text))
                        return;
                if (is_raw) {
                        cm_extract_put_text(x, text);
                } else {
                        CM_IGNORE(cm_event_put_arg(cm_extract_begin(x), x->c, (size_t)at));
                        cm_extract_put_work(x);
                }
                return;
        }
}

/* "<PRIORITY>message", written to /dev/log. */
void cm_extract_syslog(struct cm_extract *x, int which)
{
        static const char *const facilities[] = {
                "kern",   "user",   "mail",     "daemon", "auth",   "syslog", "lpr",    "news",
                "uucp",   "cron",   "authpriv", "ftp",    "ntp",    "audit",  "alert",  "clock",
                "local0", "local1", "local2",   "local3", "local4", "local5", "local6", "local7"
        };
        static const char *const severities[] = { "emerg", "alert",  "crit", "err",
                                                  "warn",  "notice", "info", "debug" };
        const struct cm_event *e = x->c->event;
        ptrdiff_t at = cm_event_param_find(e->info, CM_SV("data"));
        struct cm_err ignored = CM_ERR_INIT;
        struct cm_sv head, message;
        uint64_t priority = 0;
        if (at < 0 || x->c->fd == NULL || e->info->category != CM_EVENT_CATEGORY_IO_WRITE ||
            cm_sv_find(x->c->fd->name, CM_SV("/dev/log")) < 0)
                return;
        if (!cm_sv_cut(e->params[at].bytes, '>', &head, &message) || head.len < 2 ||
            head.ptr[0] != '<' ||
            cm_parse_u64(cm_sv_skip(head, 1), 0, 191, &priority, &ignored) < 0)
                return;
        switch (which) {
        case CM_CASE_syslog_FACILITY_TEXT:
                cm_extract_put_text(x, cm_sv_from_cstr(facilities[priority / 8]));
                break;
        case CM_CASE_syslog_FACILITY:
                cm_extract_put_number(x, (int64_t)priority / 8);
                break;
        case CM_CASE_syslog_SEVERITY_TEXT:
                cm_extract_put_text(x, cm_sv_from_cstr(severities[priority % 8]));
                break;
        case CM_CASE_syslog_SEVERITY:
                cm_extract_put_number(x, (int64_t)priority % 8);
                break;
        default:
                cm_extract_put_text(x, message);
                break;
        }
}
