/* SPDX-License-Identifier: Apache-2.0 */
/* The orders behind version.h's table, one file each, and what several of them share. */
#pragma once

#include "model/version.h"

#define CM_VERSION_ORDER(order, name)                              \
        int cm_version_cmp_##name(struct cm_sv a, struct cm_sv b); \
        bool cm_version_valid_##name(struct cm_sv v);
CM_VERSION_ORDERS(CM_VERSION_ORDER)
#undef CM_VERSION_ORDER

/* Decimal digit strings of any length by value: leading zeros do not count. */
int cm_version_digits_cmp(struct cm_sv a, struct cm_sv b);
/* Dotted numbers "1.10.2"; the shorter is filled with zeros. */
int cm_version_numbers_cmp(struct cm_sv a, struct cm_sv b);
/* Takes the leading run of digits off *s. */
struct cm_sv cm_version_take_digits(struct cm_sv *s);
/* Semver pre-release identifiers "alpha.1" by their rules; both non-empty. */
int cm_version_prerelease_cmp(struct cm_sv a, struct cm_sv b);

static inline int cm_version_sign(int c)
{
        return c < 0 ? -1 : c > 0 ? 1 : 0;
}
