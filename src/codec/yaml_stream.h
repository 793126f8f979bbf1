/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events of libfyaml, for the two YAML readers (codec/yaml.c, codec/node_yaml.c) and nobody else:
 * how the parser is set up so that it prints nothing and how its errors become ours.
 */
#pragma once

#include <libfyaml.h>

#include "base/arena.h"
#include "base/buf.h"

struct cm_yaml_stream {
        struct cm_arena *arena; /* of error texts */
        struct fy_parser *parser;
        struct fy_diag *diag;
        struct cm_buf words; /* what libfyaml would have printed */
        /* libfyaml 0.7.12 puts a simple key on a list twice before it refuses a tab behind ":", and
         * freeing that list crashes or never ends: such a parser is left to the process's end. */
        bool broken;
};

/*
 * `text` is borrowed until the stream is closed and must have passed cm_yaml_check_bytes().
 * `loose_flow`: a bracket may close at the indentation of what is around it, which YAML forbids and
 * other readers allow.
 */
CM_MUST_CHECK int cm_yaml_stream_open(struct cm_yaml_stream *s, struct cm_arena *arena,
                                      struct cm_sv text, bool loose_flow, struct cm_err *err);
void cm_yaml_stream_close(struct cm_yaml_stream *s); /* for CM_CLEANUP; takes a zeroed one */
/*
 * Calls on_event() for every event up to the end of the stream; what it returns below 0 ends the
 * walk and is forwarded. Errors: CM_E_MALFORMED with line and column.
 */
CM_MUST_CHECK int cm_yaml_stream_walk(struct cm_yaml_stream *s,
                                      int (*on_event)(void *ctx, struct fy_event *e), void *ctx,
                                      struct cm_err *err);

/*
 * Bytes that YAML forbids: libfyaml 0.7.12 does not end on a directive that is not valid UTF-8, and
 * has other trouble with them. And too many tokens on one line, in nested brackets or in a "? " key:
 * it keeps them all, 350 bytes each, until it knows what is a key. Errors: CM_E_MALFORMED, CM_E_LIMIT with line and column.
 */
CM_MUST_CHECK int cm_yaml_check_bytes(struct cm_sv text, bool directives_allowed,
                                      struct cm_err *err);
