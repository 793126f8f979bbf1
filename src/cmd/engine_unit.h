/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the service manager that say how the Docker daemon is started. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"

/*
 * A JSON list [{"path", "text", "is_newer"}...]: docker.service, then what changes it, in the order
 * that counts. `start_s`: when the daemon began, or -1: what was written since is newer.
 */
void cm_engine_unit_write(struct cm_arena *arena, int64_t start_s, struct cm_buf *out);
/* When the daemon of this host wrote its process id; -1 when that is not known. */
int64_t cm_engine_unit_start_s(void);
