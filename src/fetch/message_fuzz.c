/* SPDX-License-Identifier: Apache-2.0 */
/* What the parent reads from the fetch role, and the role from the parent; written again, it reads
 * the same. */
#include "fetch/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(64));
        struct cm_sv bytes = cm_sv_make(data, CM_MIN(size, CM_KIB(256)));
        struct cm_err err = CM_ERR_INIT;
        struct cm_fetch_setup setup;
        CM_IGNORE(cm_fetch_setup_parse(arena, bytes, &setup, &err));
        cm_err_clear(&err);
        struct cm_fetch_verdict verdict;
        CM_IGNORE(cm_fetch_verdict_parse(bytes, &verdict, &err));
        cm_err_clear(&err);
        struct cm_fetch_image image, again;
        if (cm_fetch_image_parse(arena, bytes, &image, &err) < 0)
                return 0;
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_MIB(1));
        cm_fetch_image_write(&buf, &image);
        CM_ASSERT(cm_fetch_image_parse(arena, cm_buf_sv(&buf), &again, &err) == 0);
        CM_ASSERT(cm_sv_eq(image.index_json, again.index_json));
        return 0;
}
