/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of sense/encode.h: records as the kernel writes them, events as rules print them. */
#include <arpa/inet.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/arena.h"
#include "model/event_format.h"
#include "sense/encode.h"
#include "tests/harness.h"

enum {
        EPOCH_NS = 1000
};

/* A record that is put together; its length is kept in the header. */
struct record {
        _Alignas(8) unsigned char bytes[4096];
};

static struct cm_sense_header *header(struct record *r)
{
        return (void *)r->bytes;
}

static void start(struct record *r, uint16_t kind, uint16_t call, int64_t result)
{
        memset(r, 0, sizeof(*r));
        *header(r) = (struct cm_sense_header){ .boot_ns = 1,
                                               .cgroup = 77,
                                               .pid = 10,
                                               .tid = 11,
                                               .kind = kind,
                                               .call = call,
                                               .result = result,
                                               .length = sizeof(struct cm_sense_header) };
}

static void add(struct record *r, size_t blob, const void *bytes, size_t len)
{
        struct cm_sense_header *h = header(r);
        memcpy(r->bytes + h->length, bytes, len);
        h->length += (uint32_t)len;
        h->blobs[blob] = (uint16_t)(h->blobs[blob] + len);
}

/* "NAME ARGS" as cm_event_put_args() has them, then " PATH" when there is one. */
static struct cm_sv show(struct cm_arena *arena, struct record *r)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_sense_view view;
        struct cm_event event;
        struct cm_sv path;
        struct cm_buf bytes CM_CLEANUP(cm_buf_fini);
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&bytes, CM_KIB(64));
        cm_buf_init(&text, CM_KIB(64));
        struct cm_sv raw = cm_sv_make(r->bytes, header(r)->length);
        CM_CHECK_OK(cm_sense_view(raw, &view, &err), &err);
        CM_CHECK_OK(cm_sense_encode(&view, EPOCH_NS, &bytes), &err);
        CM_CHECK_OK(cm_event_decode(cm_buf_sv(&bytes), &event, &err), &err);
        CM_CHECK_INT(event.time_ns, EPOCH_NS + 1);
        CM_CHECK_INT(event.tid, 11);
        const struct cm_event_context context = { .event = &event };
        cm_buf_put_sv(&text, cm_event_name(&event));
        cm_buf_put_char(&text, ' ');
        cm_event_put_args(&text, &context);
        if (cm_event_extra(&event, CM_EVENT_EXTRA_PATH, &path)) {
                cm_buf_put_char(&text, ' ');
                cm_buf_put_sv(&text, path);
        }
        return cm_sv_dup(arena, cm_buf_sv(&text));
}

CM_TEST(a_file_is_told_by_the_kernel)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        static struct record r;
        const struct cm_sense_file file = {
                .inode = 5, .device = 0x10, .flags = CM_SENSE_FILE_IN_OVERLAY | CM_SENSE_FILE_UPPER
        };
        start(&r, CM_SENSE_CALL, SYS_openat, 3);
        header(&r)->arguments[0] = (uint64_t)-100;
        header(&r)->arguments[2] = 0x241; /* O_WRONLY|O_CREAT|O_TRUNC */
        header(&r)->arguments[3] = 0644;
        add(&r, 0, "link", 5);
        add(&r, 2, &file, sizeof(file));
        add(&r, 2, "/etc/shadow", 12);
        CM_CHECK_SV(show(arena, &r),
                    "openat fd=3 dirfd=-100(AT_FDCWD) name=link flags=33030(O_TRUNC|O_CREAT|"
                    "O_WRONLY|FD_UPPER_LAYER) mode=644 dev=10 ino=5 /etc/shadow");
        start(&r, CM_SENSE_CALL, SYS_openat, -2);
        header(&r)->arguments[0] = (uint64_t)-100;
        add(&r, 0, "none", 5);
        CM_CHECK_SV(show(arena, &r), "openat fd=-2(ENOENT) dirfd=-100(AT_FDCWD) name=none "
                                     "flags=1(O_RDONLY) mode=0 dev=<NA> ino=<NA>");
}

CM_TEST(ends_of_connections)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        static struct record r;
        const struct sockaddr_in peer = { .sin_family = AF_INET,
                                          .sin_port = htons(53),
                                          .sin_addr.s_addr = htonl(0x08080404) };
        struct cm_sense_socket s = { .family = 2,
                                     .local_port = 4000,
                                     .remote_port = 80,
                                     .local = { 10, 0, 0, 1 },
                                     .remote = { 10, 0, 0, 2 } };
        start(&r, CM_SENSE_CALL, SYS_accept, 7);
        add(&r, 3, &s, sizeof(s));
        struct cm_sv got = show(arena, &r);
        CM_CHECK(cm_sv_find(got, CM_SV("tuple=10.0.0.2:80->10.0.0.1:4000")) > 0);
        start(&r, CM_SENSE_CALL, SYS_connect, 0);
        header(&r)->arguments[0] = 4;
        add(&r, 0, &peer, sizeof(peer));
        add(&r, 3, &s, sizeof(s));
        /* What was asked for counts, also while the socket is not connected yet. */
        CM_CHECK_SV(show(arena, &r), "connect res=0 tuple=10.0.0.1:4000->8.8.4.4:53 fd=4 "
                                     "addr=8.8.4.4:53");
        start(&r, CM_SENSE_CALL, SYS_connect, -111);
        header(&r)->arguments[0] = 4;
        add(&r, 0, "\x01\x00/run/x.sock", 14);
        CM_CHECK_SV(show(arena, &r),
                    "connect res=-111(ECONNREFUSED) tuple=<NA> fd=4 addr=/run/x.sock");
}

CM_TEST(new_programs)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        static struct record r;
        const struct cm_sense_task task = {
                .parent_pid = 1,
                .vtid = 2,
                .vpid = 2,
                .uid = 1000,
                .login_uid = UINT32_MAX,
                .effective = 1,
                .exe = { .inode = 9, .mode = 0100755, .flags = CM_SENSE_FILE_MEMFD },
                .comm = "sh"
        };
        start(&r, CM_SENSE_EXEC, 0, 0);
        add(&r, CM_SENSE_EXEC_TASK, &task, sizeof(task));
        add(&r, CM_SENSE_EXEC_ARGV, "sh\0-c\0id\0", 9);
        add(&r, CM_SENSE_EXEC_ENVIRONMENT, "A=b\0", 4);
        add(&r, CM_SENSE_EXEC_FILE, "/bin/sh", 8);
        add(&r, CM_SENSE_EXEC_CWD, "/", 2);
        add(&r, CM_SENSE_EXEC_NAME, "sh", 3);
        struct cm_sv got = show(arena, &r);
        static const char *const parts[] = { "execve res=0 exe=sh args=-c.id.",
                                             "tid=11 pid=10 ptid=1",
                                             "cwd=/ ",
                                             "comm=sh ",
                                             "env=A=b.",
                                             "EXE_FROM_MEMFD",
                                             "cap_effective=1(CAP_CHOWN)",
                                             "trusted_exepath=/bin/sh",
                                             "filename=sh" };
        for (size_t i = 0; i < CM_ARRAY_LEN(parts); i++)
                if (cm_sv_find(got, cm_sv_from_cstr(parts[i])) < 0)
                        cm_test_fail(__FILE__, __LINE__, "no '%s' in %.*s", parts[i],
                                     CM_SV_ARG(got));
}

CM_TEST(records_that_contradict_themselves)
{
        static struct record r;
        struct cm_sense_view view;
        struct cm_err err = CM_ERR_INIT;
        start(&r, CM_SENSE_CALL, SYS_open, 0);
        header(&r)->blobs[0] = 1;
        CM_CHECK(cm_sense_view(cm_sv_make(r.bytes, header(&r)->length), &view, &err) ==
                 -(int)CM_E_MALFORMED);
        cm_err_clear(&err);
        start(&r, CM_SENSE_EXEC, 0, 0);
        CM_CHECK(cm_sense_view(cm_sv_make(r.bytes, header(&r)->length), &view, &err) ==
                 -(int)CM_E_MALFORMED);
        cm_err_clear(&err);
        start(&r, 99, 0, 0);
        CM_CHECK(cm_sense_view(cm_sv_make(r.bytes, header(&r)->length), &view, &err) ==
                 -(int)CM_E_UNSUPPORTED);
}

CM_TEST(each_row_fits_its_event)
{
        struct cm_sense_call calls[CM_SENSE_CALLS];
        size_t wanted = 0;
        static struct record r;
        size_t count = cm_sense_calls(calls);
        for (uint16_t call = 0; call < CM_SENSE_CALLS; call++) {
                struct cm_sense_view view;
                struct cm_err err = CM_ERR_INIT;
                struct cm_buf bytes CM_CLEANUP(cm_buf_fini) = { 0 };
                if (!calls[call].is_wanted)
                        continue;
                wanted++;
                cm_buf_init(&bytes, CM_KIB(64));
                start(&r, CM_SENSE_CALL, call, 0);
                CM_CHECK_OK(cm_sense_view(cm_sv_make(r.bytes, header(&r)->length), &view, &err),
                            &err);
                CM_CHECK_INT(cm_sense_encode(&view, 0, &bytes), 0);
                struct cm_event event;
                CM_CHECK_OK(cm_event_decode(cm_buf_sv(&bytes), &event, &err), &err);
                /* The row is named as its event is. */
                CM_CHECK_SV(cm_event_name(&event), cm_syscall_name(call));
        }
        CM_CHECK_INT(wanted, (long long)count);
}
