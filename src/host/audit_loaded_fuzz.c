/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: audit rules as the kernel gives them. */
#include "codec/node_json.h"
#include "host/audit_loaded.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_node *list = cm_host_new_list(arena);
        cm_buf_init(&buf, CM_MIB(16));
        cm_host_audit_loaded(arena, cm_sv_make(data, size), list);
        cm_node_write_json(&buf, list);
        cm_arena_free(arena);
        return 0;
}
