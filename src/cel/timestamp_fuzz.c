/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: durations and timestamps; what is formatted is read back as the same value. */
#include "cel/timestamp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_duration d, d2;
        struct cm_timestamp t, t2;
        char text[CM_TIMESTAMP_TEXT_BYTES];
        int64_t east_s = 0;
        if (cm_duration_parse(cm_sv_make(data, size), &d, &err) == 0) {
                cm_duration_format(d, text);
                CM_ASSERT(cm_duration_parse(cm_sv_from_cstr(text), &d2, &err) == 0);
                CM_ASSERT(cm_duration_cmp(d, d2) == 0);
        }
        cm_err_clear(&err);
        if (cm_timestamp_parse(cm_sv_make(data, size), &t, &err) == 0) {
                cm_timestamp_format(t, text);
                CM_ASSERT(cm_timestamp_parse(cm_sv_from_cstr(text), &t2, &err) == 0);
                CM_ASSERT(cm_timestamp_cmp(t, t2) == 0);
        }
        cm_err_clear(&err);
        CM_IGNORE(cm_timestamp_east_s((struct cm_timestamp){ 0 }, cm_sv_make(data, size), NULL,
                                      &east_s, &err));
        return 0;
}
