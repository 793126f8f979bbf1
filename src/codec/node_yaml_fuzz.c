/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: YAML to document trees; the first byte chooses the options. */
#include "codec/node_json.h"
#include "codec/node_yaml.h"
#include "tests/lsan_fyaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(256));
        struct cm_err err = CM_ERR_INIT;
        const struct cm_node_doc *docs = NULL;
        size_t count = 0;
        uint8_t choice = size == 0 ? 0 : data[0];
        const struct cm_node_yaml_options options = {
                .schema = (enum cm_node_yaml_schema)(choice % CM_NODE_YAML_SCHEMA_COUNT),
                .last_key_wins = (choice & 4) != 0,
                .cloudformation = (choice & 8) != 0,
        };
        struct cm_sv text = size == 0 ? CM_SV("") : cm_sv_make(data + 1, size - 1);
        if (cm_node_parse_yaml(arena, text, &options, &docs, &count, &err) == 0) {
                struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
                cm_buf_init(&buf, CM_MIB(16));
                for (size_t i = 0; i < count; i++)
                        cm_node_write_json(&buf, docs[i].root);
        }
        cm_arena_free(arena);
        return 0;
}
