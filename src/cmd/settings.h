/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings below flags: COAMING_* environment, then ./.coaming.yaml, then
 * $XDG_CONFIG_HOME/coaming/config.yaml, then /etc/coaming/config.yaml, then the table's default.
 * A file is a flat YAML mapping from option names to values (lists for repeatable ones); keys that
 * no command has are errors with line and suggestion.
 */
#pragma once

#include "cmd/command.h"

/* Fills what flags left open. Errors: CM_E_USAGE. */
CM_MUST_CHECK int cm_settings_apply(struct cm_arena *arena, struct cm_opt_value *values,
                                    size_t count, struct cm_err *err);
/* Adds one value (a list grows while the origin stays the same); checks choices. */
CM_MUST_CHECK int cm_opt_value_add(struct cm_arena *arena, struct cm_opt_value *v,
                                   enum cm_origin origin, const char *where, const char *value,
                                   struct cm_err *err);
CM_MUST_CHECK int cm_opt_check_choice(const struct cm_opt *opt, const char *value,
                                      const char *where, struct cm_err *err);
const char *cm_origin_to_string(enum cm_origin origin);
