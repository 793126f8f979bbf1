/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: framework files and files of examples. */
#include "codec/node_yaml.h"
#include "comply/examples.h"
#include "tests/lsan_fyaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const struct cm_node_yaml_options options = { .schema = CM_NODE_YAML_CORE };
        struct cm_arena *arena = cm_arena_new(CM_MIB(512));
        const struct cm_node_doc *docs = NULL;
        size_t count = 0;
        struct cm_err err = CM_ERR_INIT;
        int r = cm_node_parse_yaml(arena, cm_sv_make(data, size), &options, &docs, &count, &err);
        for (size_t i = 0; r == 0 && i < count; i++) {
                struct cm_err problem = CM_ERR_INIT;
                struct cm_framework framework;
                struct cm_examples examples = { NULL, 0 };
                if (cm_framework_is(docs[i].root))
                        CM_IGNORE(cm_framework_load(arena, CM_SV("f"), docs[i].root, &framework,
                                                    &problem));
                else
                        CM_IGNORE(cm_examples_load(arena, CM_SV("f"), docs[i].root, &examples,
                                                   &problem));
        }
        cm_arena_free(arena);
        return 0;
}
