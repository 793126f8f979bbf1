/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of fetch/challenge.h with headers as registries send them. */
#include "fetch/challenge.h"
#include "tests/harness.h"

CM_TEST(bearer)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        struct cm_err err = CM_ERR_INIT;
        struct cm_challenge c;
        struct cm_sv rest =
                CM_SV("Bearer realm=\"https://auth.docker.io/token\",service=\"registry."
                      "docker.io\",scope=\"repository:library/alpine:pull,push\"");
        CM_CHECK_OK(cm_challenge_next(arena, &rest, &c, &err), &err);
        CM_CHECK_SV(c.scheme, "Bearer");
        CM_CHECK_SV(c.realm, "https://auth.docker.io/token");
        CM_CHECK_SV(c.service, "registry.docker.io");
        CM_CHECK_SV(c.scope, "repository:library/alpine:pull,push");
        CM_CHECK_INT(cm_challenge_next(arena, &rest, &c, &err), CM_CHALLENGE_END);
}

CM_TEST(several_in_one_header)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        struct cm_err err = CM_ERR_INIT;
        struct cm_challenge c;
        struct cm_sv rest = CM_SV("Negotiate, NTLM TlRMTVNTUA==, basic REALM = \"a \\\"b\\\"\", "
                                  "Bearer realm=x , error=invalid_token");
        CM_CHECK_OK(cm_challenge_next(arena, &rest, &c, &err), &err);
        CM_CHECK_SV(c.scheme, "Negotiate");
        CM_CHECK_OK(cm_challenge_next(arena, &rest, &c, &err), &err);
        CM_CHECK_SV(c.scheme, "NTLM");
        CM_CHECK_OK(cm_challenge_next(arena, &rest, &c, &err), &err);
        CM_CHECK_SV(c.scheme, "basic");
        CM_CHECK_SV(c.realm, "a \"b\"");
        CM_CHECK_OK(cm_challenge_next(arena, &rest, &c, &err), &err);
        CM_CHECK_SV(c.scheme, "Bearer");
        CM_CHECK_SV(c.realm, "x");
        CM_CHECK_SV(c.error, "invalid_token");
        CM_CHECK_INT(cm_challenge_next(arena, &rest, &c, &err), CM_CHALLENGE_END);
}

CM_TEST(refused)
{
        static const char *const cases[] = { "=x",
                                             "\"Bearer\"",
                                             "Bearer realm=\"x",
                                             "Bearer=\"x\"",
                                             "Basic realm=\"x\" y",
                                             "Bearer\x01",
                                             "Bearer realm=\"\x01\"" };
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_err err = CM_ERR_INIT;
                struct cm_challenge c;
                struct cm_sv rest = cm_sv_from_cstr(cases[i]);
                int r = 0;
                while (r == 0)
                        r = cm_challenge_next(arena, &rest, &c, &err);
                if (r > 0)
                        cm_test_fail(__FILE__, __LINE__, "accepted \"%s\"", cases[i]);
                CM_CHECK_INT(err.code, CM_E_MALFORMED);
        }
}
