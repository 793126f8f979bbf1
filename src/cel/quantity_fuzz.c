/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: two quantities split at a newline; sums and differences agree. */
#include "cel/quantity.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_quantity a, b, sum, back;
        struct cm_sv first, second;
        int64_t n = 0;
        cm_sv_cut(cm_sv_make(data, size), '\n', &first, &second);
        if (cm_quantity_parse(first, &a, &err) < 0 || cm_quantity_parse(second, &b, &err) < 0)
                return 0;
        CM_ASSERT(cm_quantity_add(&a, &b, &sum, &err) == 0);
        CM_ASSERT(cm_quantity_sub(&sum, &b, &back, &err) == 0);
        CM_ASSERT(cm_quantity_cmp(&a, &back) == 0);
        CM_ASSERT(cm_quantity_cmp(&sum, &a) == cm_quantity_sign(&b));
        if (cm_quantity_get_int(&sum, &n)) {
                struct cm_quantity same = cm_quantity_from_int(n);
                CM_ASSERT(cm_quantity_cmp(&sum, &same) == 0);
        }
        CM_ASSERT((cm_quantity_get_double(&a) > 0) == (cm_quantity_sign(&a) > 0));
        return 0;
}
