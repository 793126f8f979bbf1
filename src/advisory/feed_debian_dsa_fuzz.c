/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: feed debian_dsa. */
#include "advisory/feed_fuzz_util.h"

extern const struct cm_feed cm_feed_debian_dsa;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        return cm_feed_fuzz(&cm_feed_debian_dsa, "DSA/list", data, size);
}
