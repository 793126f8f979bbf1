/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: time zone data at instants all over the range. */
#include "cel/timestamp.h"
#include "cel/tzif.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const int64_t instants[] = { CM_TIMESTAMP_S_MIN, -2208988800, 0,
                                            1234567890,         4102444800,  CM_TIMESTAMP_S_MAX };
        for (size_t i = 0; i < CM_ARRAY_LEN(instants); i++) {
                struct cm_err err = CM_ERR_INIT;
                int64_t east_s = 0;
                if (cm_tzif_east_s(cm_sv_make(data, size), instants[i], &east_s, &err) == 0)
                        CM_ASSERT(east_s >= -93600 && east_s <= 93600);
        }
        return 0;
}
