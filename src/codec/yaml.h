/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML reading, behind which libfyaml's event parser stands: the same tree as codec/json.h gives.
 *
 * Scalars: only plain ones are typed. `null`, `~` and nothing are null; `true` and `false` in the
 * three spellings of the core schema are booleans; "yes", "no", "on", "off" stay text, as YAML 1.2
 * says (in 1.1 Norway's "no" became false, and versions like 1.10 lost their zero). Plain numbers
 * stay text as well when their decimal form would not give the same text back: "1.10", "007",
 * "0x1f" and "2e3" are strings, 7 is an integer and 1.5 a real number. Dates are text.
 * Documents: one; a second is refused.
 * Refused: NUL and control characters, invalid UTF-8, directives ("%YAML"), aliases (a bomb needs no more than nine lines; advisories have none),
 *          duplicate keys, keys that are not scalars.
 * Errors:  CM_E_MALFORMED with line and column, CM_E_LIMIT (json_bytes_max, json_depth_max,
 *          yaml_nodes_max).
 * Spec:    YAML 1.2.2, core schema as restricted above.
 */
#pragma once

#include "codec/json.h"

CM_MUST_CHECK int cm_yaml_parse(struct cm_arena *arena, struct cm_sv text,
                                const struct cm_json **ret, struct cm_err *err);
/* The text between a first line "---" and the next such line; false when there is none. */
bool cm_yaml_front_matter(struct cm_sv text, struct cm_sv *ret);
