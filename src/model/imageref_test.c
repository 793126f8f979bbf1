/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of model/imageref.h. */
#include "base/arena.h"
#include "model/imageref.h"
#include "tests/harness.h"

#define HEX64 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

CM_TEST(canonical_form)
{
        static const char *const cases[][2] = {
                { "alpine", "docker.io/library/alpine:latest" },
                { "alpine:3.20", "docker.io/library/alpine:3.20" },
                { "user/app", "docker.io/user/app:latest" },
                { "docker.io/alpine", "docker.io/library/alpine:latest" },
                { "index.docker.io/library/alpine", "docker.io/library/alpine:latest" },
                { "localhost/x", "localhost/x:latest" },
                { "localhost:5000/x:1", "localhost:5000/x:1" },
                { "Registry/x", "Registry/x:latest" },
                { "quay.io/a/b/c__d.e---f:T_1.2-x", "quay.io/a/b/c__d.e---f:T_1.2-x" },
                { "[::1]:5000/x", "[::1]:5000/x:latest" },
                { "alpine@sha256:" HEX64, "docker.io/library/alpine@sha256:" HEX64 },
                { "r.example/x:1@sha256:" HEX64, "r.example/x:1@sha256:" HEX64 },
                { "10.0.0.1/x", "10.0.0.1/x:latest" },
        };
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_err err = CM_ERR_INIT;
                struct cm_imageref ref, again;
                struct cm_sv text;
                CM_CHECK_OK(cm_imageref_parse(arena, cm_sv_from_cstr(cases[i][0]), &ref, &err),
                            &err);
                text = cm_imageref_format(arena, &ref);
                CM_CHECK_SV(text, cases[i][1]);
                /* The canonical form is its own canonical form. */
                CM_CHECK_OK(cm_imageref_parse(arena, text, &again, &err), &err);
                CM_CHECK_SV(cm_imageref_format(arena, &again), cases[i][1]);
        }
}

CM_TEST(refused)
{
        static const char *const cases[] = {
                "",
                ":tag",
                "alpine:",
                "Alpine",
                "a//b",
                "/a",
                "a/",
                "a..b",
                "a___b",
                "-a",
                "a-",
                "x:-bad",
                "x:.bad",
                "x@sha256:12",
                "x@" HEX64,
                "x@md5:" HEX64,
                "localhost:port/x",
                "localhost:0/x",
                "localhost:99999/x",
                "exa_mple.org/x",
                "-a.org/x",
                "a.org./x",
                "[::1/x",
                "[]/x",
                "a.org/x y",
                "a.org/x\x01",
                "https://a.org/x",
                "a.org/../x",
        };
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_err err = CM_ERR_INIT;
                struct cm_imageref ref;
                if (cm_imageref_parse(arena, cm_sv_from_cstr(cases[i]), &ref, &err) == 0)
                        cm_test_fail(__FILE__, __LINE__, "accepted \"%s\"", cases[i]);
                CM_CHECK_INT(err.code, CM_E_USAGE);
        }
        char longer[300];
        memset(longer, 'a', sizeof(longer));
        struct cm_err err = CM_ERR_INIT;
        struct cm_imageref ref;
        CM_CHECK(cm_imageref_parse(arena, cm_sv_make(longer, 247), &ref, &err) < 0);
        cm_err_clear(&err);
        CM_CHECK_OK(cm_imageref_parse(arena, cm_sv_make(longer, 237), &ref, &err), &err);
}

CM_TEST(loopback)
{
        CM_CHECK(cm_registry_is_loopback(CM_SV("localhost")));
        CM_CHECK(cm_registry_is_loopback(CM_SV("localhost:5000")));
        CM_CHECK(cm_registry_is_loopback(CM_SV("127.0.0.1:5000")));
        CM_CHECK(cm_registry_is_loopback(CM_SV("127.9.8.7")));
        CM_CHECK(cm_registry_is_loopback(CM_SV("[::1]:5000")));
        CM_CHECK(!cm_registry_is_loopback(CM_SV("127.0.0.1.example.org")));
        CM_CHECK(!cm_registry_is_loopback(CM_SV("localhost.example.org")));
        CM_CHECK(!cm_registry_is_loopback(CM_SV("128.0.0.1")));
        CM_CHECK(!cm_registry_is_loopback(CM_SV("docker.io")));
}
