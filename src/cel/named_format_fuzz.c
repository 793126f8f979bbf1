/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: every named format on one text. */
#include "cel/named_format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        const struct cm_named_format *format = NULL;
        struct cm_sv errors[CM_NAMED_FORMAT_ERRORS_MAX];
        struct cm_sv text = cm_sv_make(data, size);
        size_t wrong[16] = { 0 };
        for (size_t i = 0; (format = cm_named_format_at(i)) != NULL; i++) {
                wrong[i] = cm_named_format_check(format, arena, text, errors);
                CM_ASSERT(wrong[i] <= CM_NAMED_FORMAT_ERRORS_MAX);
        }
        /* A label of RFC 1035 is one of RFC 1123, which is a subdomain. */
        CM_ASSERT(wrong[4] != 0 || wrong[0] == 0);
        CM_ASSERT(wrong[0] != 0 || wrong[2] == 0);
        cm_arena_free(arena);
        return 0;
}
