/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: every order is reflexive, antisymmetric and (but for Maven's) transitive on any text. */
#include "model/version.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        if (size == 0)
                return 0;
        enum cm_version_order order = (enum cm_version_order)(data[0] % CM_VERSION_ORDER_COUNT);
        struct cm_sv a, b, c;
        (void)cm_sv_cut(cm_sv_make(data + 1, size - 1), '\n', &a, &b);
        (void)cm_sv_cut(b, '\n', &b, &c);
        int ab = cm_version_cmp(order, a, b);
        int bc = cm_version_cmp(order, b, c);
        int ac = cm_version_cmp(order, a, c);
        CM_ASSERT(cm_version_cmp(order, a, a) == 0 && ab == -cm_version_cmp(order, b, a));
        if (order != CM_VERSION_MAVEN) {
                CM_ASSERT(ab > 0 || bc > 0 || (ac <= 0 && (ac < 0 || (ab == 0 && bc == 0))));
                CM_ASSERT(ab < 0 || bc < 0 || (ac >= 0 && (ac > 0 || (ab == 0 && bc == 0))));
        }
        (void)cm_version_is_valid(order, a);
        struct cm_err err = CM_ERR_INIT;
        CM_IGNORE(cm_npm_range_has(a, b, ab > 0, &err));
        return 0;
}
