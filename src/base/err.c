/* SPDX-License-Identifier: Apache-2.0 */
/* Implements the error value of err.h. Not for: printing (cmd/ and api/ print). */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
        const char *name;
        int exit_status;
        int http_status;
} codes[CM_E_COUNT] = {
#define X(code, name, exit_status, http) [CM_E_##code] = { (name), (exit_status), (http) },
        CM_ERR_CODES(X)
#undef X
};

void cm_assert_failed(const char *expr, const char *file, int line)
{
        fprintf(stderr, "coaming: internal error: %s:%d: %s\n", file, line, expr);
        abort();
}

static void mark_cut(char *text)
{
        memcpy(text + CM_ERR_TEXT_BYTES - 4, "...", 4);
}

int cm_err_raise(struct cm_err *err, enum cm_err_code code, int errnum, const char *file, int line,
                 const char *format, ...)
{
        CM_ASSERT(code != CM_E_OK && code < CM_E_COUNT);
        CM_ASSERT(err->code == CM_E_OK);
        va_list ap;
        va_start(ap, format);
        int n = vsnprintf(err->text, sizeof(err->text), format, ap);
        va_end(ap);

        err->code = code;
        err->sys_errno = errnum;
        err->file = file;
        err->line = line;
        if (n >= 0 && errnum != 0 && (size_t)n < sizeof(err->text)) {
                char reason[128] = "";
                const char *text = strerror_r(errnum, reason, sizeof(reason));
                n += snprintf(err->text + n, sizeof(err->text) - (size_t)n, ": %s", text);
        }
        if (n < 0 || (size_t)n >= sizeof(err->text))
                mark_cut(err->text);
        return -(int)code;
}

int cm_err_context(struct cm_err *err, const char *format, ...)
{
        CM_ASSERT(err->code != CM_E_OK);
        char old[CM_ERR_TEXT_BYTES];
        memcpy(old, err->text, sizeof(old));

        va_list ap;
        va_start(ap, format);
        int n = vsnprintf(err->text, sizeof(err->text), format, ap);
        va_end(ap);
        if (n >= 0 && (size_t)n < sizeof(err->text))
                n += snprintf(err->text + n, sizeof(err->text) - (size_t)n, ": %s", old);
        if (n < 0 || (size_t)n >= sizeof(err->text))
                mark_cut(err->text);
        return -(int)err->code;
}

void cm_err_clear(struct cm_err *err)
{
        memset(err, 0, sizeof(*err));
}

int cm_err_copy(struct cm_err *to, const struct cm_err *from)
{
        CM_ASSERT(to->code == CM_E_OK && from->code != CM_E_OK);
        *to = *from;
        return -(int)from->code;
}

const char *cm_err_name(enum cm_err_code code)
{
        return codes[code].name;
}

int cm_err_exit_status(enum cm_err_code code)
{
        return codes[code].exit_status;
}

int cm_err_http_status(enum cm_err_code code)
{
        return codes[code].http_status;
}
