/* SPDX-License-Identifier: Apache-2.0 */
/* The receiver against a peer that writes what it likes and leaves. */
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        int fds[2];
        if (size > CM_KIB(64) || socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
                return 0;
        struct cm_chan chan;
        struct cm_frame frame;
        struct cm_err err = CM_ERR_INIT;
        cm_chan_init(&chan, fds[1]);
        cm_frame_init(&frame);
        CM_ASSERT(size == 0 || write(fds[0], data, size) == (ssize_t)size);
        close(fds[0]);
        while (cm_chan_recv(&chan, 0, &frame, &err) == 0)
                CM_ASSERT(frame.payload.len <= size && frame.fd == -1);
        cm_frame_fini(&frame);
        cm_chan_fini(&chan);
        return 0;
}
