/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the BPF programs (sensor.bpf.c) and the program that reads them say to each other: shared by
 * both, so that it includes nothing and uses types of fixed size. Native byte order, no padding.
 *
 * A record is a header and up to CM_SENSE_BLOBS byte strings, one behind the other, whose lengths the
 * header has. It holds what the kernel has; sense/encode.c makes an event of model/event.h of it.
 */
#pragma once

#ifndef __bpf__
#        include <stdint.h>
#        define CM_U8  uint8_t
#        define CM_U16 uint16_t
#        define CM_U32 uint32_t
#        define CM_U64 uint64_t
#        define CM_S64 int64_t
#else
#        define CM_U8  __u8
#        define CM_U16 __u16
#        define CM_U32 __u32
#        define CM_U64 __u64
#        define CM_S64 __s64
#endif

enum {
        CM_SENSE_CALLS = 512, /* system calls are below */
        CM_SENSE_BLOBS = 6,
        CM_SENSE_PATH_BYTES = 4096,
        CM_SENSE_ADDRESS_BYTES = 128,
        CM_SENSE_ARGUMENTS_BYTES = 4096, /* of argv; of the environment */
        CM_SENSE_RECORD_BYTES = 32768,
        CM_SENSE_COMM_BYTES = 16
};

enum cm_sense_kind {
        CM_SENSE_CALL = 1, /* a system call ended */
        CM_SENSE_EXEC = 2, /* a new program is there and has run nothing yet */
        CM_SENSE_FORK = 3, /* a thread is there: it is the record's */
        CM_SENSE_EXIT = 4
};

/* What a blob of a call is made of. */
enum cm_sense_blob {
        CM_SENSE_BLOB_NONE,
        CM_SENSE_BLOB_TEXT, /* the text that an argument points to, with its NUL */
        CM_SENSE_BLOB_ADDRESS, /* the socket address that an argument points to; length: the next one */
        CM_SENSE_BLOB_FILE,  /* struct cm_sense_file and the path of a descriptor's file */
        CM_SENSE_BLOB_SOCKET /* struct cm_sense_socket of a descriptor */
};

enum {
        CM_SENSE_RESULT = 7 /* in place of an argument's number: what the call returned */
};

/* How a call is recorded; zeroed: not at all. */
struct cm_sense_call {
        CM_U8 is_wanted;
        CM_U8 is_urgent;    /* goes through the ring that floods cannot fill */
        CM_U8 blobs[4];     /* enum cm_sense_blob; FILE and SOCKET only in the last two */
        CM_U8 arguments[4]; /* what each is made of */
        CM_U8 skips_failed; /* calls that failed are of no interest */
        CM_U8 reserved;
};

struct cm_sense_header {
        CM_U64 boot_ns; /* since the machine was started */
        CM_U64 cgroup;  /* id of the group that tells containers apart */
        CM_U32 pid;
        CM_U32 tid;
        CM_U16 kind;
        CM_U16 call; /* its number on x86-64 */
        CM_U32 length;
        CM_S64 result;
        CM_U64 arguments[6];
        CM_U16 blobs[CM_SENSE_BLOBS];
        CM_U32 lost; /* records of this CPU that no ring had room for, until this one */
};

enum {
        CM_SENSE_FILE_IN_OVERLAY = 1,
        CM_SENSE_FILE_UPPER = 2,   /* it is in the layer of the container, not in its image */
        CM_SENSE_FILE_DELETED = 4, /* no name leads to it */
        CM_SENSE_FILE_MEMFD = 8,
        CM_SENSE_FILE_CUT = 16 /* the path is longer than is kept: its end is there */
};

struct cm_sense_file {
        CM_U64 inode;
        CM_U32 device; /* as the kernel writes it: major << 20 | minor */
        CM_U32 mode;
        CM_U32 flags;
        CM_U32 uid;
        CM_S64 ctime_ns;
        CM_S64 mtime_ns;
};

struct cm_sense_socket {
        CM_U16 family;
        CM_U16 type;
        CM_U16 protocol;
        CM_U16 local_port;
        CM_U16 remote_port;
        CM_U16 state;
        CM_U32 reserved;
        CM_U8 local[16];
        CM_U8 remote[16];
};

/* Of EXEC and FORK: the thread. */
struct cm_sense_task {
        CM_U64 start_boot_ns;
        CM_U32 parent_pid;
        CM_U32 vtid;
        CM_U32 vpid;
        CM_U32 session;
        CM_U32 group;
        CM_U32 vgroup;
        CM_U32 uid;
        CM_U32 gid;
        CM_U32 login_uid;
        CM_U32 tty;
        CM_U64 permitted;
        CM_U64 effective;
        CM_U64 inheritable;
        struct cm_sense_file exe;
        CM_U8 comm[CM_SENSE_COMM_BYTES];
};

/* Blobs of EXEC. FORK has TASK only. */
enum {
        CM_SENSE_EXEC_TASK,
        CM_SENSE_EXEC_ARGV,
        CM_SENSE_EXEC_ENVIRONMENT,
        CM_SENSE_EXEC_FILE, /* path of the program */
        CM_SENSE_EXEC_CWD,
        CM_SENSE_EXEC_NAME /* as it was given */
};

/* Who lost how much: key and value of the map of losses. */
struct cm_sense_loss_key {
        CM_U64 cgroup;
        CM_U32 kind;
        CM_U32 call;
};
