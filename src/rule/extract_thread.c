/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of the thread that made the event, of its ancestors and of its user: proc.* thread.* user.* */
#include <inttypes.h>

#include "base/limits.h"
#include "model/event_format.h"
#include "rule/field_cases.h"

static void put_args(struct cm_buf *out, const struct cm_thread *t, const char *blank)
{
        for (size_t i = 0; i < t->arg_count; i++) {
                cm_buf_put_str(out, i == 0 ? blank : " ");
                cm_buf_put_sv(out, t->args[i]);
        }
}

/* One text of a thread, whoever's it is. */
static void put_of(struct cm_extract *x, const struct cm_thread *t, int which)
{
        struct cm_buf *out = NULL;
        switch (which) {
        case CM_CASE_thread_EXE:
                cm_extract_put_text(x, t->exe);
                break;
        case CM_CASE_thread_EXEPATH:
                cm_extract_put_text(x, t->exepath);
                break;
        case CM_CASE_thread_NAME:
                cm_extract_put_text(x, t->comm);
                break;
        case CM_CASE_thread_PID:
                cm_extract_put_number(x, t->pid);
                break;
        case CM_CASE_thread_ARGS:
                put_args(cm_extract_begin(x), t, "");
                cm_extract_put_work(x);
                break;
        case CM_CASE_thread_CMDLINE:
        case CM_CASE_thread_EXELINE:
                out = cm_extract_begin(x);
                cm_buf_put_sv(out, which == CM_CASE_thread_CMDLINE ? t->comm : t->exe);
                put_args(out, t, " ");
                cm_extract_put_work(x);
                break;
        default:
                out = cm_extract_begin(x);
                for (size_t i = 0; i < t->env_count; i++) {
                        cm_buf_put_str(out, i == 0 ? "" : " ");
                        cm_buf_put_sv(out, t->env[i]);
                }
                cm_extract_put_work(x);
                break;
        }
}

/* With an index the ancestor so many steps up, 0 being the process itself; else all from the parent. */
static void put_ancestors(struct cm_extract *x, const struct cm_thread *t, int which)
{
        int64_t steps = 0;
        for (; t != NULL && steps <= CM_RULE_ANCESTORS_MAX; t = t->parent, steps++)
                if (x->index >= 0 ? steps == x->index : steps > 0)
                        put_of(x, t, which);
}

static void put_variable(struct cm_extract *x, const struct cm_thread *t)
{
        for (size_t i = 0; i < t->env_count; i++) {
                struct cm_sv rest = cm_sv_skip(t->env[i], x->argument.len);
                if (cm_sv_has_prefix(t->env[i], x->argument) && rest.len > 0 &&
                    rest.ptr[0] == '=') {
                        cm_extract_put_text(x, cm_sv_skip(rest, 1));
                        return;
                }
        }
}

static void put_env(struct cm_extract *x, const struct cm_thread *t)
{
        if (x->argument.len == 0)
                put_of(x, t, CM_CASE_thread_ENV);
        else
                put_variable(x, t);
}

static void put_ancestor_env(struct cm_extract *x, const struct cm_thread *t)
{
        if (x->argument.len == 0 || x->index >= 0) {
                put_ancestors(x, t, CM_CASE_thread_ENV);
                return;
        }
        int64_t steps = 0;
        for (t = t->parent; t != NULL && steps < CM_RULE_ANCESTORS_MAX && x->count == 0;
             t = t->parent, steps++)
                put_variable(x, t);
}

static void put_login_shell(struct cm_extract *x, const struct cm_thread *t)
{
        int64_t found = -1;
        int64_t steps = 0;
        for (; t != NULL && steps <= CM_RULE_ANCESTORS_MAX; t = t->parent, steps++)
                if (cm_sv_has_suffix(t->comm, CM_SV("sh")))
                        found = t->pid;
        if (found >= 0)
                cm_extract_put_number(x, found);
}

static void put_cgroups(struct cm_extract *x, const struct cm_thread *t)
{
        struct cm_buf *out = cm_extract_begin(x);
        for (size_t i = 0; i < t->cgroup_count; i++) {
                cm_buf_put_str(out, i == 0 ? "" : " ");
                cm_buf_put_sv(out, t->cgroups[i].key);
                cm_buf_put_char(out, '=');
                cm_buf_put_sv(out, t->cgroups[i].value);
        }
        if (t->cgroup_count > 0)
                cm_extract_put_work(x);
}

static void put_cgroup(struct cm_extract *x, const struct cm_thread *t)
{
        for (size_t i = 0; i < t->cgroup_count; i++)
                if (cm_sv_eq(t->cgroups[i].key, x->argument))
                        cm_extract_put_text(x, t->cgroups[i].value);
}

static void put_span(struct cm_extract *x, int64_t from, int64_t to)
{
        if (from > 0 && to >= from)
                cm_extract_put_number(x, to - from);
}

static void put_stream(struct cm_extract *x, const struct cm_thread *t, int64_t number,
                       bool wants_name)
{
        const struct cm_process_lookup *l = x->c->lookup;
        const struct cm_fd *fd = l == NULL || l->fd == NULL ? NULL : l->fd(l->ctx, t, number);
        if (fd == NULL || (!wants_name && cm_fd_type_info(fd->type) == NULL))
                return;
        cm_extract_put_text_unless_empty(
                x, wants_name ? fd->name : cm_sv_from_cstr(cm_fd_type_info(fd->type)->name));
}

static void put_caps(struct cm_extract *x, const struct cm_thread *t, uint64_t set)
{
        if (!t->has_caps)
                return;
        cm_capabilities_put(cm_extract_begin(x), set);
        cm_extract_put_work(x);
}

static void put_leader(struct cm_extract *x, const struct cm_thread *leader, int which)
{
        if (leader != NULL)
                put_of(x, leader, which);
}

static int64_t args_length(const struct cm_thread *t)
{
        size_t len = 0;
        for (size_t i = 0; i < t->arg_count; i++)
                len += t->args[i].len;
        return (int64_t)len;
}

/* What there is to say of other processes than this one. */
static bool extract_relative(struct cm_extract *x, const struct cm_thread *t, int which)
{
        const struct cm_thread *p = t->parent;
        int64_t now = (int64_t)x->c->event->time_ns;
        switch (which) {
        case CM_CASE_thread_PEXE:
                put_leader(x, p, CM_CASE_thread_EXE);
                break;
        case CM_CASE_thread_PEXEPATH:
                put_leader(x, p, CM_CASE_thread_EXEPATH);
                break;
        case CM_CASE_thread_PNAME:
                put_leader(x, p, CM_CASE_thread_NAME);
                break;
        case CM_CASE_thread_PCMDLINE:
                put_leader(x, p, CM_CASE_thread_CMDLINE);
                break;
        case CM_CASE_thread_AEXE:
                put_ancestors(x, t, CM_CASE_thread_EXE);
                break;
        case CM_CASE_thread_AEXEPATH:
                put_ancestors(x, t, CM_CASE_thread_EXEPATH);
                break;
        case CM_CASE_thread_ANAME:
                put_ancestors(x, t, CM_CASE_thread_NAME);
                break;
        case CM_CASE_thread_AARGS:
                put_ancestors(x, t, CM_CASE_thread_ARGS);
                break;
        case CM_CASE_thread_ACMDLINE:
                put_ancestors(x, t, CM_CASE_thread_CMDLINE);
                break;
        case CM_CASE_thread_APID:
                put_ancestors(x, t, CM_CASE_thread_PID);
                break;
        case CM_CASE_thread_AENV:
                put_ancestor_env(x, t);
                break;
        case CM_CASE_thread_LOGINSHELLID:
                put_login_shell(x, t);
                break;
        case CM_CASE_thread_PPID:
                cm_extract_put_number(x, t->ptid);
                break;
        case CM_CASE_thread_PVPID:
                if (p != NULL)
                        cm_extract_put_number(x, p->vpid);
                break;
        case CM_CASE_thread_PPID_DURATION:
                if (p != NULL)
                        put_span(x, p->clone_ns, now);
                break;
        case CM_CASE_thread_PPID_TS:
                if (p != NULL && p->clone_ns > 0)
                        cm_extract_put_number(x, p->clone_ns);
                break;
        case CM_CASE_thread_SNAME:
                put_leader(x, t->session_leader, CM_CASE_thread_NAME);
                break;
        case CM_CASE_thread_SID_EXE:
                put_leader(x, t->session_leader, CM_CASE_thread_EXE);
                break;
        case CM_CASE_thread_SID_EXEPATH:
                put_leader(x, t->session_leader, CM_CASE_thread_EXEPATH);
                break;
        case CM_CASE_thread_VPGID_NAME:
                put_leader(x, t->group_leader, CM_CASE_thread_NAME);
                break;
        case CM_CASE_thread_VPGID_EXE:
                put_leader(x, t->group_leader, CM_CASE_thread_EXE);
                break;
        case CM_CASE_thread_VPGID_EXEPATH:
                put_leader(x, t->group_leader, CM_CASE_thread_EXEPATH);
                break;
        case CM_CASE_thread_PGID_NAME:
                put_leader(x, t->pgroup_leader, CM_CASE_thread_NAME);
                break;
        case CM_CASE_thread_PGID_EXE:
                put_leader(x, t->pgroup_leader, CM_CASE_thread_EXE);
                break;
        case CM_CASE_thread_PGID_EXEPATH:
                put_leader(x, t->pgroup_leader, CM_CASE_thread_EXEPATH);
                break;
        default:
                return false;
        }
        return true;
}

/* Numbers of the thread itself. */
static bool extract_number(struct cm_extract *x, const struct cm_thread *t, int which)
{
        int64_t v = 0;
        bool is_main = t->main == NULL;
        switch (which) {
        case CM_CASE_thread_CMDNARGS:
                v = (int64_t)t->arg_count;
                break;
        case CM_CASE_thread_CMDLENARGS:
                v = args_length(t);
                break;
        case CM_CASE_thread_TTY:
                v = t->tty;
                break;
        case CM_CASE_thread_PID:
                v = t->pid;
                break;
        case CM_CASE_thread_VPID:
                v = t->vpid;
                break;
        case CM_CASE_thread_SID:
                v = t->sid;
                break;
        case CM_CASE_thread_VPGID:
                v = t->vpgid;
                break;
        case CM_CASE_thread_PGID:
                v = t->pgid;
                break;
        case CM_CASE_thread_EXE_INO:
                v = (int64_t)t->exe_ino;
                break;
        case CM_CASE_thread_EXE_INO_CTIME:
                v = t->exe_ino_ctime_ns;
                break;
        case CM_CASE_thread_EXE_INO_MTIME:
                v = t->exe_ino_mtime_ns;
                break;
        case CM_CASE_thread_PIDNS_START:
                v = t->pidns_start_ns;
                break;
        case CM_CASE_thread_FD_COUNT:
                v = (int64_t)t->fd_count;
                break;
        case CM_CASE_thread_FD_LIMIT:
                v = t->fd_limit;
                break;
        case CM_CASE_thread_FD_USAGE:
                v = t->fd_limit <= 0 ? 0 : (int64_t)(t->fd_count * 100) / t->fd_limit;
                break;
        case CM_CASE_thread_VMSIZE:
                v = t->vm_size_kb;
                break;
        case CM_CASE_thread_VMRSS:
                v = t->vm_rss_kb;
                break;
        case CM_CASE_thread_VMSWAP:
                v = t->vm_swap_kb;
                break;
        case CM_CASE_thread_VMSIZE_MAIN:
                v = is_main ? t->vm_size_kb : 0;
                break;
        case CM_CASE_thread_VMRSS_MAIN:
                v = is_main ? t->vm_rss_kb : 0;
                break;
        case CM_CASE_thread_VMSIZE_B:
                v = is_main ? (int64_t)t->vm_size_kb * 1024 : 0;
                break;
        case CM_CASE_thread_VMRSS_B:
                v = is_main ? (int64_t)t->vm_rss_kb * 1024 : 0;
                break;
        case CM_CASE_thread_PFMAJOR:
                v = (int64_t)t->faults_major;
                break;
        case CM_CASE_thread_PFMINOR:
                v = (int64_t)t->faults_minor;
                break;
        case CM_CASE_thread_TID:
                v = t->tid;
                break;
        case CM_CASE_thread_VTID:
                v = t->vtid;
                break;
        case CM_CASE_thread_NTHREADS:
                v = (int64_t)t->thread_count;
                break;
        case CM_CASE_thread_NCHILDS:
                v = (int64_t)t->child_count;
                break;
        default:
                return false;
        }
        cm_extract_put_number(x, v);
        return true;
}

static void extract_own(struct cm_extract *x, const struct cm_thread *t, int which)
{
        int64_t started = t->exec_ns > 0 ? t->exec_ns : t->clone_ns;
        switch (which) {
        case CM_CASE_thread_EXE:
        case CM_CASE_thread_EXEPATH:
        case CM_CASE_thread_NAME:
        case CM_CASE_thread_CMDLINE:
        case CM_CASE_thread_EXELINE:
                put_of(x, t, which);
                break;
        case CM_CASE_thread_ARGS:
                if (x->index < 0)
                        put_of(x, t, which);
                else if ((size_t)x->index < t->arg_count)
                        cm_extract_put_text(x, t->args[x->index]);
                break;
        case CM_CASE_thread_ENV:
                put_env(x, t);
                break;
        case CM_CASE_thread_CWD:
                cm_extract_put_text_unless_empty(x, t->cwd);
                break;
        case CM_CASE_thread_DURATION:
                put_span(x, t->clone_ns, (int64_t)x->c->event->time_ns);
                break;
        case CM_CASE_thread_PID_TS:
                if (t->clone_ns > 0)
                        cm_extract_put_number(x, t->clone_ns);
                break;
        case CM_CASE_thread_IS_EXE_WRITABLE:
                cm_extract_put_bool(x, (t->exe_flags & CM_EXE_WRITABLE) != 0);
                break;
        case CM_CASE_thread_IS_EXE_UPPER_LAYER:
                cm_extract_put_bool(x, (t->exe_flags & CM_EXE_UPPER_LAYER) != 0);
                break;
        case CM_CASE_thread_IS_EXE_LOWER_LAYER:
                cm_extract_put_bool(x, (t->exe_flags & CM_EXE_LOWER_LAYER) != 0);
                break;
        case CM_CASE_thread_IS_EXE_FROM_MEMFD:
                cm_extract_put_bool(x, (t->exe_flags & CM_EXE_FROM_MEMFD) != 0);
                break;
        case CM_CASE_thread_IS_SID_LEADER:
                cm_extract_put_bool(x, t->sid == t->vpid);
                break;
        case CM_CASE_thread_IS_VPGID_LEADER:
                cm_extract_put_bool(x, t->vpgid == t->vpid);
                break;
        case CM_CASE_thread_IS_PGID_LEADER:
                cm_extract_put_bool(x, t->pgid == t->pid);
                break;
        case CM_CASE_thread_CTIME_PROC_START:
                put_span(x, t->exe_ino_ctime_ns, started);
                break;
        case CM_CASE_thread_CTIME_PIDNS_START:
                put_span(x, t->exe_ino_ctime_ns, t->pidns_start_ns);
                break;
        case CM_CASE_thread_CAP_PERMITTED:
                put_caps(x, t, t->cap_permitted);
                break;
        case CM_CASE_thread_CAP_INHERITABLE:
                put_caps(x, t, t->cap_inheritable);
                break;
        case CM_CASE_thread_CAP_EFFECTIVE:
                put_caps(x, t, t->cap_effective);
                break;
        case CM_CASE_thread_ISMAIN:
                cm_extract_put_bool(x, t->tid == t->pid);
                break;
        case CM_CASE_thread_NAMETID:
                cm_buf_printf(cm_extract_begin(x), "%.*s%" PRId64, CM_SV_ARG(t->comm), t->tid);
                cm_extract_put_work(x);
                break;
        case CM_CASE_thread_CGROUPS:
                put_cgroups(x, t);
                break;
        case CM_CASE_thread_CGROUP:
                put_cgroup(x, t);
                break;
        case CM_CASE_thread_STDIN_TYPE:
        case CM_CASE_thread_STDOUT_TYPE:
        case CM_CASE_thread_STDERR_TYPE:
                put_stream(x, t, which - CM_CASE_thread_STDIN_TYPE, false);
                break;
        case CM_CASE_thread_STDIN_NAME:
        case CM_CASE_thread_STDOUT_NAME:
        case CM_CASE_thread_STDERR_NAME:
                put_stream(x, t, which - CM_CASE_thread_STDIN_NAME, true);
                break;
        default:
                break;
        }
}

void cm_extract_thread(struct cm_extract *x, int which)
{
        const struct cm_thread *t = x->c->thread;
        if (t != NULL && !extract_relative(x, t, which) && !extract_number(x, t, which))
                extract_own(x, t, which);
}

/* What is not known of a user prints as Falco's own mark for it, and compares as that text. */
static void put_name(struct cm_extract *x, struct cm_sv name)
{
        cm_extract_put_text(x, name.len > 0 ? name : CM_SV("<NA>"));
}

void cm_extract_user(struct cm_extract *x, int which)
{
        const struct cm_thread *t = x->c->thread;
        if (t == NULL)
                return;
        bool is_user = which <= CM_CASE_user_SHELL;
        bool is_group = which == CM_CASE_user_GID || which == CM_CASE_user_GROUP;
        const struct cm_user *u = is_user ? &t->user : is_group ? &t->group : &t->login;
        if (!u->is_known)
                return;
        if (which == CM_CASE_user_UID || which == CM_CASE_user_GID)
                cm_extract_put_number(x, u->id);
        else if (which == CM_CASE_user_LOGINUID)
                cm_extract_put_number(x, u->id == UINT32_MAX ? -1 : (int64_t)u->id);
        else if (which == CM_CASE_user_HOME)
                put_name(x, u->home);
        else if (which == CM_CASE_user_SHELL)
                put_name(x, u->shell);
        else
                put_name(x, u->name);
}
