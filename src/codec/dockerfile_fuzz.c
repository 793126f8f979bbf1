/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: Dockerfiles to trees, written as JSON. */
#include "codec/dockerfile.h"
#include "codec/node_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(1024));
        struct cm_err err = CM_ERR_INIT;
        const struct cm_node *root = NULL;
        if (cm_dockerfile_parse(arena, cm_sv_make(data, size), &root, &err) == 0) {
                struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
                cm_buf_init(&buf, CM_MIB(16));
                cm_node_write_json(&buf, root);
        }
        cm_arena_free(arena);
        return 0;
}
