/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiler attributes and tiny helpers that every other header may use.
 * Not for: anything that needs a .c file.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CM_MUST_CHECK   __attribute__((warn_unused_result))
#define CM_NORETURN     __attribute__((noreturn))
#define CM_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define CM_CLEANUP(fn)  __attribute__((cleanup(fn)))
#define CM_PUBLIC       __attribute__((visibility("default")))
#define CM_HOT          __attribute__((hot))

#define CM_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define CM_LIKELY(x)    __builtin_expect(!!(x), 1)
#define CM_UNLIKELY(x)  __builtin_expect(!!(x), 0)
#define CM_MIN(a, b)    ((a) < (b) ? (a) : (b))
#define CM_MAX(a, b)    ((a) > (b) ? (a) : (b))

#define CM_KIB(n) ((size_t)(n) << 10)
#define CM_MIB(n) ((size_t)(n) << 20)

/* A deliberate ignore of a must-check result; a (void) cast does not silence gcc. */
#define CM_IGNORE(expr)     \
        do {                \
                if (expr) { \
                }           \
        } while (0)

/* Moves a pointer out of its variable, so that a cleanup attribute finds NULL. */
#define CM_TAKE(p)                             \
        __extension__({                        \
                __typeof__(p) cm_taken_ = (p); \
                (p) = NULL;                    \
                cm_taken_;                     \
        })

/* Moves a file descriptor out of its variable; -1 means "none" (0 is a valid descriptor). */
#define CM_TAKE_FD(fd)                   \
        __extension__({                  \
                int cm_taken_fd_ = (fd); \
                (fd) = -1;               \
                cm_taken_fd_;            \
        })

/* Promises of the programmer. Stays on in release builds; input never trips it. */
#define CM_ASSERT(expr)                                              \
        do {                                                         \
                if (CM_UNLIKELY(!(expr)))                            \
                        cm_assert_failed(#expr, __FILE__, __LINE__); \
        } while (0)

CM_NORETURN void cm_assert_failed(const char *expr, const char *file, int line);
