/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: URLs and their parameters. */
#include "cel/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        struct cm_err err = CM_ERR_INIT;
        struct cm_url url, again;
        struct cm_sv key, value;
        struct cm_sv text = cm_sv_make(data, size);
        if (cm_url_parse(arena, text, &url, &err) == 0) {
                CM_ASSERT(cm_url_is_valid(arena, text));
                CM_ASSERT(cm_url_parse(arena, text, &again, &err) == 0 && cm_url_eq(&url, &again));
                CM_ASSERT(url.escaped_path.len == 0 || cm_url_is_valid(arena, url.escaped_path));
                while (cm_url_next_param(arena, &url.query, &key, &value))
                        CM_ASSERT(key.len + value.len <= size);
        }
        cm_arena_free(arena);
        return 0;
}
