/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of model/event.h and event_format.h: what is written is read, and how it prints. */
#include "model/event_format.h"
#include "tests/harness.h"

static struct cm_event_param bytes_of(const void *bytes, size_t len)
{
        return (struct cm_event_param){ cm_sv_make(bytes, len), len > 0 };
}

#define VALUE(v) bytes_of(&(v), sizeof(v))
#define TEXT(s)  bytes_of("" s, sizeof(s))

static const struct cm_fd *find_fd(void *ctx, const struct cm_thread *thread, int64_t number)
{
        static const struct cm_fd dir = { .number = 5,
                                          .type = CM_FD_DIRECTORY,
                                          .name = { "/var/log", 8 } };
        (void)ctx;
        (void)thread;
        return number == 5 ? &dir : NULL;
}

static bool find_user(void *ctx, const struct cm_thread *thread, uint32_t id, struct cm_sv *ret)
{
        (void)ctx;
        (void)thread;
        *ret = CM_SV("www-data");
        return id == 33;
}

static void expect_args(const struct cm_event *event, const char *want)
{
        struct cm_buf out CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&out, 4096);
        const struct cm_process_lookup lookup = { .fd = find_fd, .user_name = find_user };
        const struct cm_thread thread = { .tid = 7, .comm = CM_SV("cat"), .cwd = CM_SV("/root/") };
        const struct cm_fd fd = { .number = 3, .type = CM_FD_FILE, .name = CM_SV("/etc/passwd") };
        const struct cm_event_context c = {
                .event = event, .thread = &thread, .fd = &fd, .lookup = &lookup
        };
        cm_event_put_args(&out, &c);
        CM_CHECK_SV(cm_buf_sv(&out), want);
}

CM_TEST(table)
{
        size_t count = 0;
        for (const struct cm_event_info *i = cm_event_info_next(NULL); i != NULL;
             i = cm_event_info_next(i)) {
                CM_CHECK(i->param_count <= CM_EVENT_PARAMS_MAX);
                count++;
        }
        CM_CHECK_INT(count, 196);
        CM_CHECK(cm_event_info(4) == NULL && cm_event_info(99999) == NULL);
        CM_CHECK_INT(cm_event_info(2)->kind, CM_EVENT_HIDDEN);
        CM_CHECK(cm_event_is_name(CM_SV("openat")) && cm_event_is_name(CM_SV("fsopen")));
        CM_CHECK(!cm_event_is_name(CM_SV("openeded")));
        CM_CHECK_SV(cm_sv_from_cstr(cm_syscall_name(0)), "read");
        CM_CHECK(cm_syscall_name(9999) == NULL);
}

CM_TEST(open_prints)
{
        int64_t fd = 3;
        uint32_t flags = 1 | 1 << 12;
        uint32_t mode = 0644;
        struct cm_event event = { .info = cm_event_info(3), .tid = 7 };
        event.params[0] = VALUE(fd);
        event.params[1] = TEXT("../etc/passwd");
        event.params[2] = VALUE(flags);
        event.params[3] = VALUE(mode);
        expect_args(&event, "fd=3(<f>/etc/passwd) name=../etc/passwd(/etc/passwd) "
                            "flags=4097(O_RDONLY|O_CLOEXEC) mode=644 dev=<NA> ino=<NA>");
        flags = 3 | 1 << 8 | 1 << 2;
        fd = -2;
        expect_args(&event, "fd=-2(ENOENT) name=../etc/passwd(/etc/passwd) "
                            "flags=263(O_TRUNC|O_CREAT|O_RDWR) mode=644 dev=<NA> ino=<NA>");
}

CM_TEST(others_print)
{
        int64_t res = 0;
        int64_t dir = 5;
        uint32_t flags = 0x200;
        struct cm_event event = { .info = cm_event_info(303) };
        event.params[0] = VALUE(res);
        event.params[1] = VALUE(dir);
        event.params[2] = TEXT("./syslog");
        event.params[3] = VALUE(flags);
        expect_args(&event, "res=0 dirfd=5(<d>/var/log) name=./syslog(/var/log/syslog) "
                            "flags=512(AT_REMOVEDIR)");
        dir = -100;
        event.params[2] = TEXT("/x");
        expect_args(&event, "res=0 dirfd=-100(AT_FDCWD) name=/x flags=512(AT_REMOVEDIR)");

        uint32_t uid = 33;
        event = (struct cm_event){ .info = cm_event_info(199) };
        event.params[0] = VALUE(res);
        event.params[1] = VALUE(uid);
        expect_args(&event, "res=0 uid=33(www-data)");

        static const char tuple[] = "\x02\x0a\x00\x00\x01\x39\x30\x0a\x00\x00\x02\x50\x00";
        event = (struct cm_event){ .info = cm_event_info(23) };
        event.params[0] = VALUE(res);
        event.params[1] = bytes_of(tuple, sizeof(tuple) - 1);
        expect_args(&event, "res=0 tuple=10.0.0.1:12345->10.0.0.2:80 fd=<NA> addr=<NA>");

        uint16_t request = 11;
        int64_t pid = 7;
        event = (struct cm_event){ .info = cm_event_info(169) };
        event.params[0] = VALUE(res);
        event.params[3] = VALUE(request);
        event.params[4] = VALUE(pid);
        expect_args(&event, "res=0 addr=<NA> data=<NA> request=11(PTRACE_ATTACH) pid=7(cat)");

        uint32_t mode = 04755;
        event = (struct cm_event){ .info = cm_event_info(315) };
        event.params[0] = VALUE(res);
        event.params[1] = TEXT("/x");
        event.params[2] = VALUE(mode);
        expect_args(&event, "res=0 filename=/x mode=4755(S_IXOTH|S_IROTH|S_IXGRP|S_IRGRP|S_IXUSR|"
                            "S_IWUSR|S_IRUSR|S_ISUID)");

        uint32_t domain = 17;
        event = (struct cm_event){ .info = cm_event_info(19) };
        event.params[0] = VALUE(res);
        event.params[1] = VALUE(domain);
        expect_args(&event, "fd=0 domain=17(AF_PACKET) type=<NA> proto=<NA> flags=<NA>");
}

CM_TEST(round_trip)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_buf out CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_event event = { .info = cm_event_info(3), .time_ns = 5, .tid = 7 };
        struct cm_event got;
        struct cm_sv text;
        int64_t fd = -13;
        int64_t number = 0;
        cm_buf_init(&out, 4096);
        event.params[0] = VALUE(fd);
        event.params[1] = TEXT("");
        event.extras[0].id = CM_EVENT_EXTRA_PATH;
        event.extras[0].bytes = CM_SV("/etc/shadow");
        event.extra_count = 1;
        cm_event_encode(&out, &event);
        CM_CHECK_OK(cm_event_decode(cm_buf_sv(&out), &got, &err), &err);
        CM_CHECK(got.time_ns == 5 && got.tid == 7 && got.info == event.info);
        CM_CHECK(cm_event_result(&got, &number) && number == -13);
        CM_CHECK(cm_event_text_of(&got, "name", &text) && text.len == 0);
        CM_CHECK(!cm_event_number_of(&got, "flags", &number) && !got.params[2].is_set);
        CM_CHECK(cm_event_extra(&got, CM_EVENT_EXTRA_PATH, &text));
        CM_CHECK_SV(text, "/etc/shadow");
        /* Every cut and every changed length is refused, and no cut reads too far. */
        for (size_t len = 0; len < out.len; len++) {
                struct cm_sv cut = cm_sv_slice(cm_buf_sv(&out), 0, len);
                cm_err_clear(&err);
                CM_CHECK(cm_event_decode(cut, &got, &err) == -CM_E_MALFORMED);
        }
        cm_err_clear(&err);
        out.ptr[26] = 9;
        CM_CHECK(cm_event_decode(cm_buf_sv(&out), &got, &err) == -CM_E_MALFORMED);
        cm_err_clear(&err);
        out.ptr[20] = 4;
        CM_CHECK(cm_event_decode(cm_buf_sv(&out), &got, &err) == -CM_E_UNSUPPORTED);
}

CM_TEST(paths_join)
{
        static const struct {
                const char *dir;
                const char *path;
                const char *want;
        } cases[] = {
                { "/a/b/", "c", "/a/b/c" },   { "/a/b", "../c", "/a/c" },
                { "/a", "/b//./c/", "/b/c" }, { "/", "..", "/" },
                { "/a", "../../../x", "/x" }, { "", "a", "/a" },
                { "/a", "", "/a" },           { "/", "/etc/../etc/shadow", "/etc/shadow" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_buf out CM_CLEANUP(cm_buf_fini) = { 0 };
                cm_buf_init(&out, 4096);
                cm_path_put_joined(&out, cm_sv_from_cstr(cases[i].dir),
                                   cm_sv_from_cstr(cases[i].path));
                CM_CHECK_SV(cm_buf_sv(&out), cases[i].want);
        }
}
