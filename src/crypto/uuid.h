/* SPDX-License-Identifier: Apache-2.0 */
/* UUIDs made from names: the same name has the same UUID in every run. Not for: random ones. */
#pragma once

#include "base/sv.h"

enum {
        CM_UUID_TEXT_BYTES = 36 + 1
};

/*
 * UUID version 5 of the name "PART/PART/..." in the URL name space, as text; returns `text`.
 * Spec: RFC 9562 section 5.5.
 */
const char *cm_uuid_of(const struct cm_sv *parts, size_t count, char text[CM_UUID_TEXT_BYTES]);
