/* SPDX-License-Identifier: Apache-2.0 */
/* Reader of compiled time zones: the offset that a zone has at an instant. Pure. */
#pragma once

#include "base/err.h"
#include "base/sv.h"

/*
 * Seconds east of UTC at `unix_s`, by the table of the file, then by the rule of its footer.
 *
 * Input:   `bytes` borrowed, a TZif file of version 1 to 4; may be hostile. `unix_s` is
 *          one of a cm_timestamp.
 * Errors:  CM_E_MALFORMED; CM_E_UNSUPPORTED for a file that counts leap seconds ("right/...").
 * Limits:  time logarithmic in the table, no memory.
 * Thread:  any; no shared state.
 * Spec:    RFC 9636 "TZif"; POSIX.1-2017 8.3 "TZ", with hours up to 167.
 */
CM_MUST_CHECK int cm_tzif_east_s(struct cm_sv bytes, int64_t unix_s, int64_t *ret_s,
                                 struct cm_err *err);
