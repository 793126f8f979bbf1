/* SPDX-License-Identifier: Apache-2.0 */
/* An error as a message: how a role tells its parent why it cannot go on. */
#pragma once

#include "base/buf.h"

void cm_fail_write(struct cm_buf *buf, const struct cm_err *err);
/* Copies a failure into `err`; returns its negative code (CM_E_WORKER for a broken frame). */
CM_MUST_CHECK int cm_fail_parse(struct cm_sv bytes, struct cm_err *err);
