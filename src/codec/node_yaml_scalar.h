/* SPDX-License-Identifier: Apache-2.0 */
/* Types of plain YAML scalars, see codec/node_yaml.h. Internal to codec/. */
#pragma once

#include "codec/node_yaml.h"

/* Sets the type and value of `n`; a string borrows `s`. */
void cm_node_yaml_resolve(struct cm_node *n, struct cm_sv s, enum cm_node_yaml_schema schema);
