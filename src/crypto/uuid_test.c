/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of crypto/uuid.h against values of other implementations. */
#include <string.h>

#include "crypto/uuid.h"
#include "tests/harness.h"

/* What Python's uuid.uuid5(uuid.NAMESPACE_URL, NAME) gives. */
CM_TEST(known_values)
{
        char text[CM_UUID_TEXT_BYTES];
        const struct cm_sv url[] = { CM_SV("http:"), CM_SV(""), CM_SV("www.example.com"),
                                     CM_SV("") };
        CM_CHECK(strcmp(cm_uuid_of(url, 4, text), "fcde3c85-2270-590f-9e7c-ee003d65e0e2") == 0);
        CM_CHECK(strcmp(cm_uuid_of(url, 0, text), "1b4db7eb-4057-5ddf-91e0-36dec72071f5") == 0);
        const struct cm_sv parts[] = { CM_SV("a"), CM_SV("b") };
        CM_CHECK(strcmp(cm_uuid_of(parts, 2, text), "91410e86-9161-5317-9576-be5c7660f085") == 0);
}
