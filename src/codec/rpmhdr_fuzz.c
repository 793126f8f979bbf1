/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: RPM header blobs. */
#include "codec/rpmhdr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_rpmhdr h;
        struct cm_err err = CM_ERR_INIT;
        if (cm_rpmhdr_parse(cm_sv_make(data, size), &h, &err) < 0)
                return 0;
        struct cm_rpmhdr_strings it = { .begun = false };
        struct cm_sv text = cm_rpmhdr_string(&h, CM_RPM_NAME);
        uint32_t number = 0;
        while (cm_rpmhdr_next_string(&h, CM_RPM_BASENAMES, &it, &text))
                (void)cm_rpmhdr_int(&h, CM_RPM_DIRINDEXES, text.len, &number);
        return 0;
}
