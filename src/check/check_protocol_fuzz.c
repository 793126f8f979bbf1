/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: messages between a checking parent and its checker. */
#include "check/check_protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(16));
        struct cm_sv bytes = cm_sv_make(data, size);
        struct cm_err errs[5] = { CM_ERR_INIT };
        struct cm_check_job job;
        struct cm_check_meta meta;
        struct cm_check_result result;
        struct cm_check_document_done done;
        struct cm_check_fixed fixed;
        uint64_t index = 0;
        CM_IGNORE(cm_check_job_parse(arena, bytes, &job, &errs[0]));
        CM_IGNORE(cm_check_meta_parse(bytes, &meta, &errs[1]));
        CM_IGNORE(cm_check_result_parse(bytes, &index, &result, &errs[2]));
        CM_IGNORE(cm_check_document_done_parse(bytes, &done, &errs[3]));
        CM_IGNORE(cm_check_fixed_parse(arena, bytes, &fixed, &errs[4]));
        cm_arena_free(arena);
        return 0;
}
