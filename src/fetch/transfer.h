/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One body on its way: hashed as it passes, written to a descriptor or kept, and continued where
 * it broke off when the connection did. Runs in the fetch role.
 */
#pragma once

#include "base/buf.h"
#include "fetch/http.h"
#include "model/digest.h"

struct cm_transfer {
        int fd;                       /* bytes go there, or -1 */
        struct cm_buf *buffer;        /* and here, or NULL */
        struct cm_digester *digester; /* or NULL */
        uint64_t bytes_max;
        uint64_t received; /* bytes of the body that were passed on */
        /* state of the current exchange */
        uint64_t skip;
        bool has_begun;
        /* outcomes */
        bool reader_left; /* the reader closed its end: hashing goes on, so that a digest is known */
        bool is_over_limit;
        bool is_misplaced; /* a partial answer of another part than was asked for */
        int write_errno;
};

/* Before each exchange: the next answer may be the rest, or the whole again. */
void cm_transfer_begin(struct cm_transfer *t);
/* A cm_http_request sink; `ctx` is the transfer. */
bool cm_transfer_write(void *ctx, const struct cm_http_response *head, struct cm_sv bytes);
