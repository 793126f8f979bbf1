/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: catalogers dpkg and dpkg_files, and so the stanza reader of codec/deb822.h. */
#include "inventory/probe_util.h"

extern const struct cm_cataloger cm_cataloger_dpkg;
extern const struct cm_cataloger cm_cataloger_dpkg_files;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        cm_cataloger_fuzz(&cm_cataloger_dpkg, "var/lib/dpkg/status", data, size);
        cm_cataloger_fuzz(&cm_cataloger_dpkg_files, "var/lib/dpkg/info/a:b.list", data, size);
        return cm_cataloger_fuzz(&cm_cataloger_dpkg_files, "var/lib/dpkg/status.d/a.md5sums", data,
                                 size);
}
