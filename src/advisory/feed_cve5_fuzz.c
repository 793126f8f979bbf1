/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: feed cve5. */
#include "advisory/feed_fuzz_util.h"

extern const struct cm_feed cm_feed_cve5;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        return cm_feed_fuzz(&cm_feed_cve5, "cves/CVE-2024-1.json", data, size);
}
