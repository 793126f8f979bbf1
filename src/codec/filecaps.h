/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Capabilities of a file: the bytes of its extended attribute security.capability.
 * Spec: capabilities(7) "File capabilities", linux/capability.h (revisions 1 to 3).
 */
#pragma once

#include "base/buf.h"
#include "base/sv.h"

enum {
        CM_FILECAPS_BYTES_MAX = 24
};

struct cm_filecaps {
        uint64_t permitted; /* bit n is capability n */
        uint64_t inheritable;
        bool is_effective; /* the program has them from its start on */
        uint32_t root_uid; /* revision 3: root of the user namespace where they count */
};

/* Returns false for bytes that no kernel takes. */
bool cm_filecaps_parse(struct cm_sv bytes, struct cm_filecaps *ret);
/* "cap_net_raw"; "cap_63" for numbers without a name. `number` is below 64. */
void cm_filecaps_put_name(struct cm_buf *out, unsigned number);
