/* SPDX-License-Identifier: Apache-2.0 */
/*
 * .scap captures: what sysdig, Falco and Stratoshark record. Blocks as in pcapng: the processes,
 * descriptors and users when recording began, then events. Pure; the bytes are already inflated. What
 * the bytes of an event mean is model/event.h's business.
 *
 * Spec: scap_savefile of the Falco project, block types 0x201 to 0x222, little-endian files.
 */
#pragma once

#include "base/arena.h"
#include "base/cursor.h"
#include "base/err.h"

enum cm_scap_kind {
        CM_SCAP_OTHER, /* machine, interfaces, and types that are not known */
        CM_SCAP_PROCESSES,
        CM_SCAP_FDS,
        CM_SCAP_USERS,
        CM_SCAP_EVENT
};

struct cm_scap_block {
        enum cm_scap_kind kind;
        uint32_t type;
        struct cm_sv body;
};

struct cm_scap {
        struct cm_cursor rest;
};

/* Is it a capture? Errors: CM_E_MALFORMED; CM_E_UNSUPPORTED: of a machine with the other byte order. */
CM_MUST_CHECK int cm_scap_open(struct cm_sv bytes, struct cm_scap *ret, struct cm_err *err);
enum {
        CM_SCAP_END = 1
};
/* Returns: 0; CM_SCAP_END. Errors: CM_E_MALFORMED (a block is cut short or its lengths differ). */
CM_MUST_CHECK int cm_scap_next(struct cm_scap *scap, struct cm_scap_block *ret, struct cm_err *err);

struct cm_scap_event {
        uint16_t cpu;
        struct cm_sv bytes;
        bool has_count; /* of parameters in its header; older captures have none */
};
CM_MUST_CHECK int cm_scap_event(const struct cm_scap_block *block, struct cm_scap_event *ret,
                                struct cm_err *err);

struct cm_scap_process {
        uint64_t tid;
        uint64_t pid;
        uint64_t ptid;
        uint64_t sid;
        uint64_t vpgid;
        uint64_t pgid;
        uint64_t vtid;
        uint64_t vpid;
        struct cm_sv comm;
        struct cm_sv exe;
        struct cm_sv exepath;
        struct cm_sv args; /* each with a NUL behind it */
        struct cm_sv env;
        struct cm_sv cwd;
        struct cm_sv cgroups; /* "controller=path", each with a NUL behind it */
        struct cm_sv root;
        uint64_t fd_limit;
        uint32_t flags;
        uint32_t uid;
        uint32_t gid;
        uint32_t tty;
        uint32_t loginuid;
        uint32_t vm_size_kb;
        uint32_t vm_rss_kb;
        uint32_t vm_swap_kb;
        uint64_t cap_inheritable;
        uint64_t cap_permitted;
        uint64_t cap_effective;
        bool has_caps;
        bool exe_writable;
        bool exe_upper_layer;
        bool exe_from_memfd;
        bool exe_lower_layer;
        uint64_t exe_ino;
        uint64_t exe_ino_ctime_ns;
        uint64_t exe_ino_mtime_ns;
};

enum cm_scap_fd_kind {
        CM_SCAP_FD_FILE = 1,
        CM_SCAP_FD_DIRECTORY = 2,
        CM_SCAP_FD_IPV4 = 3,
        CM_SCAP_FD_IPV6 = 4,
        CM_SCAP_FD_IPV4_SERVER = 5,
        CM_SCAP_FD_IPV6_SERVER = 6,
        CM_SCAP_FD_PIPE = 7,
        CM_SCAP_FD_UNIX = 8,
        CM_SCAP_FD_EVENT = 9,
        CM_SCAP_FD_SIGNAL = 11,
        CM_SCAP_FD_EVENTPOLL = 12,
        CM_SCAP_FD_INOTIFY = 13,
        CM_SCAP_FD_TIMER = 14,
        CM_SCAP_FD_NETLINK = 15,
        CM_SCAP_FD_FILE_V2 = 16,
        CM_SCAP_FD_BPF = 17,
        CM_SCAP_FD_USERFAULT = 18,
        CM_SCAP_FD_IO_URING = 19,
        CM_SCAP_FD_MEMFD = 20,
        CM_SCAP_FD_PIDFD = 21
};

struct cm_scap_fd {
        uint64_t fd;
        uint64_t ino;
        uint8_t kind; /* enum cm_scap_fd_kind, or a later one */
        struct cm_sv name;
        uint32_t open_flags;
        uint32_t dev;
        /* Sockets: as the process sees them. */
        struct cm_sv source; /* 4 or 16 bytes */
        struct cm_sv dest;
        uint16_t source_port;
        uint16_t dest_port;
        uint8_t protocol; /* 2 tcp, 3 udp, 4 icmp, 5 raw */
};

struct cm_scap_user {
        bool is_group;
        uint32_t id;
        struct cm_sv name;
        struct cm_sv home;
        struct cm_sv shell;
};

/* Walks the entries of a block: begin with `*rest` = cm_cursor_make(block->body). */
CM_MUST_CHECK int cm_scap_next_process(const struct cm_scap_block *block, struct cm_cursor *rest,
                                       struct cm_scap_process *ret, struct cm_err *err);
/* The thread that a block's descriptors belong to; then its entries. */
CM_MUST_CHECK int cm_scap_fd_owner(struct cm_cursor *rest, uint64_t *ret_tid, struct cm_err *err);
CM_MUST_CHECK int cm_scap_next_fd(const struct cm_scap_block *block, struct cm_cursor *rest,
                                  struct cm_scap_fd *ret, struct cm_err *err);
CM_MUST_CHECK int cm_scap_next_user(const struct cm_scap_block *block, struct cm_cursor *rest,
                                    struct cm_scap_user *ret, struct cm_err *err);
