/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: messages between the scanning parent and its worker. */
#include "image/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(256));
        struct cm_sv bytes = cm_sv_make(data, size);
        struct cm_job job;
        struct cm_image image;
        struct cm_layer_piece piece;
        const struct cm_sv *known = NULL;
        size_t count = 0;
        struct cm_err err = CM_ERR_INIT;
        CM_IGNORE(cm_job_parse(bytes, &job, &err));
        cm_err_clear(&err);
        CM_IGNORE(cm_image_parse(arena, bytes, &image, &err));
        cm_err_clear(&err);
        CM_IGNORE(cm_plan_parse(arena, bytes, &known, &count, &err));
        cm_err_clear(&err);
        CM_IGNORE(cm_layer_piece_parse(bytes, &piece, &err));
        cm_err_clear(&err);
        CM_IGNORE(cm_fail_parse(bytes, &err));
        cm_arena_free(arena);
        return 0;
}
