/* SPDX-License-Identifier: Apache-2.0 */
/*
 * State of processes from the events of a capture: what threads there are, what they run, what their
 * descriptors are. It answers what rules ask beside an event (model/process.h). For captures: memory
 * grows with what the capture names. Not for: a live host, whose tracker forgets.
 */
#pragma once

#include "codec/scap.h"
#include "model/process.h"

struct cm_track;

/* Owns: everything lives in `arena`. */
struct cm_track *cm_track_new(struct cm_arena *arena);
/* Takes the processes, descriptors or users of a block; other kinds are passed over. */
CM_MUST_CHECK int cm_track_load(struct cm_track *track, const struct cm_scap_block *block,
                                struct cm_err *err);
enum {
        CM_TRACK_NO_EVENT = 1
};
/*
 * Takes one event into the state and tells what rules see of it.
 *
 * Returns: 0; CM_TRACK_NO_EVENT: it only changed the state (the beginning of a call, or a type of
 *          event that rules do not know).
 * Errors:  CM_E_MALFORMED.
 * Owns:    *ret is valid until the next call; the bytes of `recorded` must be so, too.
 */
CM_MUST_CHECK int cm_track_event(struct cm_track *track, const struct cm_scap_event *recorded,
                                 struct cm_event_context *ret, struct cm_err *err);
