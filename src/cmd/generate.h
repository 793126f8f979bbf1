/* SPDX-License-Identifier: Apache-2.0 */
/* Texts generated from the command tables: man page and shell completion. */
#pragma once

#include "base/buf.h"

void cm_generate_man(struct cm_buf *out);
void cm_generate_bash(struct cm_buf *out);
void cm_generate_zsh(struct cm_buf *out);
void cm_generate_fish(struct cm_buf *out);
