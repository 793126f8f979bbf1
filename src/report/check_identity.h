/* SPDX-License-Identifier: Apache-2.0 */
/* Who is who in reports that name things by UUID: the same object and the same result of it have the
 * same UUID in every run. */
#pragma once

#include "crypto/uuid.h"
#include "model/check_result.h"

/* Tells results apart that are alike in everything; zeroed at the start, and then all results in their order. */
struct cm_check_identities {
        struct cm_check_result last;
        bool has_last;
        unsigned copies;
};

/* Writes the UUID of a result; returns `text`. */
const char *cm_check_result_uuid(struct cm_check_identities *identities,
                                 const struct cm_check_result *result,
                                 char text[CM_UUID_TEXT_BYTES]);
/* Of the object that it is about. */
const char *cm_check_object_uuid(const struct cm_check_result *result,
                                 char text[CM_UUID_TEXT_BYTES]);
/* A document that was not read, as what it is to those who count results: something unknown. */
struct cm_check_result cm_check_unread_result(const struct cm_check_unread *unread);
