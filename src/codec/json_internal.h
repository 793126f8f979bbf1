/* SPDX-License-Identifier: Apache-2.0 */
/* How a cm_json is made of jansson values; for codec/json.c and codec/yaml.c only. */
#pragma once

#include <jansson.h>

#include "codec/json.h"

static inline const struct cm_json *cm_json_wrap(json_t *v)
{
        return (const struct cm_json *)(const void *)v;
}

/* Hands a tree to the arena: it is released with it. */
const struct cm_json *cm_json_own(struct cm_arena *arena, json_t *v);
