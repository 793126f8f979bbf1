/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: cataloger osrelease; the first byte picks the file. */
#include "inventory/probe_util.h"

extern const struct cm_cataloger cm_cataloger_osrelease;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const char *const paths[] = { "etc/os-release", "etc/lsb-release",
                                             "etc/alpine-release", "etc/debian_version",
                                             "etc/redhat-release" };
        if (size > 0)
                (void)cm_cataloger_fuzz(&cm_cataloger_osrelease,
                                        paths[data[0] % CM_ARRAY_LEN(paths)], data + 1, size - 1);
        return 0;
}
