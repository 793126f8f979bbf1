/* SPDX-License-Identifier: Apache-2.0 */
/* See fingerprint.h. */
#include "crypto/fingerprint.h"

#include "crypto/sha256.h"

struct cm_sv cm_fingerprint(struct cm_arena *arena, const struct cm_sv *parts, size_t count)
{
        struct cm_sha256 *sha = cm_sha256_new();
        cm_sha256_update(sha, CM_SV("coaming/fingerprint/1"));
        cm_sha256_update(sha, cm_sv_make("", 1));
        for (size_t i = 0; i < count; i++) {
                cm_sha256_update(sha, parts[i]);
                cm_sha256_update(sha, cm_sv_make("", 1)); /* the NUL that texts do not have */
        }
        char text[CM_SHA256_TEXT_BYTES];
        cm_sha256_text(sha, text);
        cm_sha256_free(sha);
        return cm_sv_printf(arena, "fp:%.32s", text + 7);
}
