/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit tests: `CM_TEST(name) { CM_CHECK(...); }` in a *_test.c beside its source. Each test runs in
 * a process of its own (tests/run starts `coaming-tests FILE:NAME`), so it may crash or leak.
 */
#pragma once

#include <string.h>

#include "base/err.h"
#include "base/sv.h"

#define CM_TEST(name)                                                     \
        static void name(void);                                           \
        __attribute__((constructor)) static void cm_register_##name(void) \
        {                                                                 \
                cm_test_add(__FILE__, #name, name);                       \
        }                                                                 \
        static void name(void)

#define CM_CHECK(expr)                                                 \
        do {                                                           \
                if (!(expr))                                           \
                        cm_test_fail(__FILE__, __LINE__, "%s", #expr); \
        } while (0)
#define CM_CHECK_INT(got, want)                                                                  \
        do {                                                                                     \
                long long cm_got_ = (long long)(got);                                            \
                long long cm_want_ = (long long)(want);                                          \
                if (cm_got_ != cm_want_)                                                         \
                        cm_test_fail(__FILE__, __LINE__, "%s is %lld, want %lld", #got, cm_got_, \
                                     cm_want_);                                                  \
        } while (0)
#define CM_CHECK_SV(got, want)                                                                  \
        do {                                                                                    \
                struct cm_sv cm_got_ = (got);                                                   \
                struct cm_sv cm_want_ = cm_sv_from_cstr(want);                                  \
                if (!cm_sv_eq(cm_got_, cm_want_))                                               \
                        cm_test_fail(__FILE__, __LINE__, "%s is \"%.*s\", want \"%.*s\"", #got, \
                                     CM_SV_ARG(cm_got_), CM_SV_ARG(cm_want_));                  \
        } while (0)
/* The call must succeed: prints the error otherwise. */
#define CM_CHECK_OK(call, err)                                                          \
        do {                                                                            \
                int cm_r_ = (call);                                                     \
                if (cm_r_ < 0)                                                          \
                        cm_test_fail(__FILE__, __LINE__, "%s: %s", #call, (err)->text); \
        } while (0)
/* Counts as skipped, with its reason; does not return. */
#define CM_SKIP(reason) cm_test_skip(reason)

void cm_test_add(const char *file, const char *name, void (*fn)(void));
CM_NORETURN void cm_test_fail(const char *file, int line, const char *format, ...) CM_PRINTF(3, 4);
CM_NORETURN void cm_test_skip(const char *reason);
/* The folder of shared test data (COAMING_TEST_DATA), or skips the test. */
const char *cm_test_data(void);
/* A folder of the test's own, removed when it ends; the same at each call. */
const char *cm_test_dir(void);
/* Reads a whole file into memory that lives as long as the test; fails the test when absent. */
struct cm_sv cm_test_read(const char *path);
