/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: every getter of an rpm header; what it gives lies inside the input. */
#include <string.h>

#include "codec/rpmhdr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const enum cm_rpm_tag tags[] = { CM_RPM_NAME, CM_RPM_EPOCH, CM_RPM_DIRINDEXES,
                                                CM_RPM_BASENAMES, CM_RPM_DIRNAMES };
        struct cm_sv blob = cm_sv_make(data, size);
        struct cm_err err = CM_ERR_INIT;
        struct cm_rpmhdr h;
        if (cm_rpmhdr_parse(blob, &h, &err) < 0)
                return 0;
        for (size_t i = 0; i < CM_ARRAY_LEN(tags); i++) {
                struct cm_sv text = cm_rpmhdr_string(&h, tags[i]);
                CM_ASSERT(text.len <= size && memchr(text.ptr, '\0', text.len) == NULL);
                struct cm_sv ints = cm_rpmhdr_ints(&h, tags[i]);
                CM_ASSERT(ints.len % 4 == 0 && ints.len <= size);
                struct cm_rpmhdr_strings it = { .begun = false };
                size_t total = 0;
                while (cm_rpmhdr_next_string(&h, tags[i], &it, &text))
                        total += text.len + 1;
                CM_ASSERT(total <= size);
        }
        return 0;
}
