/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads, descriptors, users and containers as rules see them beside an event: plain data that
 * belongs to whoever tracks it (a sensor's tracker, a capture's, a test) and is borrowed while one
 * event is looked at. A text of length 0 is unknown; so are other members where their comment says
 * so. Nothing here is computed twice: what can be derived (a command line) is derived by the reader.
 */
#pragma once

#include "base/sv.h"
#include "model/event.h"

struct cm_user {
        uint32_t id;
        bool is_known; /* false: the id is not known either */
        struct cm_sv name;
        struct cm_sv home;
        struct cm_sv shell;
};

/* A network address: IPv4 in the first 4 bytes. */
struct cm_address {
        uint8_t bytes[16];
        uint8_t family; /* 4, 6; 0: none */
};

enum cm_fd_role {
        CM_FD_ROLE_UNKNOWN,
        CM_FD_ROLE_CLIENT,
        CM_FD_ROLE_SERVER
};

#define CM_L4_PROTOCOLS(X) X(NA, "<NA>") X(TCP, "tcp") X(UDP, "udp") X(ICMP, "icmp") X(RAW, "raw")
enum cm_l4_protocol {
#define X(name, text) CM_L4_##name,
        CM_L4_PROTOCOLS(X)
#undef X
};

/* letter that rules know it by (fd.typechar), fd.type */
#define CM_FD_TYPES(X)                   \
        X(FILE, 'f', "file")             \
        X(DIRECTORY, 'd', "directory")   \
        X(IPV4_SOCKET, '4', "ipv4")      \
        X(IPV6_SOCKET, '6', "ipv6")      \
        X(IPV4_SERVER, '2', "ipv4")      \
        X(IPV6_SERVER, '3', "ipv6")      \
        X(UNIX_SOCKET, 'u', "unix")      \
        X(PIPE, 'p', "pipe")             \
        X(EVENT, 'e', "event")           \
        X(SIGNAL, 's', "signalfd")       \
        X(EVENTPOLL, 'l', "eventpoll")   \
        X(INOTIFY, 'i', "inotify")       \
        X(TIMER, 't', "timerfd")         \
        X(NETLINK, 'n', "netlink")       \
        X(BPF, 'b', "bpf")               \
        X(USERFAULT, 'u', "userfaultfd") \
        X(IO_URING, 'r', "iouring")      \
        X(MEMFD, 'm', "memfd")           \
        X(PIDFD, 'P', "pidfd")           \
        X(OTHER, 'o', "")
enum cm_fd_type {
        CM_FD_UNKNOWN,
#define X(name, letter, text) CM_FD_##name,
        CM_FD_TYPES(X)
#undef X
};

enum {
        CM_FD_CONNECTED = 1 << 0,    /* by this event (a socket that sends to nobody before) */
        CM_FD_NAME_CHANGED = 1 << 1, /* by this event */
        CM_FD_CONNECT_PENDING = 1 << 2,
        CM_FD_UPPER_LAYER = 1 << 3,
        CM_FD_LOWER_LAYER = 1 << 4
};

struct cm_fd {
        int64_t number; /* -1: the call that would have made it failed */
        enum cm_fd_type type;
        struct cm_sv name;     /* absolute path, or "CLIENT:PORT->SERVER:PORT" */
        struct cm_sv raw_name; /* as the program gave it */
        uint64_t ino;          /* 0: unknown */
        uint32_t dev;
        uint32_t open_flags; /* of model/event_dictionary.def, file_flags */
        uint32_t flags;      /* CM_FD_CONNECTED ... */
        enum cm_l4_protocol protocol;
        enum cm_fd_role role;
        struct cm_address client;
        struct cm_address server;
        uint16_t client_port;
        uint16_t server_port;
        struct cm_sv kernel_name; /* the path by the kernel's own reckoning */
};

/* Has it two ends with addresses? */
static inline bool cm_fd_is_connection(const struct cm_fd *fd)
{
        return fd->type == CM_FD_IPV4_SOCKET || fd->type == CM_FD_IPV6_SOCKET;
}

/* One mount of a container. */
struct cm_container_mount {
        struct cm_sv source;
        struct cm_sv dest;
        struct cm_sv mode;
        struct cm_sv propagation;
        bool is_writable;
};

struct cm_label {
        struct cm_sv key;
        struct cm_sv value;
};

struct cm_container {
        struct cm_sv id; /* 12 digits; "host" is not a container: there the pointer is NULL */
        struct cm_sv full_id;
        struct cm_sv name;
        struct cm_sv type; /* docker, podman, containerd, cri-o, ... */
        struct cm_sv image;
        struct cm_sv image_id;
        struct cm_sv image_repository;
        struct cm_sv image_tag;
        struct cm_sv image_digest;
        struct cm_sv ip;
        struct cm_sv cni_json;
        struct cm_sv healthcheck;
        struct cm_sv liveness_probe;
        struct cm_sv readiness_probe;
        bool has_metadata; /* false: the id only is known yet */
        bool is_privileged;
        bool uses_host_pid;
        bool uses_host_network;
        bool uses_host_ipc;
        bool is_pod_sandbox;
        int64_t start_ns; /* since the epoch; 0: unknown */
        const struct cm_container_mount *mounts;
        size_t mount_count;
        const struct cm_label *labels;
        size_t label_count;
        /* Of the pod and its namespace; empty outside Kubernetes. */
        struct cm_sv pod_name;
        struct cm_sv pod_uid;
        struct cm_sv pod_sandbox_id;
        struct cm_sv pod_full_sandbox_id;
        struct cm_sv pod_ip;
        struct cm_sv namespace_name;
        const struct cm_label *pod_labels;
        size_t pod_label_count;
};

/* What the program file is: flags of model/event_dictionary.def, execve_flags. */
enum {
        CM_EXE_WRITABLE = 1 << 0,
        CM_EXE_UPPER_LAYER = 1 << 1,
        CM_EXE_FROM_MEMFD = 1 << 2,
        CM_EXE_LOWER_LAYER = 1 << 3
};

struct cm_thread {
        int64_t tid;
        int64_t pid;
        int64_t ptid;
        int64_t vtid;
        int64_t vpid;
        int64_t sid;
        int64_t pgid;
        int64_t vpgid;
        uint64_t
                identity; /* boot time of its start in nanoseconds; with pid: this process and no other */
        const struct cm_thread *main; /* of the process; NULL: this one */
        const struct cm_thread *parent;
        const struct cm_thread *session_leader;
        const struct cm_thread *group_leader;  /* of vpgid */
        const struct cm_thread *pgroup_leader; /* of pgid */
        struct cm_sv comm;
        struct cm_sv exe;         /* argv[0] */
        struct cm_sv exepath;     /* of the file, by the kernel */
        const struct cm_sv *args; /* argv[1] and on */
        size_t arg_count;
        const struct cm_sv *env;
        size_t env_count;
        struct cm_sv cwd; /* ends with '/' or not */
        struct cm_sv root;
        const struct cm_label *cgroups; /* subsystem, path */
        size_t cgroup_count;
        struct cm_user user;
        struct cm_user login; /* id UINT32_MAX: nobody logged in */
        struct cm_user group; /* home and shell are empty */
        uint32_t tty;
        uint64_t cap_permitted;
        uint64_t cap_effective;
        uint64_t cap_inheritable;
        bool has_caps;
        uint32_t exe_flags; /* CM_EXE_WRITABLE ... */
        uint64_t exe_ino;
        int64_t exe_ino_ctime_ns;
        int64_t exe_ino_mtime_ns;
        int64_t clone_ns; /* since the epoch; 0: unknown */
        int64_t exec_ns;  /* of the last execve; 0: none seen */
        int64_t pidns_start_ns;
        int64_t fd_limit;
        uint64_t fd_count;
        uint64_t thread_count;
        uint64_t child_count;
        uint32_t vm_size_kb;
        uint32_t vm_rss_kb;
        uint32_t vm_swap_kb;
        uint64_t faults_major;
        uint64_t faults_minor;
        const struct cm_container *container; /* NULL: the host */
};

/*
 * Questions that only the tracker can answer. Any may be NULL, and then nothing is known.
 * Thread: the one that looks at the event.
 */
struct cm_process_lookup {
        void *ctx;
        const struct cm_fd *(*fd)(void *ctx, const struct cm_thread *thread, int64_t number);
        const struct cm_thread *(*thread)(void *ctx, int64_t tid);
        /* Names of ids as the thread's container has them. */
        bool (*user_name)(void *ctx, const struct cm_thread *thread, uint32_t id,
                          struct cm_sv *ret);
        bool (*group_name)(void *ctx, const struct cm_thread *thread, uint32_t id,
                           struct cm_sv *ret);
        /* A name for an address, when it is known already: nobody waits for it. */
        bool (*host_name)(void *ctx, const struct cm_address *address, struct cm_sv *ret);
        /* Addresses of a name that a rule compares with; the count, at most `max`. */
        size_t (*host_addresses)(void *ctx, struct cm_sv name, struct cm_address *ret, size_t max);
};

/* What rules see. */
struct cm_event_context {
        const struct cm_event *event;
        const struct cm_thread *thread;         /* NULL: unknown */
        const struct cm_fd *fd;                 /* what the event is about; NULL: nothing */
        const struct cm_process_lookup *lookup; /* or NULL */
        uint64_t number;                        /* evt.num, from 1 */
        uint32_t cpu;
        int64_t latency_ns;   /* of the call; < 0: unknown */
        uint64_t previous_ns; /* time of the event before; 0: this is the first */
        uint64_t first_ns;    /* time of the first event */
        uint64_t lost_count;  /* events lost since the last alert, on this container ... */
        struct cm_sv hostname;
        struct cm_sv source;  /* "syscall" when empty */
        const void *document; /* struct cm_node of an event of another source */
};

static inline const struct cm_container *cm_event_container(const struct cm_event_context *c)
{
        return c->thread == NULL ? NULL : c->thread->container;
}
