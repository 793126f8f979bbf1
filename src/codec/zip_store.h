/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes zip archives of stored members, always the same bytes for the same members: no time, no
 * attributes, no extra fields, nothing between members. So an archive can be verified as a whole by
 * writing it anew. Not for: compression, archives over 4 GiB.
 *
 * Spec: PKWARE APPNOTE 6.3.x sections 4.3 to 4.5.
 */
#pragma once

#include "base/buf.h"

struct cm_zip_store {
        struct cm_buf *out; /* borrowed, empty at the start */
        struct cm_buf directory;
        size_t count;
};

void cm_zip_store_init(struct cm_zip_store *zip, struct cm_buf *out);
void cm_zip_store_fini(struct cm_zip_store *zip);
/* `name` is relative, with '/'. */
void cm_zip_store_add(struct cm_zip_store *zip, struct cm_sv name, struct cm_sv content);
/* Errors: CM_E_LIMIT (out's maximum, 65,534 members, 4 GiB). */
CM_MUST_CHECK int cm_zip_store_end(struct cm_zip_store *zip, struct cm_err *err);
