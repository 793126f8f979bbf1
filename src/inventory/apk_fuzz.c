/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: cataloger apk. */
#include "inventory/probe_util.h"

extern const struct cm_cataloger cm_cataloger_apk;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        return cm_cataloger_fuzz(&cm_cataloger_apk, "lib/apk/db/installed", data, size);
}
