/* SPDX-License-Identifier: Apache-2.0 */
/* Netlink of the audit subsystem; see audit_rules.h. */
#include "os/audit_rules.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <stdalign.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum {
        ANSWER_BYTES_MAX = 64 << 10
};

static int ask(int fd, struct cm_err *err)
{
        const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
        const struct timeval wait = { .tv_sec = 1 };
        const struct nlmsghdr request = { .nlmsg_len = sizeof(request),
                                          .nlmsg_type = AUDIT_LIST_RULES,
                                          .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
                                          .nlmsg_seq = 1 };
        if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) != 0 ||
            sendto(fd, &request, sizeof(request), 0, (const struct sockaddr *)&kernel,
                   sizeof(kernel)) < 0)
                return CM_RAISE_ERRNO(err, CM_E_ENV, errno, "could not ask for audit rules");
        return 0;
}

/* One datagram holds messages; 1 at the end of all. */
static int take(const char *bytes, size_t size, void (*put)(void *ctx, struct cm_sv rule),
                void *ctx, struct cm_err *err)
{
        while (size >= sizeof(struct nlmsghdr)) {
                struct nlmsghdr head;
                memcpy(&head, bytes, sizeof(head));
                if (head.nlmsg_len < sizeof(head) || head.nlmsg_len > size)
                        return CM_RAISE(err, CM_E_MALFORMED, "the kernel's audit answer is cut");
                const char *body = bytes + NLMSG_HDRLEN;
                size_t length = head.nlmsg_len - NLMSG_HDRLEN;
                int code = 0;
                if (head.nlmsg_type == NLMSG_DONE)
                        return 1;
                if (head.nlmsg_type == NLMSG_ERROR && length >= sizeof(code)) {
                        memcpy(&code, body, sizeof(code));
                        if (code != 0)
                                return CM_RAISE_ERRNO(err, CM_E_ENV, -code,
                                                      "could not list audit rules");
                } else if (head.nlmsg_type == AUDIT_LIST_RULES) {
                        put(ctx, cm_sv_make(body, length));
                }
                size_t step = CM_MIN(NLMSG_ALIGN((size_t)head.nlmsg_len), size);
                bytes += step;
                size -= step;
        }
        return 0;
}

int cm_audit_rules_list(void (*put)(void *ctx, struct cm_sv rule), void *ctx, struct cm_err *err)
{
        int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);
        if (fd < 0)
                return CM_RAISE_ERRNO(err, CM_E_ENV, errno, "could not reach the audit subsystem");
        alignas(struct nlmsghdr) char answer[ANSWER_BYTES_MAX];
        int r = ask(fd, err);
        while (r == 0) {
                struct sockaddr_nl from = { 0 };
                socklen_t from_len = sizeof(from);
                ssize_t n = recvfrom(fd, answer, sizeof(answer), 0, (struct sockaddr *)&from,
                                     &from_len);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        r = CM_RAISE_ERRNO(err, CM_E_ENV, errno, "could not list audit rules");
                else if (from.nl_pid == 0) /* the kernel, and nobody in its name */
                        r = take(answer, (size_t)n, put, ctx, err);
        }
        close(fd);
        return r < 0 ? r : 0;
}
