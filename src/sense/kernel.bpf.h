/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The members of kernel structures that sensor.bpf.c reads, and no others. Where they are is found out
 * when the program is loaded (CO-RE), so that one binary fits all kernels with BTF.
 */
#pragma once

/* What libbpf has needs the kernel's types before it. */
/* clang-format off */
#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
/* clang-format on */

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct pt_regs {
        unsigned long r10, r9, r8, dx, si, di, orig_ax, ax, cs;
};

struct qstr {
        union {
                struct {
                        __u32 hash;
                        __u32 len;
                };
                __u64 hash_len;
        };
        const unsigned char *name;
};

struct super_block {
        __u32 s_dev;
        unsigned long s_magic;
};

typedef struct {
        __u32 val;
} kuid_t;
typedef kuid_t kgid_t;

struct timespec64 {
        __s64 tv_sec;
        long tv_nsec;
};

struct inode {
        __u16 i_mode;
        kuid_t i_uid;
        unsigned long i_ino;
        struct super_block *i_sb;
        unsigned int i_nlink;
        /* up to 6.5 */
        struct timespec64 i_ctime;
        struct timespec64 i_mtime;
};

/* 6.6 to 6.10 */
struct inode___ctime_6_6 {
        struct timespec64 __i_ctime;
        struct timespec64 i_mtime;
};
/* from 6.11 on */
struct inode___ctime_6_11 {
        __s64 i_mtime_sec;
        __u32 i_mtime_nsec;
        __s64 i_ctime_sec;
        __u32 i_ctime_nsec;
};

struct dentry;

struct ovl_inode {
        struct inode vfs_inode;
        struct dentry *__upperdentry;
};

struct dentry {
        struct dentry *d_parent;
        struct qstr d_name;
        struct inode *d_inode;
};

struct vfsmount {
        struct dentry *mnt_root;
};

struct mount {
        struct mount *mnt_parent;
        struct dentry *mnt_mountpoint;
        struct vfsmount mnt;
};

struct path {
        struct vfsmount *mnt;
        struct dentry *dentry;
};

struct file {
        struct path f_path;
        struct inode *f_inode;
        void *private_data;
};

struct fdtable {
        unsigned int max_fds;
        struct file **fd;
};

struct files_struct {
        struct fdtable *fdt;
};

struct fs_struct {
        struct path root, pwd;
};

struct mm_struct {
        unsigned long arg_start, arg_end, env_start, env_end;
        struct file *exe_file;
};

typedef struct {
        __u64 val;
} kernel_cap_t;

/* up to 6.2 */
struct kernel_cap_struct___old {
        __u32 cap[2];
};

struct cred {
        kuid_t uid, euid;
        kgid_t gid;
        kernel_cap_t cap_inheritable, cap_permitted, cap_effective;
};

struct kernfs_node {
        __u64 id;
};

struct cgroup {
        struct kernfs_node *kn;
        int level;
};

struct cgroup_subsys_state {
        struct cgroup *cgroup;
};

struct css_set {
        struct cgroup_subsys_state *subsys[16];
        struct cgroup *dfl_cgrp;
};

struct pid_namespace {
        unsigned int level;
};

struct upid {
        int nr;
};

struct pid {
        unsigned int level;
        struct upid numbers[1];
};

struct tty_driver {
        int major, minor_start;
};

struct tty_struct {
        int index;
        struct tty_driver *driver;
};

struct signal_struct {
        struct pid *pids[4];
        struct tty_struct *tty;
};

struct task_struct {
        int pid, tgid;
        int exit_code;
        __u64 start_boottime;
        struct task_struct *real_parent, *group_leader;
        struct mm_struct *mm;
        const struct cred *cred, *real_cred;
        struct fs_struct *fs;
        struct files_struct *files;
        struct signal_struct *signal;
        struct css_set *cgroups;
        struct pid *thread_pid;
        kuid_t loginuid;
        char comm[16];
};

struct linux_binprm {
        const char *filename;
        struct file *file;
};

struct in6_addr {
        union {
                __u8 u6_addr8[16];
        } in6_u;
};

struct sock_common {
        __u32 skc_daddr;
        __u32 skc_rcv_saddr;
        __u16 skc_dport;
        __u16 skc_num;
        unsigned short skc_family;
        unsigned char skc_state;
        struct in6_addr skc_v6_daddr;
        struct in6_addr skc_v6_rcv_saddr;
};

struct sock {
        struct sock_common __sk_common;
        __u16 sk_protocol;
        __u16 sk_type;
};

struct socket {
        short type;
        struct sock *sk;
};

#pragma clang attribute pop
