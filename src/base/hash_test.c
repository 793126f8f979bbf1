/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of base/hash.h: it must spread, or every table becomes a list. */
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/map.h"
#include "tests/harness.h"

CM_TEST(spreads_over_low_bits)
{
        unsigned char seen[1024] = { 0 };
        size_t filled = 0;
        for (int i = 0; i < 4096; i++) {
                char text[32];
                int len = snprintf(text, sizeof(text), "key-%d", i);
                size_t at = (size_t)cm_hash64(cm_sv_make(text, (size_t)len), 7) % sizeof(seen);
                filled += seen[at] == 0;
                seen[at] = 1;
        }
        /* 4096 balls in 1024 bins leave about 1024 * e^-4 = 19 empty. */
        CM_CHECK(filled > 980);
}

CM_TEST(seed_and_length_matter)
{
        CM_CHECK(cm_hash64(CM_SV("abc"), 1) != cm_hash64(CM_SV("abc"), 2));
        CM_CHECK(cm_hash64(CM_SV(""), 1) != cm_hash64(CM_SV("a"), 1));
        CM_CHECK(cm_hash64(CM_SV("0123456789abcdef"), 1) !=
                 cm_hash64(CM_SV("0123456789abcdeg"), 1));
}
