/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events: what happened on a host, in the encoding of .scap captures, so that BPF programs, captures
 * and tests all speak one form. The types of events and of their parameters are in event.def.
 *
 * One event, little-endian, without padding:
 *
 *     u64 time, nanoseconds since the epoch      u64 id of the thread
 *     u32 length of the event in bytes, this header included
 *     u16 number of the type (event.def)
 *     u32 parameter counts: low half those of the table, high half our own
 *     u16 per parameter (u32 in types with large parameters): its length in bytes
 *     the parameters, one behind the other
 *
 * A parameter of length 0 is unset; a text has a NUL behind it, so that the empty text has length 1.
 * (Buffers cannot tell: theirs of length 0 is an empty one.) An event may have fewer parameters than
 * the table, as older captures do: the rest is unset. Ours stand behind those of the table; the first
 * two bytes of each are its id (enum cm_event_extra). A capture for others has none of ours.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

enum {
        CM_EVENT_HEADER_BYTES = 26,
        CM_EVENT_PARAMS_MAX = 40, /* of the table; the longest row has 31 */
        CM_EVENT_EXTRAS_MAX = 8,
        CM_EVENT_TYPES = 512 /* numbers are below */
};

/* type, bytes (0: any), is it a signed number */
#define CM_EVENT_PARAM_TYPES(X)                                                             \
        X(INT16, 2, true)                                                                   \
        X(INT32, 4, true)                                                                   \
        X(INT64, 8, true)                                                                   \
        X(UINT8, 1, false)                                                                  \
        X(UINT16, 2, false)                                                                 \
        X(UINT32, 4, false)                                                                 \
        X(UINT64, 8, false)                                                                 \
        X(CHARBUF, 0, false)      /* text with a NUL behind it */                           \
        X(BYTEBUF, 0, false)      /* bytes */                                               \
        X(CHARBUFARRAY, 0, false) /* texts, each with a NUL behind it */                    \
        X(ERRNO, 8, true)         /* a result; below 0: the negative of an error */         \
        X(FD, 8, true)            /* the same, or a descriptor */                           \
        X(PID, 8, true)                                                                     \
        X(UID, 4, false)                                                                    \
        X(GID, 4, false)                                                                    \
        X(FSPATH, 0, false) /* text: a path, relative to the working directory */           \
        X(FSRELPATH, 0,                                                                     \
          false) /* text: a path, relative to the descriptor in the parameter before */     \
        X(SOCKADDR, 0, false)  /* u8 family, then address and port */                       \
        X(SOCKTUPLE, 0, false) /* u8 family, then both ends */                              \
        X(FDLIST, 0, false)    /* u16 count, then i64 descriptor and u16 poll flags each */ \
        X(SYSCALLID, 2, false)                                                              \
        X(SIGTYPE, 1, false)                                                                \
        X(SIGSET, 4, false)                                                                 \
        X(RELTIME, 8, false) /* nanoseconds */                                              \
        X(ABSTIME, 8, false) /* nanoseconds since the epoch */                              \
        X(FLAGS8, 1, false)                                                                 \
        X(FLAGS16, 2, false)                                                                \
        X(FLAGS32, 4, false)                                                                \
        X(ENUMFLAGS8, 1, false)                                                             \
        X(ENUMFLAGS16, 2, false)                                                            \
        X(ENUMFLAGS32, 4, false)                                                            \
        X(MODE, 4, false)                                                                   \
        X(DYN, 0, false) /* u8 form, then a value of that form */                           \
        X(PORT, 2, false)                                                                   \
        X(IPV4ADDR, 4, false)                                                               \
        X(IPV6ADDR, 16, false)

enum cm_event_param_type {
#define X(name, bytes, is_signed) CM_EVENT_PARAM_##name,
        CM_EVENT_PARAM_TYPES(X)
#undef X
};

enum cm_event_kind {
        CM_EVENT_ENTER, /* no end of a call: the kernel tells it at once */
        CM_EVENT_EXIT,  /* the end of a system call */
        CM_EVENT_HIDDEN /* the beginning of a call, for whoever tracks state; no rule sees it */
};

#define CM_EVENT_CATEGORIES(X)    \
        X(OTHER, "other")         \
        X(FILE, "file")           \
        X(NET, "net")             \
        X(IPC, "ipc")             \
        X(MEMORY, "memory")       \
        X(PROCESS, "process")     \
        X(SLEEP, "sleep")         \
        X(SYSTEM, "system")       \
        X(SIGNAL, "signal")       \
        X(USER, "user")           \
        X(TIME, "time")           \
        X(IO_READ, "IO")          \
        X(IO_WRITE, "IO")         \
        X(IO_OTHER, "IO")         \
        X(WAIT, "wait")           \
        X(SCHEDULER, "scheduler") \
        X(INTERNAL, "internal")

enum cm_event_category {
#define X(name, text) CM_EVENT_CATEGORY_##name,
        CM_EVENT_CATEGORIES(X)
#undef X
};

struct cm_named {
        const char *name;
        uint32_t value;
};

struct cm_dictionary {
        const struct cm_named *names;
        size_t count;
};

struct cm_event_param_info {
        const char *name; /* NULL behind the last */
        enum cm_event_param_type type;
        char format; /* of numbers: 'd', 'o', 'x' */
        const struct cm_dictionary *dictionary;
};

struct cm_event_info {
        uint16_t number;
        enum cm_event_kind kind;
        const char *name;
        enum cm_event_category category;
        const struct cm_event_param_info *params;
        size_t param_count;
};

/* Parameters that no capture has. */
enum cm_event_extra {
        CM_EVENT_EXTRA_PATH = 1, /* text: the path of the object by the kernel's own reckoning */
        CM_EVENT_EXTRA_NEW_PATH = 2, /* the same of the second object (rename, link) */
        CM_EVENT_EXTRA_IO_URING = 3, /* u8 opcode: it came by a ring, not by a system call */
        CM_EVENT_EXTRA_SWAPPED = 4,  /* text: what the argument was when it was read again */
        CM_EVENT_EXTRA_INODE = 5,    /* u64 device, u64 inode of the object */
        CM_EVENT_EXTRA_CGROUP = 6    /* u64 id of the thread's cgroup */
};

struct cm_event_param {
        struct cm_sv bytes;
        bool is_set;
};

/* Views into the bytes that were decoded. */
struct cm_event {
        const struct cm_event_info *info;
        uint64_t time_ns;
        uint64_t tid;
        struct cm_event_param params[CM_EVENT_PARAMS_MAX]; /* info->param_count of them */
        struct {
                uint16_t id;
                struct cm_sv bytes;
        } extras[CM_EVENT_EXTRAS_MAX];
        size_t extra_count;
};

/* NULL when there is no such type. */
const struct cm_event_info *cm_event_info(uint64_t number);
/* The next type behind `number` in order, from 0; NULL at the end. */
const struct cm_event_info *cm_event_info_next(const struct cm_event_info *info);
/* Is there an event or a system call of this name? */
bool cm_event_is_name(struct cm_sv name);
/* What rules know the event as: of calls without a type of their own the name of the call. */
struct cm_sv cm_event_name(const struct cm_event *event);

/*
 * Decodes one event.
 *
 * Input:   `bytes` borrowed, exactly one event; hostile.
 * Errors:  CM_E_MALFORMED (cut short, lengths that contradict each other), CM_E_UNSUPPORTED (a type
 *          that event.def does not have), CM_E_LIMIT (CM_EVENT_EXTRAS_MAX).
 * Owns:    *ret borrows from `bytes`.
 */
CM_MUST_CHECK int cm_event_decode(struct cm_sv bytes, struct cm_event *ret, struct cm_err *err);
/* The same for older captures, whose headers do not count the parameters: they are found by length. */
CM_MUST_CHECK int cm_event_decode_uncounted(struct cm_sv bytes, struct cm_event *ret,
                                            struct cm_err *err);
/* Appends the bytes of an event. Parameters that do not fit into their length are the caller's bug. */
void cm_event_encode(struct cm_buf *out, const struct cm_event *event);

/* Bytes that a parameter of this type has; 0: any number. */
size_t cm_event_param_bytes(enum cm_event_param_type type);
/* Index of a parameter by name, or -1. */
ptrdiff_t cm_event_param_find(const struct cm_event_info *info, struct cm_sv name);
/* The value of a number; false when it is unset or has a size that its type does not have. */
bool cm_event_number(const struct cm_event *event, size_t index, int64_t *ret);
/* By name; false also when the event has no such parameter. */
bool cm_event_number_of(const struct cm_event *event, const char *name, int64_t *ret);
/* Text up to the first NUL; false when it is unset. */
bool cm_event_text(const struct cm_event *event, size_t index, struct cm_sv *ret);
bool cm_event_text_of(const struct cm_event *event, const char *name, struct cm_sv *ret);
/* False when the event has none of it. */
bool cm_event_extra(const struct cm_event *event, enum cm_event_extra id, struct cm_sv *ret);
/* The result of a call: the parameter `res`, or the descriptor that it returned. */
bool cm_event_result(const struct cm_event *event, int64_t *ret);

/* The name for a number, or NULL. */
const char *cm_dictionary_name(const struct cm_dictionary *dictionary, uint32_t value);
bool cm_dictionary_value(const struct cm_dictionary *dictionary, struct cm_sv name, uint32_t *ret);
extern const struct cm_dictionary cm_dictionary_errors;
extern const struct cm_dictionary cm_dictionary_signals;
extern const struct cm_dictionary cm_dictionary_capabilities;
/* Name of a system call of x86-64, or NULL. */
const char *cm_syscall_name(uint64_t number);
