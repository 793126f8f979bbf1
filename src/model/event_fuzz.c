/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: one event, decoded, formatted, and encoded again. */
#include "base/limits.h"
#include "model/event_format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_event event;
        struct cm_event again;
        struct cm_err err = CM_ERR_INIT;
        CM_IGNORE(cm_event_decode_uncounted(cm_sv_make(data, size), &event, &err));
        cm_err_clear(&err);
        if (cm_event_decode(cm_sv_make(data, size), &event, &err) < 0)
                return 0;
        struct cm_buf text CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_buf bytes CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&text, CM_MIB(1));
        cm_buf_init(&bytes, CM_MIB(1));
        const struct cm_thread thread = { .tid = (int64_t)event.tid, .cwd = CM_SV("/a/../b") };
        const struct cm_event_context context = { .event = &event, .thread = &thread };
        cm_event_put_args(&text, &context);
        for (size_t i = 0; i < event.info->param_count; i++)
                cm_event_put_arg(&text, &context, i);
        cm_event_encode(&bytes, &event);
        if (!bytes.overflow && cm_event_decode(cm_buf_sv(&bytes), &again, &err) < 0)
                __builtin_trap();
        return 0;
}
