/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sensor in the kernel: sees the ends of system calls, new programs, new threads and their ends, and
 * writes records (sense/record.h) of those that are wanted into two rings. Needs no kprobe, no
 * trampoline and no LSM: only tracepoints with BTF.
 *
 * A call that is not wanted costs one look into an array. What it does to a file is told by the
 * file itself, found through the descriptor after the call, so that neither links nor a text that is
 * changed while it is read hide it.
 *
 * This file may also be used under the GPL 2.0: the kernel asks that of programs that use its helpers.
 */
#include "sense/kernel.bpf.h"
#include "sense/record.h"

char LICENSE[] SEC("license") = "GPL";

#define OVERLAYFS_MAGIC 0x794c7630
#define TMPFS_MAGIC     0x01021994
#define MEMFD_NAME      0x666d656d /* "memf" of "memfd:NAME" */
#define PATH_PARTS_MAX  64
#define PATH_MASK       (CM_SENSE_PATH_BYTES - 1)
#define WAKE_NS         1000000
#define COMPAT_CS       0x23 /* code segment of programs of 32 bits */

/* Set before it is loaded. */
const volatile __u32 own_pid = 0;
const volatile __s32 cgroup_hierarchy = -1; /* index of a v1 hierarchy, or -1: the v2 one */

struct {
        __uint(type, BPF_MAP_TYPE_ARRAY);
        __uint(max_entries, CM_SENSE_CALLS);
        __type(key, __u32);
        __type(value, struct cm_sense_call);
} calls SEC(".maps");

struct {
        __uint(type, BPF_MAP_TYPE_RINGBUF);
        __uint(max_entries, 8 << 20);
} events SEC(".maps");

struct {
        __uint(type, BPF_MAP_TYPE_RINGBUF);
        __uint(max_entries, 2 << 20);
} urgent SEC(".maps");

/*
 * How far a path is known. It lies in a map, not on the stack: of memory of maps the verifier believes
 * nothing, so that it need not follow every way that a path can take.
 */
struct walk {
        struct dentry *dentry;
        struct mount *mount;
        struct dentry *root_dentry;
        struct mount *root_mount;
        __u32 at; /* where the path begins in the buffer */
        __u32 is_cut;
};

/* Records are made here and copied into a ring when their length is known. */
struct scratch {
        __u8 record[CM_SENSE_RECORD_BYTES * 2];
        __u8 path[CM_SENSE_PATH_BYTES + 256];
        struct walk walk;
        __u64 woken_ns;
        __u32 lost;
};

/* One for each CPU, set before it is loaded; values of per-CPU maps may not be that large. Programs are
 * not interrupted by each other on one CPU. */
struct {
        __uint(type, BPF_MAP_TYPE_ARRAY);
        __uint(max_entries, 1);
        __type(key, __u32);
        __type(value, struct scratch);
} scratches SEC(".maps");

/* Exact: who lost what. Only what is over this many kinds is counted together (key 0). */
struct {
        __uint(type, BPF_MAP_TYPE_HASH);
        __uint(max_entries, 16384);
        __type(key, struct cm_sense_loss_key);
        __type(value, __u64);
} losses SEC(".maps");

static __always_inline struct scratch *get_scratch(void)
{
        __u32 cpu = bpf_get_smp_processor_id();
        return bpf_map_lookup_elem(&scratches, &cpu);
}

static __always_inline __u64 group_of(struct task_struct *task)
{
        struct css_set *set = BPF_CORE_READ(task, cgroups);
        if (cgroup_hierarchy < 0)
                return BPF_CORE_READ(set, dfl_cgrp, kn, id);
        return BPF_CORE_READ(set, subsys[cgroup_hierarchy & 15], cgroup, kn, id);
}

static __always_inline void begin(struct scratch *s, struct task_struct *task, __u16 kind)
{
        struct cm_sense_header *h = (void *)s->record;
        __builtin_memset(h, 0, sizeof(*h));
        h->boot_ns = bpf_ktime_get_boot_ns();
        h->cgroup = group_of(task);
        h->pid = BPF_CORE_READ(task, tgid);
        h->tid = BPF_CORE_READ(task, pid);
        h->kind = kind;
        h->length = sizeof(*h);
}

static __always_inline void count_loss(const struct cm_sense_header *h)
{
        struct cm_sense_loss_key key = { .cgroup = h->cgroup, .kind = h->kind, .call = h->call };
        __u64 one = 1;
        __u64 *n = bpf_map_lookup_elem(&losses, &key);
        if (!n && bpf_map_update_elem(&losses, &key, &one, BPF_NOEXIST) == 0)
                return;
        if (!n)
                n = bpf_map_lookup_elem(&losses, &key);
        if (!n) {
                struct cm_sense_loss_key rest = {};
                n = bpf_map_lookup_elem(&losses, &rest);
        }
        if (n)
                __sync_fetch_and_add(n, 1);
}

/*
 * Waking whoever reads costs more than the record. What is urgent wakes at once; the rest at most once
 * in WAKE_NS for each CPU: the reader looks again by itself within that time after it found something.
 */
static __always_inline __u64 wake_flag(struct scratch *s, __u64 now)
{
        if (now - s->woken_ns < WAKE_NS)
                return BPF_RB_NO_WAKEUP;
        s->woken_ns = now;
        return BPF_RB_FORCE_WAKEUP;
}

static __always_inline void submit(struct scratch *s, bool is_urgent)
{
        struct cm_sense_header *h = (void *)s->record;
        __u32 length = h->length;
        if (length > CM_SENSE_RECORD_BYTES)
                length = CM_SENSE_RECORD_BYTES;
        h->length = length;
        h->lost = s->lost;
        long r = is_urgent
                         ? bpf_ringbuf_output(&urgent, s->record, length, BPF_RB_FORCE_WAKEUP)
                         : bpf_ringbuf_output(&events, s->record, length, wake_flag(s, h->boot_ns));
        if (r < 0) {
                s->lost++;
                count_loss(h);
        } else {
                s->lost = 0;
        }
}

/* Where the next blob goes; its offset is bounded for the verifier. */
static __always_inline __u8 *room(struct scratch *s)
{
        struct cm_sense_header *h = (void *)s->record;
        return &s->record[h->length & (CM_SENSE_RECORD_BYTES - 1)];
}

static __always_inline void add(struct scratch *s, __u32 blob, __u32 bytes)
{
        struct cm_sense_header *h = (void *)s->record;
        h->blobs[blob] += bytes;
        h->length += bytes;
}

static __always_inline void add_user_text(struct scratch *s, __u32 blob, __u64 address)
{
        long n = address == 0 ? 0
                              : bpf_probe_read_user_str(room(s), CM_SENSE_PATH_BYTES,
                                                        (const void *)address);
        if (n > 0)
                add(s, blob, n);
}

static __always_inline void add_user_bytes(struct scratch *s, __u32 blob, __u64 address,
                                           __u64 bytes, __u32 max)
{
        __u32 n = bytes > max ? max : bytes;
        if (address != 0 && n > 0 && n <= max &&
            bpf_probe_read_user(room(s), n, (const void *)address) == 0)
                add(s, blob, n);
}

static __always_inline struct mount *mount_of(struct vfsmount *mnt)
{
        return (void *)mnt - bpf_core_field_offset(struct mount, mnt);
}

/* One part of the path, from its end. Returns false at the root. */
static __always_inline bool step(struct walk *w, __u8 *buffer)
{
        struct dentry *dentry = w->dentry;
        struct mount *mount = w->mount;
        if (dentry == w->root_dentry && mount == w->root_mount)
                return false;
        struct dentry *parent = BPF_CORE_READ(dentry, d_parent);
        if (dentry == parent || dentry == BPF_CORE_READ(mount, mnt.mnt_root)) {
                struct mount *up = BPF_CORE_READ(mount, mnt_parent);
                if (up == mount)
                        return false;
                w->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
                w->mount = up;
                return true;
        }
        __u32 length = BPF_CORE_READ(dentry, d_name.len) & 255;
        if (w->at <= length + 1) {
                w->is_cut = 1;
                return false;
        }
        w->at -= length;
        bpf_probe_read_kernel(&buffer[w->at & PATH_MASK], length,
                              BPF_CORE_READ(dentry, d_name.name));
        w->at--;
        buffer[w->at & PATH_MASK] = '/';
        w->dentry = parent;
        return true;
}

/* Appends the path as the task sees it, with its NUL. Returns: whether it was too long. */
static __always_inline bool add_path(struct scratch *s, __u32 blob, struct task_struct *task,
                                     struct path *path)
{
        struct walk *w = &s->walk;
        w->dentry = BPF_CORE_READ(path, dentry);
        w->mount = mount_of(BPF_CORE_READ(path, mnt));
        w->root_dentry = BPF_CORE_READ(task, fs, root.dentry);
        w->root_mount = mount_of(BPF_CORE_READ(task, fs, root.mnt));
        w->at = PATH_MASK;
        w->is_cut = 0;
        s->path[PATH_MASK] = 0;
        for (int i = 0; i < PATH_PARTS_MAX; i++) {
                if (!step(w, s->path))
                        break;
                if (i == PATH_PARTS_MAX - 1)
                        w->is_cut = 1;
        }
        if (w->at == PATH_MASK) {
                w->at--;
                s->path[w->at & PATH_MASK] = '/';
        }
        __u32 at = w->at & PATH_MASK;
        __u32 bytes = (CM_SENSE_PATH_BYTES - at) & PATH_MASK;
        if (bpf_probe_read_kernel(room(s), bytes, &s->path[at]) == 0)
                add(s, blob, bytes);
        return w->is_cut != 0;
}

static __always_inline void read_times(struct inode *inode, struct cm_sense_file *f)
{
        struct inode___ctime_6_11 *newest = (void *)inode;
        struct inode___ctime_6_6 *newer = (void *)inode;
        if (bpf_core_field_exists(newest->i_ctime_sec)) {
                f->ctime_ns = BPF_CORE_READ(newest, i_ctime_sec) * 1000000000LL +
                              BPF_CORE_READ(newest, i_ctime_nsec);
                f->mtime_ns = BPF_CORE_READ(newest, i_mtime_sec) * 1000000000LL +
                              BPF_CORE_READ(newest, i_mtime_nsec);
        } else if (bpf_core_field_exists(newer->__i_ctime)) {
                f->ctime_ns = BPF_CORE_READ(newer, __i_ctime.tv_sec) * 1000000000LL +
                              BPF_CORE_READ(newer, __i_ctime.tv_nsec);
                f->mtime_ns = BPF_CORE_READ(newer, i_mtime.tv_sec) * 1000000000LL +
                              BPF_CORE_READ(newer, i_mtime.tv_nsec);
        } else {
                f->ctime_ns = BPF_CORE_READ(inode, i_ctime.tv_sec) * 1000000000LL +
                              BPF_CORE_READ(inode, i_ctime.tv_nsec);
                f->mtime_ns = BPF_CORE_READ(inode, i_mtime.tv_sec) * 1000000000LL +
                              BPF_CORE_READ(inode, i_mtime.tv_nsec);
        }
}

/* The upper dentry stands right behind the inode where the kernel has no type for it. */
static __always_inline bool is_upper(struct inode *inode)
{
        struct dentry *upper = 0;
        if (bpf_core_type_exists(struct ovl_inode)) {
                struct ovl_inode *o =
                        (void *)inode - bpf_core_field_offset(struct ovl_inode, vfs_inode);
                upper = BPF_CORE_READ(o, __upperdentry);
        } else {
                bpf_probe_read_kernel(&upper, sizeof(upper),
                                      (void *)inode + bpf_core_type_size(struct inode));
        }
        return upper != 0;
}

static __always_inline void read_file(struct file *file, struct cm_sense_file *f)
{
        struct inode *inode = BPF_CORE_READ(file, f_inode);
        f->inode = BPF_CORE_READ(inode, i_ino);
        f->device = BPF_CORE_READ(inode, i_sb, s_dev);
        f->mode = BPF_CORE_READ(inode, i_mode);
        f->uid = BPF_CORE_READ(inode, i_uid.val);
        f->flags = 0;
        read_times(inode, f);
        __u64 magic = BPF_CORE_READ(inode, i_sb, s_magic);
        bool is_nameless = BPF_CORE_READ(inode, i_nlink) == 0;
        if (is_nameless)
                f->flags |= CM_SENSE_FILE_DELETED;
        if (magic == OVERLAYFS_MAGIC) {
                f->flags |= CM_SENSE_FILE_IN_OVERLAY;
                if (is_upper(inode))
                        f->flags |= CM_SENSE_FILE_UPPER;
        }
        if (magic == TMPFS_MAGIC && is_nameless) {
                __u32 name = 0;
                struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
                bpf_probe_read_kernel(&name, sizeof(name), BPF_CORE_READ(dentry, d_name.name));
                if (name == MEMFD_NAME)
                        f->flags |= CM_SENSE_FILE_MEMFD;
        }
}

static __always_inline struct file *file_of(struct task_struct *task, __s64 number)
{
        struct fdtable *table = BPF_CORE_READ(task, files, fdt);
        struct file *file = 0;
        if (number < 0 || number >= BPF_CORE_READ(table, max_fds))
                return 0;
        struct file **files = BPF_CORE_READ(table, fd);
        bpf_probe_read_kernel(&file, sizeof(file), &files[number]);
        return file;
}

static __always_inline void add_file(struct scratch *s, __u32 blob, struct task_struct *task,
                                     __s64 number)
{
        struct file *file = file_of(task, number);
        if (!file)
                return;
        struct cm_sense_file *f = (void *)room(s);
        __builtin_memset(f, 0, sizeof(*f));
        read_file(file, f);
        add(s, blob, sizeof(*f));
        if (add_path(s, blob, task, &file->f_path))
                f->flags |= CM_SENSE_FILE_CUT;
}

static __always_inline void add_socket(struct scratch *s, __u32 blob, struct task_struct *task,
                                       __s64 number)
{
        struct file *file = file_of(task, number);
        if (!file || (BPF_CORE_READ(file, f_inode, i_mode) & 0170000) != 0140000)
                return;
        struct socket *socket = BPF_CORE_READ(file, private_data);
        struct sock *sk = BPF_CORE_READ(socket, sk);
        if (!sk)
                return;
        struct cm_sense_socket *out = (void *)room(s);
        __builtin_memset(out, 0, sizeof(*out));
        out->family = BPF_CORE_READ(sk, __sk_common.skc_family);
        out->type = BPF_CORE_READ(socket, type);
        out->protocol = BPF_CORE_READ(sk, sk_protocol);
        out->state = BPF_CORE_READ(sk, __sk_common.skc_state);
        out->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
        out->remote_port = __builtin_bswap16(BPF_CORE_READ(sk, __sk_common.skc_dport));
        if (out->family == 2) {
                __u32 address = BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr);
                __builtin_memcpy(out->local, &address, 4);
                address = BPF_CORE_READ(sk, __sk_common.skc_daddr);
                __builtin_memcpy(out->remote, &address, 4);
        } else if (out->family == 10) {
                BPF_CORE_READ_INTO(&out->local, sk, __sk_common.skc_v6_rcv_saddr.in6_u.u6_addr8);
                BPF_CORE_READ_INTO(&out->remote, sk, __sk_common.skc_v6_daddr.in6_u.u6_addr8);
        }
        add(s, blob, sizeof(*out));
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_call, struct pt_regs *regs, long result)
{
        __u32 number = BPF_CORE_READ(regs, orig_ax);
        if (number >= CM_SENSE_CALLS)
                return 0;
        const struct cm_sense_call *call = bpf_map_lookup_elem(&calls, &number);
        if (!call || !call->is_wanted || (call->skips_failed && result < 0))
                return 0;
        struct task_struct *task = (void *)bpf_get_current_task_btf();
        if (BPF_CORE_READ(task, tgid) == own_pid || BPF_CORE_READ(regs, cs) == COMPAT_CS)
                return 0;
        struct scratch *s = get_scratch();
        if (!s)
                return 0;
        begin(s, task, CM_SENSE_CALL);
        struct cm_sense_header *h = (void *)s->record;
        h->call = number;
        h->result = result;
        h->arguments[0] = BPF_CORE_READ(regs, di);
        h->arguments[1] = BPF_CORE_READ(regs, si);
        h->arguments[2] = BPF_CORE_READ(regs, dx);
        h->arguments[3] = BPF_CORE_READ(regs, r10);
        h->arguments[4] = BPF_CORE_READ(regs, r8);
        h->arguments[5] = BPF_CORE_READ(regs, r9);
        for (__u32 i = 0; i < 2; i++) {
                __u32 at = call->arguments[i];
                if (at > 4)
                        continue;
                if (call->blobs[i] == CM_SENSE_BLOB_TEXT)
                        add_user_text(s, i, h->arguments[at]);
                else if (call->blobs[i] == CM_SENSE_BLOB_ADDRESS)
                        add_user_bytes(s, i, h->arguments[at], h->arguments[at + 1],
                                       CM_SENSE_ADDRESS_BYTES);
        }
        if (call->blobs[2] == CM_SENSE_BLOB_FILE && result >= 0)
                add_file(s, 2, task,
                         call->arguments[2] == CM_SENSE_RESULT ? result
                         : call->arguments[2] == 0             ? (__s32)h->arguments[0]
                                                               : (__s32)h->arguments[1]);
        if (call->blobs[3] == CM_SENSE_BLOB_SOCKET)
                add_socket(s, 3, task,
                           call->arguments[3] == CM_SENSE_RESULT ? result : (__s32)h->arguments[0]);
        submit(s, call->is_urgent);
        return 0;
}

/* How many the thread is in its own namespace. */
static __always_inline __u32 inner_number(struct pid *pid)
{
        __u32 level = BPF_CORE_READ(pid, level);
        struct upid inner = {};
        bpf_probe_read_kernel(&inner.nr, sizeof(inner.nr),
                              (void *)pid + bpf_core_field_offset(struct pid, numbers) +
                                      (level & 31) * bpf_core_type_size(struct upid));
        return inner.nr;
}

static __always_inline __u32 outer_number(struct pid *pid)
{
        return BPF_CORE_READ(pid, numbers[0].nr);
}

static __always_inline __u64 capabilities(const void *set)
{
        __u64 caps = 0;
        bpf_probe_read_kernel(&caps, sizeof(caps), set);
        return caps;
}

static __always_inline void add_task(struct scratch *s, struct task_struct *task)
{
        struct cm_sense_task *t = (void *)room(s);
        const struct cred *cred = BPF_CORE_READ(task, cred);
        struct pid *group = BPF_CORE_READ(task, signal, pids[2]);
        struct tty_struct *tty = BPF_CORE_READ(task, signal, tty);
        struct file *exe = BPF_CORE_READ(task, mm, exe_file);
        __builtin_memset(t, 0, sizeof(*t));
        t->start_boot_ns = BPF_CORE_READ(task, group_leader, start_boottime);
        t->parent_pid = BPF_CORE_READ(task, real_parent, tgid);
        t->vtid = inner_number(BPF_CORE_READ(task, thread_pid));
        t->vpid = inner_number(BPF_CORE_READ(task, group_leader, thread_pid));
        t->session = outer_number(BPF_CORE_READ(task, signal, pids[3]));
        t->group = outer_number(group);
        t->vgroup = inner_number(group);
        t->uid = BPF_CORE_READ(cred, euid.val);
        t->gid = BPF_CORE_READ(cred, gid.val);
        t->login_uid = BPF_CORE_READ(task, loginuid.val);
        if (tty)
                t->tty = BPF_CORE_READ(tty, driver, major) << 20 |
                         (BPF_CORE_READ(tty, driver, minor_start) + BPF_CORE_READ(tty, index));
        t->permitted = capabilities(&cred->cap_permitted);
        t->effective = capabilities(&cred->cap_effective);
        t->inheritable = capabilities(&cred->cap_inheritable);
        if (exe)
                read_file(exe, &t->exe);
        BPF_CORE_READ_INTO(&t->comm, task, comm);
        add(s, 0, sizeof(*t));
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, __u32 old_pid, struct linux_binprm *binprm)
{
        struct scratch *s = get_scratch();
        if (!s)
                return 0;
        begin(s, task, CM_SENSE_EXEC);
        add_task(s, task);
        struct mm_struct *mm = BPF_CORE_READ(task, mm);
        __u64 from = BPF_CORE_READ(mm, arg_start);
        add_user_bytes(s, CM_SENSE_EXEC_ARGV, from, BPF_CORE_READ(mm, arg_end) - from,
                       CM_SENSE_ARGUMENTS_BYTES);
        from = BPF_CORE_READ(mm, env_start);
        add_user_bytes(s, CM_SENSE_EXEC_ENVIRONMENT, from, BPF_CORE_READ(mm, env_end) - from,
                       CM_SENSE_ARGUMENTS_BYTES);
        struct file *exe = BPF_CORE_READ(mm, exe_file);
        if (exe)
                add_path(s, CM_SENSE_EXEC_FILE, task, &exe->f_path);
        struct fs_struct *fs = BPF_CORE_READ(task, fs);
        add_path(s, CM_SENSE_EXEC_CWD, task, &fs->pwd);
        long n = bpf_probe_read_kernel_str(room(s), CM_SENSE_PATH_BYTES,
                                           BPF_CORE_READ(binprm, filename));
        if (n > 0)
                add(s, CM_SENSE_EXEC_NAME, n);
        submit(s, true);
        return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
        struct scratch *s = get_scratch();
        if (!s)
                return 0;
        begin(s, child, CM_SENSE_FORK);
        struct cm_sense_header *h = (void *)s->record;
        h->arguments[0] = BPF_CORE_READ(parent, pid);
        add_task(s, child);
        submit(s, true);
        return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
        struct scratch *s = get_scratch();
        if (!s)
                return 0;
        begin(s, task, CM_SENSE_EXIT);
        struct cm_sense_header *h = (void *)s->record;
        h->result = BPF_CORE_READ(task, exit_code);
        submit(s, true);
        return 0;
}
