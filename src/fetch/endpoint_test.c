/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of fetch/endpoint.h, fetch/transfer.h and the address helpers of fetch/http.h. */
#include <stdlib.h>

#include "fetch/endpoint.h"
#include "tests/harness.h"

static struct cm_arena *arena;

static void quiet_environment(void)
{
        arena = cm_arena_new(CM_MIB(4));
        setenv("HOME", "/nonexistent", 1);
        setenv("REGISTRY_AUTH_FILE", "/nonexistent/auth.json", 1);
        unsetenv("DOCKER_HOST");
        unsetenv("DOCKER_TLS_VERIFY");
}

CM_TEST(engine_addresses)
{
        quiet_environment();
        static const struct {
                const char *text;
                bool tls;
                const char *socket, *base;
        } good[] = {
                { "unix:///run/x.sock", false, "/run/x.sock", "http://localhost" },
                { "tcp://10.0.0.1:2375", false, "", "http://10.0.0.1:2375" },
                { "tcp://10.0.0.1:2376", true, "", "https://10.0.0.1:2376" },
                { "https://host", false, "", "https://host" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(good); i++) {
                struct cm_err err = CM_ERR_INIT;
                struct cm_sv path, base;
                CM_CHECK_OK(cm_endpoint_parse_host(arena, cm_sv_from_cstr(good[i].text),
                                                   good[i].tls, &path, &base, &err),
                            &err);
                CM_CHECK_SV(path, good[i].socket);
                CM_CHECK_SV(base, good[i].base);
        }
        static const char *const bad[] = { "",        "unix://", "unix://x", "host:2375",
                                           "ssh://a", "fd://",   "tcp://" };
        for (size_t i = 0; i < CM_ARRAY_LEN(bad); i++) {
                struct cm_err err = CM_ERR_INIT;
                struct cm_sv path, base;
                CM_CHECK(cm_endpoint_parse_host(arena, cm_sv_from_cstr(bad[i]), false, &path, &base,
                                                &err) < 0);
                CM_CHECK(err.code == CM_E_USAGE || err.code == CM_E_UNSUPPORTED);
        }
}

CM_TEST(registry_endpoints)
{
        quiet_environment();
        struct cm_err err = CM_ERR_INIT;
        const struct cm_fetch_mirror mirrors[] = { { "docker.io", "https://m.example/hub/" },
                                                   { "quay.io", "q.example" },
                                                   { "docker.io", "http://10.0.0.1:5000" } };
        struct cm_fetch_options options = { .name = CM_SV("alpine:3"),
                                            .mirrors = mirrors,
                                            .mirror_count = CM_ARRAY_LEN(mirrors) };
        struct cm_fetch_setup setup;
        CM_CHECK_OK(cm_endpoint_registry(arena, &options, &setup, &err), &err);
        CM_CHECK_INT(setup.endpoint_count, 3);
        CM_CHECK_SV(setup.endpoints[0].base, "https://m.example/hub");
        CM_CHECK(!setup.endpoints[0].may_be_plain);
        CM_CHECK_SV(setup.endpoints[1].base, "http://10.0.0.1:5000");
        CM_CHECK_SV(setup.endpoints[2].base, "https://registry-1.docker.io");
        CM_CHECK(!setup.endpoints[2].may_be_plain && !setup.endpoints[2].has_credential);
        CM_CHECK_SV(setup.repository, "library/alpine");
        CM_CHECK_SV(setup.selector, "3");
        options.name = CM_SV("localhost:5000/x");
        CM_CHECK_OK(cm_endpoint_registry(arena, &options, &setup, &err), &err);
        CM_CHECK(setup.endpoint_count == 1 && setup.endpoints[0].may_be_plain);
        options.name = CM_SV("r.example/x");
        CM_CHECK_OK(cm_endpoint_registry(arena, &options, &setup, &err), &err);
        CM_CHECK(!setup.endpoints[0].may_be_plain);
        options.tls_cert = "/nonexistent/cert.pem";
        CM_CHECK(cm_endpoint_registry(arena, &options, &setup, &err) < 0);
        CM_CHECK_INT(err.code, CM_E_USAGE);
}

CM_TEST(origins)
{
        quiet_environment();
        static const char *const cases[][2] = {
                { "https://A.example:443/x?y", "https://a.example" },
                { "http://a.example:80", "http://a.example" },
                { "https://a.example:5000/x", "https://a.example:5000" },
                { "https://good.example@evil.example/x", "" },
                { "https://evil.example\\@good.example/", "" },
                { "https://evil.example?@good.example/", "https://evil.example" },
                { "https://[::1]:5000/x", "https://[::1]:5000" },
                { "ftp://a.example", "" },
                { "https://", "" },
                { "/relative", "" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++)
                CM_CHECK_SV(cm_http_origin(arena, cm_sv_from_cstr(cases[i][0])), cases[i][1]);
        CM_CHECK_SV(cm_http_escape(arena, CM_SV("a b/c&d=\xff~"), "/"), "a%20b/c%26d%3D%FF~");
}

CM_TEST(a_transfer_continues_where_it_broke)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, 100);
        struct cm_transfer t = { .fd = -1, .buffer = &buf, .bytes_max = 10 };
        struct cm_http_response head = { .status = 200 };
        cm_transfer_begin(&t);
        CM_CHECK(cm_transfer_write(&t, &head, CM_SV("abc")));
        /* The rest, as asked for. */
        cm_transfer_begin(&t);
        head = (struct cm_http_response){ .status = 206, .range_start = 3 };
        CM_CHECK(cm_transfer_write(&t, &head, CM_SV("de")));
        /* A server that starts again. */
        cm_transfer_begin(&t);
        head = (struct cm_http_response){ .status = 200 };
        CM_CHECK(cm_transfer_write(&t, &head, CM_SV("ab")));
        CM_CHECK(cm_transfer_write(&t, &head, CM_SV("cdef")));
        CM_CHECK_SV(cm_buf_sv(&buf), "abcdef");
        /* Another part than was asked for. */
        cm_transfer_begin(&t);
        head = (struct cm_http_response){ .status = 206, .range_start = 5 };
        CM_CHECK(!cm_transfer_write(&t, &head, CM_SV("f")) && t.is_misplaced);
        cm_transfer_begin(&t);
        head.range_start = 6;
        CM_CHECK(!cm_transfer_write(&t, &head, CM_SV("ghijk")) && t.is_over_limit);
}
