/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: YAML to document trees; the first byte chooses the options. */
#include "codec/node_json.h"
#include "codec/node_yaml.h"
#include "tests/lsan_fyaml.h"

static int write_document(void *ctx, const struct cm_node_doc *doc, struct cm_err *err)
{
        (void)err;
        cm_node_write_json(ctx, doc->root);
        return 0;
}

static bool text_is_json(struct cm_sv text)
{
        text = cm_sv_trim(text);
        return cm_sv_has_prefix(text, CM_SV("{")) || cm_sv_has_prefix(text, CM_SV("["));
}

/* One by one they are the same. */
static void walk(struct cm_sv text, const struct cm_node_yaml_options *options, struct cm_sv want)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(256));
        struct cm_err err = CM_ERR_INIT;
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, CM_MIB(16));
        int r = cm_node_walk_yaml(arena, text, options, write_document, &buf, &err);
        CM_ASSERT(r == 0 && cm_sv_eq(cm_buf_sv(&buf), want));
        cm_arena_free(arena);
}

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
                if (!text_is_json(text)) /* long lines of it are read by another reader */
                        walk(text, &options, cm_buf_sv(&buf));
        }
        cm_arena_free(arena);
        return 0;
}
