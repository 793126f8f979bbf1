/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of os/process.h, about this process itself. */
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "os/process.h"
#include "tests/harness.h"

CM_TEST(this_process_is_seen)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(8));
        pid_t *pids = NULL;
        size_t count = 0;
        size_t found = 0;
        uid_t user = (uid_t)-1;
        CM_CHECK_OK(cm_process_list(arena, &pids, &count, &err), &err);
        for (size_t i = 0; i < count; i++)
                found += pids[i] == getpid() ? 1 : 0;
        CM_CHECK_INT(found, 1);
        CM_CHECK(cm_process_name(arena, getpid()).len > 0);
        CM_CHECK(cm_process_user(getpid(), &user) && user == geteuid());
        int64_t age_s = (int64_t)time(NULL) - cm_process_start_s(getpid());
        CM_CHECK(age_s >= -2 && age_s < 3600);
}

CM_TEST(a_process_that_is_gone)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(8));
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        const pid_t nobody = 0x7ffffffe; /* above the kernel's largest pid_max */
        uid_t user = 0;
        cm_buf_init(&text, CM_KIB(64));
        CM_CHECK_INT(cm_process_read(nobody, "cmdline", &text, &err), 1);
        CM_CHECK_INT(cm_process_name(arena, nobody).len, 0);
        CM_CHECK_INT(cm_process_start_s(nobody), -1);
        CM_CHECK(!cm_process_user(nobody, &user));
}

CM_TEST(files_as_the_process_sees_them)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        char path[512];
        int64_t changed_s = 0;
        cm_buf_init(&text, CM_KIB(64));
        snprintf(path, sizeof(path), "%.400s/file", cm_test_dir());
        CM_CHECK_INT(cm_process_read_path(getpid(), path, &text, &changed_s, &err), 1);
        FILE *f = fopen(path, "w");
        CM_CHECK(f != NULL && fputs("abc", f) >= 0 && fclose(f) == 0);
        CM_CHECK_OK(cm_process_read_path(getpid(), path, &text, &changed_s, &err), &err);
        CM_CHECK_SV(cm_buf_sv(&text), "abc");
        CM_CHECK(changed_s > 0);
        cm_buf_clear(&text);
        CM_CHECK(chdir(cm_test_dir()) == 0);
        CM_CHECK_OK(cm_process_read_path(getpid(), "file", &text, &changed_s, &err), &err);
        CM_CHECK_SV(cm_buf_sv(&text), "abc");
        CM_CHECK(cm_process_read_path(getpid(), cm_test_dir(), &text, &changed_s, &err) < 0);
}

CM_TEST(who_listens_on_a_socket)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        snprintf(address.sun_path, sizeof(address.sun_path), "%.90s/s", cm_test_dir());
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        CM_CHECK(bind(fd, (const struct sockaddr *)(const void *)&address, sizeof(address)) == 0);
        CM_CHECK_INT(cm_process_of_socket(address.sun_path), 0); /* nobody listens yet */
        CM_CHECK(listen(fd, 1) == 0);
        CM_CHECK_INT(cm_process_of_socket(address.sun_path), getpid());
        CM_CHECK_INT(cm_process_of_socket("/nowhere"), 0);
        close(fd);
}
