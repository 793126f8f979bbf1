/* SPDX-License-Identifier: Apache-2.0 */
/* transfer.h over write(2). */
#include "fetch/transfer.h"

#include <errno.h>
#include <unistd.h>

void cm_transfer_begin(struct cm_transfer *t)
{
        t->has_begun = false;
        t->skip = 0;
}

static void write_fd(struct cm_transfer *t, struct cm_sv bytes)
{
        while (bytes.len > 0 && !t->reader_left && t->write_errno == 0) {
                ssize_t n = write(t->fd, bytes.ptr, bytes.len);
                if (n > 0)
                        bytes = cm_sv_skip(bytes, (size_t)n);
                else if (n < 0 && errno == EPIPE)
                        t->reader_left = true;
                else if (n < 0 && errno != EINTR)
                        t->write_errno = errno;
        }
}

bool cm_transfer_write(void *ctx, const struct cm_http_response *head, struct cm_sv bytes)
{
        struct cm_transfer *t = ctx;
        if (!t->has_begun) {
                t->has_begun = true;
                if (head->status == 206 && head->range_start != t->received) {
                        t->is_misplaced = true;
                        return false;
                }
                /* A server that does not know ranges starts again: what is known is dropped. */
                t->skip = head->status == 206 ? 0 : t->received;
        }
        size_t dropped = (size_t)CM_MIN(t->skip, (uint64_t)bytes.len);
        t->skip -= dropped;
        bytes = cm_sv_skip(bytes, dropped);
        if (bytes.len > t->bytes_max - t->received) {
                t->is_over_limit = true;
                return false;
        }
        t->received += bytes.len;
        if (t->digester != NULL)
                cm_digester_update(t->digester, bytes);
        if (t->buffer != NULL)
                cm_buf_put_sv(t->buffer, bytes);
        if (t->fd >= 0)
                write_fd(t, bytes);
        return t->write_errno == 0;
}
