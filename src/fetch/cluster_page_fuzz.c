/* SPDX-License-Identifier: Apache-2.0 */
/* The same bytes as a page of pods and as a table of secrets: what comes out is JSON again. */
#include "base/limits.h"
#include "codec/node_json.h"
#include "fetch/cluster_survey.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const char *const kinds[] = { "Pod", "Secret" };
        if (size > CM_KIB(256))
                return 0;
        for (size_t i = 0; i < CM_ARRAY_LEN(kinds); i++) {
                struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
                = cm_arena_new(CM_MIB(512));
                struct cm_buf out CM_CLEANUP(cm_buf_fini);
                cm_buf_init(&out, CM_MIB(4));
                struct cm_err err = CM_ERR_INIT;
                struct cm_cluster_page page = { .count = 0 };
                if (cm_cluster_page_read(arena, kinds[i], "v1", cm_sv_make(data, size), &out, &page,
                                         &err) < 0)
                        continue;
                struct cm_sv list = cm_sv_printf(arena, "[null%.*s]", CM_SV_ARG(cm_buf_sv(&out)));
                const struct cm_node_json_options options = { .refuse_duplicate_keys = true };
                struct cm_node_json_result result;
                CM_ASSERT(cm_node_parse_json(arena, list, &options, &result, &err) == 0);
                CM_ASSERT(cm_node_count(result.root) == page.count + 1);
        }
        return 0;
}
