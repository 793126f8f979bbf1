/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of ipc/frame.h over real socketpairs, with broken and hostile peers. */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "ipc/frame.h"
#include "tests/harness.h"

struct pair {
        struct cm_chan a, b;
        struct cm_frame frame;
        struct cm_err err;
};

static void open_pair(struct pair *p)
{
        int fds[2];
        CM_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
        *p = (struct pair){ .frame = { .fd = -1 } };
        cm_chan_init(&p->a, fds[0]);
        cm_chan_init(&p->b, fds[1]);
        cm_frame_init(&p->frame);
}

static void send_raw(struct pair *p, const char *bytes, size_t len)
{
        CM_CHECK(write(p->a.fd, bytes, len) == (ssize_t)len);
}

static void expect_refused(struct pair *p)
{
        CM_CHECK(cm_chan_recv(&p->b, 2000, &p->frame, &p->err) < 0);
        CM_CHECK_INT(p->err.code, CM_E_WORKER);
}

static void *send_largest(void *arg)
{
        struct pair *p = arg;
        struct cm_err err = CM_ERR_INIT;
        static char bytes[CM_FRAME_BYTES_MAX];
        memset(bytes, 'x', sizeof(bytes));
        CM_CHECK_OK(cm_chan_send(&p->a, 7, cm_sv_make(bytes, sizeof(bytes)), -1, &err), &err);
        CM_CHECK_OK(cm_chan_send(&p->a, 8, CM_SV(""), -1, &err), &err);
        return NULL;
}

CM_TEST(largest_then_empty)
{
        struct pair p;
        open_pair(&p);
        pthread_t thread;
        CM_CHECK(pthread_create(&thread, NULL, send_largest, &p) == 0);
        CM_CHECK_OK(cm_chan_recv(&p.b, 20000, &p.frame, &p.err), &p.err);
        CM_CHECK_INT(p.frame.type, 7);
        CM_CHECK_INT(p.frame.payload.len, CM_FRAME_BYTES_MAX);
        CM_CHECK(p.frame.payload.ptr[CM_FRAME_BYTES_MAX - 1] == 'x');
        CM_CHECK_OK(cm_chan_recv(&p.b, 20000, &p.frame, &p.err), &p.err);
        CM_CHECK_INT(p.frame.type, 8);
        CM_CHECK_INT(p.frame.payload.len, 0);
        pthread_join(thread, NULL);
}

struct sender {
        struct pair *p;
        uint16_t type;
};

static void *send_many(void *arg)
{
        struct sender *s = arg;
        struct cm_err err = CM_ERR_INIT;
        char bytes[5000];
        memset(bytes, s->type, sizeof(bytes));
        for (int i = 0; i < 200; i++)
                CM_CHECK_OK(
                        cm_chan_send(&s->p->a, s->type, cm_sv_make(bytes, sizeof(bytes)), -1, &err),
                        &err);
        return NULL;
}

CM_TEST(threads_do_not_mix_their_frames)
{
        struct pair p;
        open_pair(&p);
        pthread_t threads[3];
        struct sender senders[3];
        for (uint16_t i = 0; i < 3; i++) {
                senders[i] = (struct sender){ &p, (uint16_t)('a' + i) };
                CM_CHECK(pthread_create(&threads[i], NULL, send_many, &senders[i]) == 0);
        }
        for (int i = 0; i < 600; i++) {
                CM_CHECK_OK(cm_chan_recv(&p.b, 20000, &p.frame, &p.err), &p.err);
                CM_CHECK_INT(p.frame.payload.len, 5000);
                for (size_t j = 0; j < 5000; j++)
                        CM_CHECK(p.frame.payload.ptr[j] == (char)p.frame.type);
        }
        for (size_t i = 0; i < 3; i++)
                pthread_join(threads[i], NULL);
}

CM_TEST(descriptor_arrives_close_on_exec)
{
        struct pair p;
        open_pair(&p);
        int ends[2];
        CM_CHECK(pipe(ends) == 0);
        CM_CHECK_OK(cm_chan_send(&p.a, 2, CM_SV("take"), ends[1], &p.err), &p.err);
        close(ends[1]);
        CM_CHECK_OK(cm_chan_recv(&p.b, 2000, &p.frame, &p.err), &p.err);
        CM_CHECK(p.frame.fd >= 0 && (fcntl(p.frame.fd, F_GETFD) & FD_CLOEXEC) != 0);
        CM_CHECK(write(p.frame.fd, "y", 1) == 1);
        char c = 0;
        CM_CHECK(read(ends[0], &c, 1) == 1 && c == 'y');
        /* The next frame closes what was not taken. */
        int old = p.frame.fd;
        CM_CHECK_OK(cm_chan_send(&p.a, 3, CM_SV(""), -1, &p.err), &p.err);
        CM_CHECK_OK(cm_chan_recv(&p.b, 2000, &p.frame, &p.err), &p.err);
        CM_CHECK(p.frame.fd == -1 && fcntl(old, F_GETFD) < 0);
}

CM_TEST(end_timeout_and_cut_are_told_apart)
{
        struct pair p;
        open_pair(&p);
        CM_CHECK_INT(cm_chan_recv(&p.b, 10, &p.frame, &p.err), CM_CHAN_TIMEOUT);
        cm_chan_fini(&p.a);
        CM_CHECK_INT(cm_chan_recv(&p.b, 10, &p.frame, &p.err), CM_CHAN_END);
        open_pair(&p);
        send_raw(&p, "\x05\0\0", 3);
        cm_chan_fini(&p.a);
        expect_refused(&p);
        open_pair(&p);
        send_raw(&p, "\x05\0\0\0\x01\0\0\0abc", 11);
        cm_chan_fini(&p.a);
        expect_refused(&p);
        open_pair(&p);
        cm_chan_fini(&p.b);
        CM_CHECK(cm_chan_send(&p.a, 1, CM_SV("x"), -1, &p.err) < 0);
        CM_CHECK_INT(p.err.code, CM_E_WORKER);
}

CM_TEST(lying_headers)
{
        struct pair p;
        open_pair(&p);
        send_raw(&p, "\x01\0\0\x01\x01\0\0\0", 8); /* 16 MiB and one byte */
        expect_refused(&p);
        open_pair(&p);
        send_raw(&p, "\0\0\0\0\x01\0\x01\0", 8); /* a descriptor that does not come */
        expect_refused(&p);
        open_pair(&p);
        send_raw(&p, "\0\0\0\0\x01\0\xff\xff", 8);
        expect_refused(&p);
}

/* Sends a header that announces none or one, with `count` descriptors. */
static void send_descriptors(struct pair *p, const char *header, size_t count)
{
        union {
                char bytes[CMSG_SPACE(sizeof(int) * 16)];
                struct cmsghdr align;
        } control = { { 0 } };
        char copy[8];
        memcpy(copy, header, sizeof(copy));
        struct iovec iov = { copy, sizeof(copy) };
        struct msghdr msg = { .msg_iov = &iov,
                              .msg_iovlen = 1,
                              .msg_control = control.bytes,
                              .msg_controllen = CMSG_SPACE(sizeof(int) * count) };
        struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int) * count);
        for (size_t i = 0; i < count; i++)
                memcpy(CMSG_DATA(c) + i * sizeof(int), &p->a.fd, sizeof(int));
        CM_CHECK(sendmsg(p->a.fd, &msg, 0) == 8);
}

static int count_descriptors(void)
{
        int count = 0;
        for (int fd = 0; fd < 256; fd++)
                count += fcntl(fd, F_GETFD) >= 0;
        return count;
}

CM_TEST(unexpected_descriptors_are_refused_and_closed)
{
        static const size_t counts[] = { 1, 2, 16 };
        struct pair p;
        for (size_t i = 0; i < CM_ARRAY_LEN(counts); i++) {
                open_pair(&p);
                int before = count_descriptors();
                send_descriptors(&p, counts[i] == 1 ? "\0\0\0\0\x01\0\0\0" : "\0\0\0\0\x01\0\x01\0",
                                 counts[i]);
                expect_refused(&p);
                cm_frame_fini(&p.frame);
                CM_CHECK_INT(count_descriptors(), before);
        }
}
