/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: pattern and text split at the first newline; both ways to search agree. */
#include "cel/regex.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(256));
        struct cm_err err = CM_ERR_INIT;
        const struct cm_regex *re = NULL;
        struct cm_regex_match match;
        struct cm_sv pattern, text;
        cm_sv_cut(cm_sv_make(data, size), '\n', &pattern, &text);
        if (cm_regex_compile(arena, pattern, &re, &err) == 0) {
                struct cm_regex_iter *iter = cm_regex_iter_new(re, text, arena);
                bool found = cm_regex_iter_next(iter, &match);
                CM_ASSERT(cm_regex_search(re, text, arena, NULL) == found);
                for (size_t last = 0; found; found = cm_regex_iter_next(iter, &match)) {
                        CM_ASSERT(match.spans[0].start >= last);
                        CM_ASSERT(match.spans[0].end >= match.spans[0].start);
                        CM_ASSERT(match.spans[0].end <= text.len);
                        last = match.spans[0].end;
                }
        }
        cm_arena_free(arena);
        return 0;
}
