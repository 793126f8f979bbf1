/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML streams to document trees (codec/node.h), for configuration: Kubernetes manifests, rendered
 * Helm charts, Compose files, CloudFormation and SAM templates. Advisories have the stricter
 * codec/yaml.h.
 *
 * Documents: as many as the stream has; those that hold nothing but comments are left out.
 * Aliases:   share the node they name. A cycle is an error; so are aliases that would expand to
 *            more than CM_NODE_COUNT_MAX nodes or deeper than CM_NODE_DEPTH_MAX levels.
 * Merge key: "<<" in plain style, with a map or a list of maps (of which the first wins). A map's own
 *            members win over merged ones; under GO2 only those behind the key do, as go-yaml v2 has
 *            it. Merged members keep the position where they were written.
 * Tags:      !!str !!int !!float !!bool !!null are obeyed (a value that is not of that type is an
 *            error); others are ignored, or see `cloudformation`. "!" makes a string (not under GO3).
 * Scalars:   only plain ones are typed, by the schema:
 *            GO2   as go-yaml v2 does, which sigs.k8s.io/yaml (kubectl, Helm) reads with. Booleans:
 *                  y Y yes Yes YES true True TRUE on On ON, n N no No NO false False FALSE off Off
 *                  OFF. Integers: sign, 0x 0o 0b, a leading 0 is octal, "_" is skipped. "08" is the
 *                  real number 8.
 *            GO3   as go-yaml v3 does, which Compose reads with: as GO2, but the only booleans are
 *                  true and false in three spellings (Compose then takes "yes" in a field that is
 *                  boolean by its own schema; that is up to the Compose view).
 *            CORE  YAML 1.2 core: booleans as GO3, decimal, 0o and 0x integers, 0644 is 644.
 *            TEXT  every plain scalar is the text that it is written as, but for null; and brackets may
 *                  close at the indentation of what is around them (rule files do so).
 *            Keys: stay as they are written, whatever their type.
 *            All:  "", ~, null, Null, NULL; .inf and .nan; integers beyond 64 bits with sign are
 *                  real numbers; dates are text.
 * Errors:    CM_E_MALFORMED and CM_E_LIMIT with line and column (column in bytes).
 * Owns:      the trees live in `arena` and borrow from `text`, which must outlive them.
 * Spec:      YAML 1.2.2; AWS CloudFormation user guide, "Intrinsic function reference".
 */
#pragma once

#include "base/err.h"
#include "codec/node.h"

enum cm_node_yaml_schema {
        CM_NODE_YAML_GO2,
        CM_NODE_YAML_GO3,
        CM_NODE_YAML_CORE,
        CM_NODE_YAML_TEXT,
        CM_NODE_YAML_SCHEMA_COUNT
};

struct cm_node_yaml_options {
        enum cm_node_yaml_schema schema;
        bool last_key_wins; /* else a key that appears twice is an error that names both places */
        /* "!Ref x" becomes {"Ref": x}, "!Condition x" {"Condition": x}, "!Sub x" {"Fn::Sub": x}, and
         * "!GetAtt a.b" {"Fn::GetAtt": ["a", "b"]}. */
        bool cloudformation;
};

struct cm_node_doc {
        const struct cm_node *root;
        struct cm_node_pos pos; /* of "---", or of the root where there is none */
};

/*
 * For streams of many documents: gives them out one by one. Each lives in `arena` until `each` comes
 * back, which ends the walk with what it returns below 0; `arena` is emptied between documents, and
 * nothing else may be in it. Limits are those of the whole stream. Errors: those above; documents
 * before the fault were given out then.
 */
CM_MUST_CHECK int cm_node_walk_yaml(struct cm_arena *arena, struct cm_sv text,
                                    const struct cm_node_yaml_options *options,
                                    int (*each)(void *ctx, const struct cm_node_doc *doc,
                                                struct cm_err *err),
                                    void *ctx, struct cm_err *err);

CM_MUST_CHECK int cm_node_parse_yaml(struct cm_arena *arena, struct cm_sv text,
                                     const struct cm_node_yaml_options *options,
                                     const struct cm_node_doc **ret_docs, size_t *ret_count,
                                     struct cm_err *err);
