/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames between a parent and a role over one stream socketpair: le32 payload length, le16 type,
 * le16 number of descriptors (0 or 1), payload. A stream, not SOCK_SEQPACKET, because a frame of
 * CM_FRAME_BYTES_MAX does not fit a socket buffer. The receiver decides what a type means; bytes
 * of a frame are read with base/cursor.h only.
 *
 * Thread:  sending is safe from several threads; receiving is for one thread at a time.
 */
#pragma once

#include <pthread.h>

#include "base/buf.h"

struct cm_chan {
        int fd;
        pthread_mutex_t send_mutex;
};

struct cm_frame {
        uint16_t type;
        struct cm_buf payload; /* reused from frame to frame */
        int fd;                /* -1, or a received descriptor: the receiver takes or closes it */
};

void cm_chan_init(struct cm_chan *chan, int fd); /* takes fd */
void cm_chan_fini(struct cm_chan *chan);

void cm_frame_init(struct cm_frame *frame);
void cm_frame_fini(struct cm_frame *frame);

/* `fd` is -1 or a descriptor to pass (it stays the caller's). Errors: CM_E_WORKER (peer is gone). */
CM_MUST_CHECK int cm_chan_send(struct cm_chan *chan, uint16_t type, struct cm_sv payload, int fd,
                               struct cm_err *err);
/*
 * Waits up to `timeout_ms` (-1 = for ever) for the next frame.
 * Returns: 0; CM_CHAN_END when the peer closed between frames; CM_CHAN_TIMEOUT.
 * Errors:  CM_E_WORKER: cut frame, too large, unexpected descriptors.
 */
enum {
        CM_CHAN_END = 1,
        CM_CHAN_TIMEOUT = 2
};
CM_MUST_CHECK int cm_chan_recv(struct cm_chan *chan, int timeout_ms, struct cm_frame *frame,
                               struct cm_err *err);
