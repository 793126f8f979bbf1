/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a capture and the state of processes that it describes. */
#include "base/limits.h"
#include "model/event_format.h"
#include "sense/track.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(512));
        struct cm_track *track = cm_track_new(arena);
        struct cm_err err = CM_ERR_INIT;
        struct cm_scap scap;
        struct cm_scap_block block;
        struct cm_scap_event event;
        struct cm_event_context c;
        struct cm_buf text CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&text, CM_KIB(64));
        int r = cm_scap_open(cm_sv_make(data, size), &scap, &err);
        while (r == 0 && (r = cm_scap_next(&scap, &block, &err)) == 0) {
                r = cm_track_load(track, &block, &err);
                if (r < 0 || block.kind != CM_SCAP_EVENT)
                        continue;
                r = cm_scap_event(&block, &event, &err);
                if (r == 0)
                        r = cm_track_event(track, &event, &c, &err);
                if (r == 0)
                        cm_event_put_args(&text, &c);
                cm_buf_clear(&text);
                if (r == CM_TRACK_NO_EVENT)
                        r = 0;
        }
        cm_arena_free(arena);
        return 0;
}
