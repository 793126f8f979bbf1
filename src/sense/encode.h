/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of the sensor (sense/record.h) to events (model/event.h). Pure: bytes in, bytes out.
 *
 * Thread:  one encoder per thread.
 */
#pragma once

#include "base/buf.h"
#include "model/event.h"
#include "sense/record.h"

/* What a record is about, beside the event that is made of it. Views into the record. */
struct cm_sense_view {
        const struct cm_sense_header *header;
        struct cm_sv blobs[CM_SENSE_BLOBS];
        struct cm_sense_task task; /* of EXEC and FORK; copies, since blobs are not aligned */
        struct cm_sense_file file; /* of calls */
        struct cm_sense_socket socket;
        bool has_file;
        bool has_socket;
        struct cm_sv path; /* of the file, by the kernel; or "" */
};

/*
 * Takes a record apart. `bytes` must be aligned as a header is.
 * Errors: CM_E_MALFORMED: lengths that contradict each other. CM_E_UNSUPPORTED: another kind.
 */
CM_MUST_CHECK int cm_sense_view(struct cm_sv bytes, struct cm_sense_view *ret, struct cm_err *err);
/*
 * Appends the event. `epoch_ns` is when the machine was started, since the epoch.
 * Returns: 0; 1 when the call has no row (nothing is appended).
 */
CM_MUST_CHECK int cm_sense_encode(const struct cm_sense_view *view, uint64_t epoch_ns,
                                  struct cm_buf *out);
/* How calls are to be recorded: fills the table that the programs read. Returns how many there are. */
size_t cm_sense_calls(struct cm_sense_call ret[CM_SENSE_CALLS]);
