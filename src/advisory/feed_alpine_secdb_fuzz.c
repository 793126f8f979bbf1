/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: feed alpine_secdb. */
#include "advisory/feed_fuzz_util.h"

extern const struct cm_feed cm_feed_alpine_secdb;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        /* The first byte chooses the form. */
        static const char *const members[] = { "x.json", "x.yaml" };
        if (size == 0)
                return 0;
        const char *member = members[data[0] % CM_ARRAY_LEN(members)];
        return cm_feed_fuzz(&cm_feed_alpine_secdb, member, data + 1, size - 1);
}
