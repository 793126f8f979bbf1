/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: files of answers. */
#include "comply/answers.h"
#include "tests/lsan_fyaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(256));
        struct cm_comply_answer *answers = NULL;
        size_t count = 0;
        struct cm_err err = CM_ERR_INIT;
        if (cm_comply_answers_parse(arena, cm_sv_make(data, size), 1800000000, &answers, &count,
                                    &err) == 0)
                for (size_t i = 0; i < count; i++)
                        CM_ASSERT((answers[i].row.len > 0) != (answers[i].check.len > 0));
        cm_arena_free(arena);
        return 0;
}
