/* SPDX-License-Identifier: Apache-2.0 */
/* Encoding of fail.h. */
#include "ipc/fail.h"

#include "base/cursor.h"

void cm_fail_write(struct cm_buf *buf, const struct cm_err *err)
{
        cm_buf_put_u8(buf, (uint8_t)err->code);
        cm_buf_put_bytes(buf, cm_sv_from_cstr(err->text));
}

int cm_fail_parse(struct cm_sv bytes, struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(bytes);
        uint8_t code = cm_cursor_u8(&c);
        struct cm_sv text = cm_cursor_bytes(&c);
        if (c.failed || code == CM_E_OK || code >= CM_E_COUNT)
                return CM_RAISE(err, CM_E_WORKER, "worker sent a broken failure message");
        /* The text was made by a process that read hostile bytes: it is escaped again. */
        struct cm_buf safe CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&safe, CM_KIB(4));
        for (size_t i = 0; i < text.len; i++) {
                char ch = text.ptr[i];
                if (ch >= 0x20 && ch < 0x7f)
                        cm_buf_put_char(&safe, ch);
                else
                        cm_buf_printf(&safe, "\\x%02x", (unsigned)(unsigned char)ch);
        }
        return CM_RAISE(err, (enum cm_err_code)code, "%.*s", CM_SV_ARG(cm_buf_sv(&safe)));
}
