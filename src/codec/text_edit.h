/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One change of a YAML or JSON text that leaves everything else as it is written: comments, order,
 * quotes, indentation, line endings. The change is made in the text, at the places that the nodes
 * have, and the new text is read again: it must give exactly the tree that was wanted
 * (codec/node_patch.h), else the change is refused. So a text that was not foreseen costs a
 * refusal, never a wrong file.
 *
 * Refused: what an alias or a merge key shares; block scalars and scalars of several lines; complex
 *          keys; texts with a lone carriage return; JSON objects with a key twice.
 */
#pragma once

#include "codec/node_yaml.h"

struct cm_text_edit {
        size_t document;             /* of the stream, from 0 */
        struct cm_sv pointer;        /* RFC 6901; "-" is behind the last item */
        const struct cm_node *value; /* NULL: what is there is left out */
        bool inserts;                /* before what is there; only codec/dockerfile_edit.h */
};

/*
 * Maps on the way to `pointer` that are missing, or null, are made.
 *
 * Input:   `schema` is how plain scalars of the text are read, see node_yaml.h.
 * Errors:  CM_E_MALFORMED: the pointer leads to nothing; the text cannot be read; CM_E_UNSUPPORTED:
 *          it is written in a way that is not changed by program, with line and reason. CM_E_LIMIT.
 * Owns:    *ret lives in `arena`.
 */
CM_MUST_CHECK int cm_text_edit(struct cm_arena *arena, struct cm_sv text,
                               enum cm_node_yaml_schema schema, const struct cm_text_edit *edit,
                               struct cm_sv *ret, struct cm_err *err);

/* The documents of a text as the editor reads them. Errors: CM_E_MALFORMED, CM_E_LIMIT. */
CM_MUST_CHECK int cm_text_edit_read(struct cm_arena *arena, struct cm_sv text,
                                    enum cm_node_yaml_schema schema, const struct cm_node_doc **ret,
                                    size_t *ret_count, struct cm_err *err);
/* The same values, members in any order? Places do not count. */
bool cm_node_is_same(const struct cm_node *a, const struct cm_node *b);
