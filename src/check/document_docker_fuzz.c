/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: anything as what an engine says of itself; the variables of its objects are maps. */
#include "check/document_docker.h"

static int put(struct cm_subject_sink *sink, const struct cm_subject *s, struct cm_err *err)
{
        (void)sink, (void)err;
        CM_ASSERT(s->subject != NULL && cm_node_type(s->variables[0]) == CM_NODE_MAP);
        return 0;
}

extern const struct cm_document_kind cm_document_docker;
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_subject_sink sink = { put };
        struct cm_err err = CM_ERR_INIT;
        struct cm_arena *arena = cm_arena_new(CM_MIB(512));
        struct cm_document d = { .name = CM_SV("daemon.json") };
        if (cm_document_read_json(arena, cm_sv_make(data, size), &d.root, &err) == 0 &&
            cm_document_docker.is(d.name, d.root)) {
                d.root = cm_document_docker.normalise(arena, d.root);
                CM_IGNORE(cm_document_docker.subjects(arena, &d, &sink, &err));
        }
        cm_arena_free(arena);
        return 0;
}
