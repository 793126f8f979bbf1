/* SPDX-License-Identifier: Apache-2.0 */
/* The table made from catalogers.def. */
#include "inventory/cataloger.h"

#define CM_CATALOGER(name) extern const struct cm_cataloger cm_cataloger_##name;
#include "inventory/catalogers.def"
#undef CM_CATALOGER

const struct cm_cataloger *const cm_catalogers[] = {
#define CM_CATALOGER(name) &cm_cataloger_##name,
#include "inventory/catalogers.def"
#undef CM_CATALOGER
        NULL,
};

const size_t cm_catalogers_count = CM_ARRAY_LEN(cm_catalogers) - 1;
