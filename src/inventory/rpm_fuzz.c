/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: cataloger rpm, its sqlite database and its manifest. */
#include "inventory/probe_util.h"

extern const struct cm_cataloger cm_cataloger_rpm;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bool is_sqlite = cm_sv_has_prefix(cm_sv_make(data, size), CM_SV("SQLite format 3"));
        return cm_cataloger_fuzz(&cm_cataloger_rpm,
                                 is_sqlite ? "var/lib/rpm/rpmdb.sqlite"
                                           : "var/lib/rpmmanifest/container-manifest-2",
                                 data, size);
}
