/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: every order is reflexive and antisymmetric on any two texts. */
#include "model/version.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        if (size == 0)
                return 0;
        enum cm_version_order order = (enum cm_version_order)(data[0] % CM_VERSION_ORDER_COUNT);
        struct cm_sv a, b;
        (void)cm_sv_cut(cm_sv_make(data + 1, size - 1), '\n', &a, &b);
        CM_ASSERT(cm_version_cmp(order, a, a) == 0 && cm_version_cmp(order, b, b) == 0);
        CM_ASSERT(cm_version_cmp(order, a, b) == -cm_version_cmp(order, b, a));
        (void)cm_version_is_valid(order, a);
        return 0;
}
