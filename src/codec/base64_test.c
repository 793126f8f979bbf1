/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of codec/base64.h: the vectors of RFC 4648 section 10, and what must be refused. */
#include "codec/base64.h"
#include "tests/harness.h"

CM_TEST(vectors)
{
        static const char *const cases[][2] = {
                { "", "" },
                { "f", "Zg==" },
                { "fo", "Zm8=" },
                { "foo", "Zm9v" },
                { "foob", "Zm9vYg==" },
                { "fooba", "Zm9vYmE=" },
                { "foobar", "Zm9vYmFy" },
                { "\xff\xfe\xfd", "//79" },
        };
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_err err = CM_ERR_INIT;
                struct cm_sv plain = CM_SV("");
                CM_CHECK_SV(cm_base64_encode(arena, cm_sv_from_cstr(cases[i][0])), cases[i][1]);
                CM_CHECK_OK(cm_base64_decode(arena, cm_sv_from_cstr(cases[i][1]), &plain, &err),
                            &err);
                CM_CHECK_SV(plain, cases[i][0]);
        }
        struct cm_err err = CM_ERR_INIT;
        struct cm_sv plain = CM_SV("");
        CM_CHECK_OK(cm_base64_decode(arena, CM_SV("Zm8"), &plain, &err), &err);
        CM_CHECK_SV(plain, "fo");
}

CM_TEST(refused)
{
        static const char *const cases[] = { "Z",     "Zg=",  "Zg===", "Zh==", "Zm9=",
                                             "Zm 9v", "Zm9-", "=",     "==",   "Zg==Zg==" };
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_err err = CM_ERR_INIT;
                struct cm_sv plain = CM_SV("");
                if (cm_base64_decode(arena, cm_sv_from_cstr(cases[i]), &plain, &err) == 0)
                        cm_test_fail(__FILE__, __LINE__, "accepted \"%s\"", cases[i]);
                CM_CHECK_INT(err.code, CM_E_MALFORMED);
        }
}
