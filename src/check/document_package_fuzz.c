/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: any bytes as the package of a function; its document can be written. */
#include "check/document.h"
#include "codec/node_json.h"

extern const struct cm_document_kind cm_document_package;
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_arena *arena = cm_arena_new(CM_MIB(512));
        const struct cm_node *root = NULL;
        cm_buf_init(&buf, CM_MIB(64));
        if (cm_document_package.parse(arena, cm_sv_make(data, size), &root, &err) == 0) {
                CM_ASSERT(cm_document_package.is(CM_SV(""), root));
                cm_node_write_json(&buf, root);
        }
        cm_arena_free(arena);
        return 0;
}
