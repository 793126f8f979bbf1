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

/* The reference key 00 01 .. 0f and messages 00 01 .. of each length: values of the paper's test
 * vectors (appendix A gives length 15) and of the reference implementation's table. */
CM_TEST(siphash_reference)
{
        static const struct {
                size_t len;
                uint64_t expected;
        } vectors[] = {
                { 0, 0x726fdb47dd0e0e31U },  { 1, 0x74f839c593dc67fdU },
                { 7, 0xab0200f58b01d137U },  { 8, 0x93f5f5799a932462U },
                { 15, 0xa129ca6149be45e5U }, { 63, 0x958a324ceb064572U },
        };
        struct cm_siphash_key key;
        char message[64];
        for (size_t i = 0; i < sizeof(message); i++)
                message[i] = (char)i;
        for (size_t i = 0; i < sizeof(key.bytes); i++)
                key.bytes[i] = (unsigned char)i;
        for (size_t i = 0; i < CM_ARRAY_LEN(vectors); i++)
                CM_CHECK(cm_siphash(cm_sv_make(message, vectors[i].len), &key) ==
                         vectors[i].expected);
        key.bytes[15] ^= 1;
        CM_CHECK(cm_siphash(cm_sv_make(message, 15), &key) != 0xa129ca6149be45e5U);
}
