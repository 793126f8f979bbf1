/* SPDX-License-Identifier: Apache-2.0 */
/* Framing of frame.h over sendmsg/recvmsg. */
#include "ipc/frame.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/limits.h"

enum {
        HEADER_BYTES = 8
};

void cm_chan_init(struct cm_chan *chan, int fd)
{
        chan->fd = fd;
        pthread_mutex_init(&chan->send_mutex, NULL);
}

void cm_chan_fini(struct cm_chan *chan)
{
        if (chan->fd >= 0)
                close(chan->fd);
        chan->fd = -1;
        pthread_mutex_destroy(&chan->send_mutex);
}

void cm_frame_init(struct cm_frame *frame)
{
        *frame = (struct cm_frame){ .fd = -1 };
        cm_buf_init(&frame->payload, CM_FRAME_BYTES_MAX);
}

void cm_frame_fini(struct cm_frame *frame)
{
        if (frame->fd >= 0)
                close(frame->fd);
        frame->fd = -1;
        cm_buf_fini(&frame->payload);
}

static int send_all(int fd, struct iovec *iov, size_t iov_count, int pass_fd, struct cm_err *err)
{
        union {
                char bytes[CMSG_SPACE(sizeof(int))];
                struct cmsghdr align;
        } control = { { 0 } };
        struct msghdr msg = { .msg_iov = iov, .msg_iovlen = iov_count };
        if (pass_fd >= 0) {
                msg.msg_control = control.bytes;
                msg.msg_controllen = sizeof(control.bytes);
                struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
                c->cmsg_level = SOL_SOCKET;
                c->cmsg_type = SCM_RIGHTS;
                c->cmsg_len = CMSG_LEN(sizeof(int));
                memcpy(CMSG_DATA(c), &pass_fd, sizeof(int));
        }
        while (msg.msg_iovlen > 0) {
                ssize_t n = sendmsg(fd, &msg, MSG_NOSIGNAL);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return CM_RAISE_ERRNO(err, CM_E_WORKER, errno, "could not send a frame");
                msg.msg_control = NULL; /* the descriptor went with the first bytes */
                msg.msg_controllen = 0;
                size_t left = (size_t)n;
                while (msg.msg_iovlen > 0 && left >= msg.msg_iov->iov_len) {
                        left -= msg.msg_iov->iov_len;
                        msg.msg_iov++;
                        msg.msg_iovlen--;
                }
                if (msg.msg_iovlen > 0) {
                        msg.msg_iov->iov_base = (char *)msg.msg_iov->iov_base + left;
                        msg.msg_iov->iov_len -= left;
                }
        }
        return 0;
}

int cm_chan_send(struct cm_chan *chan, uint16_t type, struct cm_sv payload, int fd,
                 struct cm_err *err)
{
        CM_ASSERT(payload.len <= CM_FRAME_BYTES_MAX);
        struct cm_buf header CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&header, HEADER_BYTES);
        cm_buf_put_le32(&header, (uint32_t)payload.len);
        cm_buf_put_le16(&header, type);
        cm_buf_put_le16(&header, fd >= 0 ? 1 : 0);
        CM_ASSERT(header.len == HEADER_BYTES);
        struct iovec iov[2] = {
                { header.ptr, header.len },
                { (void *)(uintptr_t)payload.ptr, payload.len },
        };
        pthread_mutex_lock(&chan->send_mutex);
        int r = send_all(chan->fd, iov, payload.len > 0 ? 2 : 1, fd, err);
        pthread_mutex_unlock(&chan->send_mutex);
        return r;
}

static int64_t now_ms(void)
{
        struct timespec ts;
        clock_gettime(CLOCK_MONOTONIC, &ts);
        return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Returns 0 readable, CM_CHAN_TIMEOUT. */
static int wait_readable(int fd, int64_t deadline_ms, struct cm_err *err)
{
        for (;;) {
                int wait = -1;
                if (deadline_ms >= 0)
                        wait = (int)CM_MIN(CM_MAX(deadline_ms - now_ms(), 0), 1 << 30);
                struct pollfd p = { .fd = fd, .events = POLLIN };
                int n = poll(&p, 1, wait);
                if (n > 0)
                        return 0;
                if (n == 0)
                        return CM_CHAN_TIMEOUT;
                if (errno != EINTR)
                        return CM_RAISE_ERRNO(err, CM_E_WORKER, errno,
                                              "could not wait for a frame");
        }
}

/* Takes the descriptor of a message; more than one, or none where one is said to be, is refused
 * by the caller. */
static void take_fds(struct msghdr *msg, struct cm_frame *frame, size_t *count)
{
        for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
                if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
                        continue;
                size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
                for (size_t i = 0; i < n; i++) {
                        int fd = -1;
                        memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
                        if (frame->fd < 0)
                                frame->fd = fd;
                        else
                                close(fd);
                        (*count)++;
                }
        }
}

struct receiver {
        int fd;
        int64_t deadline_ms;
        struct cm_frame *frame;
        size_t fd_count;
};

/* Returns 0; CM_CHAN_END at a clean end (only with `at_start`); CM_CHAN_TIMEOUT likewise. */
static int recv_exact(struct receiver *rx, char *out, size_t len, bool at_start, struct cm_err *err)
{
        size_t got = 0;
        while (got < len) {
                int r = wait_readable(rx->fd, rx->deadline_ms, err);
                if (r < 0 || (r > 0 && got == 0 && at_start))
                        return r;
                if (r > 0)
                        return CM_RAISE(err, CM_E_WORKER, "a frame did not arrive whole in time");
                union {
                        char bytes[CMSG_SPACE(sizeof(int) * 4)];
                        struct cmsghdr align;
                } control;
                struct iovec iov = { out + got, len - got };
                struct msghdr msg = { .msg_iov = &iov,
                                      .msg_iovlen = 1,
                                      .msg_control = control.bytes,
                                      .msg_controllen = sizeof(control.bytes) };
                ssize_t n = recvmsg(rx->fd, &msg, MSG_CMSG_CLOEXEC);
                if (n < 0 && (errno == EINTR || errno == EAGAIN))
                        continue;
                if (n < 0 && errno == ECONNRESET)
                        n = 0;
                if (n < 0)
                        return CM_RAISE_ERRNO(err, CM_E_WORKER, errno, "could not receive a frame");
                take_fds(&msg, rx->frame, &rx->fd_count);
                if (n == 0 && got == 0 && at_start)
                        return CM_CHAN_END;
                if (n == 0)
                        return CM_RAISE(err, CM_E_WORKER, "a frame is cut short");
                got += (size_t)n;
        }
        return 0;
}

int cm_chan_recv(struct cm_chan *chan, int timeout_ms, struct cm_frame *frame, struct cm_err *err)
{
        if (frame->fd >= 0)
                close(frame->fd);
        frame->fd = -1;
        cm_buf_clear(&frame->payload);
        struct receiver rx = { chan->fd, timeout_ms < 0 ? -1 : now_ms() + timeout_ms, frame, 0 };
        char header[HEADER_BYTES];
        int r = recv_exact(&rx, header, sizeof(header), true, err);
        if (r != 0)
                return r;
        struct cm_cursor c = cm_cursor_make(cm_sv_make(header, sizeof(header)));
        uint32_t len = cm_cursor_le32(&c);
        frame->type = cm_cursor_le16(&c);
        uint16_t fds = cm_cursor_le16(&c);
        if (len > CM_FRAME_BYTES_MAX)
                return CM_RAISE(err, CM_E_WORKER,
                                "a frame of %u bytes is over limit frame_bytes_max", len);
        char *out = cm_buf_reserve(&frame->payload, len);
        CM_ASSERT(out != NULL || len == 0);
        /* The header came: the rest is on its way, however long the peer took to begin. */
        rx.deadline_ms = now_ms() + 60000;
        r = recv_exact(&rx, out, len, false, err);
        if (r < 0)
                return r;
        cm_buf_commit(&frame->payload, len);
        if (rx.fd_count != fds)
                return CM_RAISE(err, CM_E_WORKER, "a frame came with %zu descriptors instead of %u",
                                rx.fd_count, (unsigned)fds);
        return 0;
}
