/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors as values.
 *
 * A fallible function is `int f(inputs..., T *ret_x, struct cm_err *err)`:
 *   0    done;
 *   < 0  failure: `-(int)enum cm_err_code`, `err` is filled, forwarded unchanged by callers;
 *   > 0  an outcome that the function's own comment names (end, not found), never forwarded.
 *
 * `struct cm_err` lives on the caller's stack: no allocation, nothing to free. CM_RAISE() fills it
 * where the failure is met; cm_err_context() prepends what a caller knows ("layer 3", "package
 * 'x'"), once per layer that adds knowledge. Text is lower case, has no full stop, and says what,
 * where and (when it is known) what to do. Text from outside is escaped by the caller
 * (base/escape.h) before it gets here.
 */
#pragma once

#include "base/macros.h"

/* code, stable public name, process exit status (DESIGN section 5), HTTP status */
#define CM_ERR_CODES(X)                                                                        \
        X(OK, "ok", 0, 200)                                                                    \
        X(USAGE, "usage", 2, 400)           /* command line or configuration */                \
        X(INCOMPLETE, "incomplete", 3, 409) /* asked for, could not be checked */              \
        X(ENV, "environment", 4, 503)       /* host lacks a permission, feature or service */  \
        X(UNSUPPORTED, "unsupported", 4, 501)                                                  \
        X(NOT_FOUND, "not-found", 4, 404)                                                      \
        X(IO, "io", 4, 500)                                                                    \
        X(NETWORK, "network", 4, 502)                                                          \
        X(MALFORMED, "malformed", 5, 422) /* bytes do not follow their format */               \
        X(LIMIT, "limit", 5, 413)         /* input exceeds a limit named in base/limits.h */   \
        X(DIGEST, "digest", 5, 422)       /* content does not have the digest it claims */     \
        X(WORKER, "worker", 5, 422)       /* a sandboxed worker crashed, hung or was killed */ \
        X(INTERNAL, "internal", 70, 500)

enum cm_err_code {
#define X(code, name, exit_status, http) CM_E_##code,
        CM_ERR_CODES(X)
#undef X
        CM_E_COUNT
};

enum {
        CM_ERR_TEXT_BYTES = 512
};

struct cm_err {
        enum cm_err_code code;
        int sys_errno;    /* 0 when no system call was involved */
        const char *file; /* where it was raised */
        int line;
        char text[CM_ERR_TEXT_BYTES]; /* NUL-terminated; cut with "..." when too long */
};

#define CM_ERR_INIT \
        {           \
                0   \
        }

/* Fills `err` (asserts that it was clear) and yields the negative code: `return CM_RAISE(...)`. */
#define CM_RAISE(err, code, ...) cm_err_raise((err), (code), 0, __FILE__, __LINE__, __VA_ARGS__)
/* The same for a failed system call; appends ": <strerror>". Pass errno explicitly. */
#define CM_RAISE_ERRNO(err, code, errnum, ...) \
        cm_err_raise((err), (code), (errnum), __FILE__, __LINE__, __VA_ARGS__)

int cm_err_raise(struct cm_err *err, enum cm_err_code code, int errnum, const char *file, int line,
                 const char *format, ...) CM_PRINTF(6, 7);

/* Prepends "<format>: " to the text and returns the code again: `return cm_err_context(...)`. */
int cm_err_context(struct cm_err *err, const char *format, ...) CM_PRINTF(2, 3);

/* Makes `err` clear again, for code that handles an error and goes on. */
void cm_err_clear(struct cm_err *err);

/* Copies a filled error into a clear one and returns its negative code. */
int cm_err_copy(struct cm_err *to, const struct cm_err *from);

const char *cm_err_name(enum cm_err_code code);
int cm_err_exit_status(enum cm_err_code code);
int cm_err_http_status(enum cm_err_code code);
