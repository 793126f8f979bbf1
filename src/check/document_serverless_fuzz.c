/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: any YAML as a serverless template; what it gives out has a place and can be written. */
#include "check/document.h"
#include "codec/node_json.h"
#include "tests/lsan_fyaml.h"

static int put(struct cm_subject_sink *sink, const struct cm_subject *s, struct cm_err *err)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        (void)sink, (void)err;
        CM_ASSERT(s->subject != NULL && s->variables[0] == s->subject && s->pos.line > 0);
        cm_buf_init(&buf, CM_MIB(16));
        cm_node_write_json(&buf, s->subject);
        return 0;
}

extern const struct cm_document_kind cm_document_serverless;
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_subject_sink sink = { put };
        struct cm_err err = CM_ERR_INIT;
        struct cm_arena *arena = cm_arena_new(CM_MIB(1024));
        const struct cm_node_yaml_options options = { .schema = cm_document_serverless.schema,
                                                      .cloudformation = true };
        const struct cm_node_doc *docs = NULL;
        size_t count = 0;
        if (cm_node_parse_yaml(arena, cm_sv_make(data, size), &options, &docs, &count, &err) == 0 &&
            count > 0) {
                const struct cm_document d = { .name = CM_SV("serverless.yml"),
                                               .root = docs[0].root };
                if (cm_document_serverless.is(d.name, d.root))
                        CM_IGNORE(cm_document_serverless.subjects(arena, &d, &sink, &err));
        }
        cm_arena_free(arena);
        return 0;
}
