/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: capabilities of files. */
#include "codec/filecaps.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_filecaps caps;
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, CM_KIB(4));
        if (cm_filecaps_parse(cm_sv_make(data, size), &caps))
                for (unsigned i = 0; i < 64; i++)
                        if ((caps.permitted >> i & 1) != 0)
                                cm_filecaps_put_name(&out, i);
        return 0;
}
