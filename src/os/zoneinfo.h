/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiled time zones of this host, by name, each file read once. What fits the hook of
 * cel/timestamp.h; reading the bytes is not for this file.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/sv.h"

struct cm_zoneinfo;

/*
 * Zones below `directory` (NULL: /usr/share/zoneinfo), which is opened at the first use.
 * Owns:   in `arena`, with the bytes of every zone that is asked for.
 * Thread: one at a time; threads take one each.
 */
struct cm_zoneinfo *cm_zoneinfo_new(struct cm_arena *arena, const char *directory);

/*
 * The bytes of the zone's file.
 *
 * Input:   `ctx` is a struct cm_zoneinfo; `name` is foreign: letters, digits, "+", "-", "_" and
 *          "/" between names ("America/Argentina/Ushuaia"); anything else is no zone.
 * Returns: 0; 1 when there is no such zone.
 * Errors:  CM_E_IO; CM_E_LIMIT (CM_ZONE_BYTES_MAX per file, CM_ZONES_MAX names).
 */
CM_MUST_CHECK int cm_zoneinfo_load(void *ctx, struct cm_sv name, struct cm_sv *ret_tzif,
                                   struct cm_err *err);
