/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: cataloger osrelease; the first byte chooses the file that the rest is. */
#include "inventory/probe_util.h"

extern const struct cm_cataloger cm_cataloger_osrelease;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        size_t count = 0;
        while (cm_cataloger_osrelease.globs[count] != NULL)
                count++;
        if (size == 0)
                return 0;
        return cm_cataloger_fuzz(&cm_cataloger_osrelease,
                                 cm_cataloger_osrelease.globs[data[0] % count], data + 1, size - 1);
}
