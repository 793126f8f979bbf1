/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: zip reader; members that are read keep to the limits that were given. */
#include "base/arena.h"
#include "codec/zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(64));
        struct cm_err err = CM_ERR_INIT;
        struct cm_zip zip;
        struct cm_zip_entry e;
        if (cm_zip_open(arena, cm_sv_make(data, size), CM_MIB(16), &zip, &err) < 0)
                return 0;
        while (cm_zip_next(&zip, &e, &err) == 0) {
                struct cm_err problem = CM_ERR_INIT;
                struct cm_sv got = CM_SV("");
                if (cm_zip_read(&zip, arena, &e, CM_MIB(1), &got, &problem) == 0)
                        CM_ASSERT(got.len == e.size_bytes && got.len <= CM_MIB(1));
        }
        CM_ASSERT(zip.inflate_left <= CM_MIB(16));
        return 0;
}
