/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: records of the sensor to events, and events printed. */
#include <string.h>

#include "model/event_format.h"
#include "sense/encode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _Alignas(8) static unsigned char record[CM_SENSE_RECORD_BYTES];
        struct cm_sense_view view;
        struct cm_event event;
        struct cm_err err = CM_ERR_INIT;
        struct cm_buf bytes CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_buf text CM_CLEANUP(cm_buf_fini) = { 0 };
        if (size > sizeof(record) || size < sizeof(struct cm_sense_header))
                return 0;
        memcpy(record, data, size);
        ((struct cm_sense_header *)(void *)record)->length = (uint32_t)size;
        cm_buf_init(&bytes, CM_MIB(1));
        cm_buf_init(&text, CM_MIB(16));
        if (cm_sense_view(cm_sv_make(record, size), &view, &err) < 0 ||
            cm_sense_encode(&view, 0, &bytes) != 0)
                return 0;
        CM_ASSERT(cm_event_decode(cm_buf_sv(&bytes), &event, &err) == 0);
        const struct cm_event_context context = { .event = &event };
        cm_event_put_args(&text, &context);
        return 0;
}
