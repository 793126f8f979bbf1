/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of fetch/credentials.h: file forms of docker and containers, helpers that really run. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fetch/credentials.h"
#include "tests/harness.h"

#define ALICE "{\"auth\":\"YWxpY2U6d29uZGVy\"}" /* alice:wonder */
#define BOB   "{\"auth\":\"Ym9iOmJ1aWxkZXI=\"}" /* bob:builder */

struct result {
        int r;
        enum cm_err_code code;
        struct cm_credential credential;
        struct cm_sv helper, server;
};

static struct result look(struct cm_arena *arena, const char *text, const char *registry,
                          const char *repository)
{
        struct result result = { 0 };
        struct cm_err err = CM_ERR_INIT;
        const struct cm_credential_query query = { cm_sv_from_cstr(registry),
                                                   cm_sv_from_cstr(repository) };
        result.r = cm_credentials_parse(arena, cm_sv_from_cstr(text), &query, &result.credential,
                                        &result.helper, &result.server, &err);
        result.code = err.code;
        return result;
}

CM_TEST(entries)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        static const struct {
                const char *text, *registry, *repository, *user;
        } cases[] = {
                { "{\"auths\":{\"https://index.docker.io/v1/\":" ALICE "}}", "docker.io", "a/b",
                  "alice" },
                { "{\"auths\":{\"docker.io\":" ALICE "}}", "docker.io", "a/b", "alice" },
                { "{\"auths\":{\"registry-1.docker.io\":" ALICE "}}", "docker.io", "", "alice" },
                { "{\"auths\":{\"r.example:5000\":" ALICE ",\"r.example\":" BOB "}}",
                  "r.example:5000", "x", "alice" },
                { "{\"auths\":{\"r.example\":" ALICE ",\"r.example/team\":" BOB "}}", "r.example",
                  "team/app", "bob" },
                { "{\"auths\":{\"r.example\":" ALICE ",\"r.example/team\":" BOB "}}", "r.example",
                  "teams/app", "alice" },
                { "{\"auths\":{\"https://r.example/v2/\":" BOB "}}", "r.example", "x", "bob" },
                { "{\"auths\":{\"r.example\":{\"username\":\"eve\",\"password\":\"p\"}}}",
                  "r.example", "x", "eve" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct result got =
                        look(arena, cases[i].text, cases[i].registry, cases[i].repository);
                CM_CHECK_INT(got.r, 0);
                CM_CHECK_SV(got.credential.username, cases[i].user);
        }
        struct result got = look(arena, cases[0].text, "docker.io", "a/b");
        CM_CHECK_SV(got.credential.password, "wonder");
}

CM_TEST(none)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        static const char *const cases[] = {
                "{}",
                "[]",
                "{\"auths\":{}}",
                "{\"auths\":{\"r.example.org\":" ALICE "}}",
                "{\"auths\":{\"xr.example\":" ALICE "}}",
                "{\"auths\":{\"r.example\":{}}}",
                "{\"auths\":[1,2]}",
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++)
                CM_CHECK_INT(look(arena, cases[i], "r.example", "x").r, CM_CREDENTIAL_NONE);
}

CM_TEST(helpers_and_tokens)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        struct result got =
                look(arena, "{\"credHelpers\":{\"r.example\":\"ecr\"}}", "r.example", "x");
        CM_CHECK_INT(got.r, CM_CREDENTIAL_HELPER);
        CM_CHECK_SV(got.helper, "ecr");
        CM_CHECK_SV(got.server, "r.example");
        got = look(arena,
                   "{\"credsStore\":\"pass\",\"auths\":{\"https://index.docker.io/v1/\":{}}}",
                   "docker.io", "x");
        CM_CHECK_INT(got.r, CM_CREDENTIAL_HELPER);
        CM_CHECK_SV(got.server, "https://index.docker.io/v1/");
        got = look(arena, "{\"credsStore\":\"pass\"}", "docker.io", "x");
        CM_CHECK_SV(got.server, "https://index.docker.io/v1/");
        got = look(arena,
                   "{\"auths\":{\"r.example\":{\"auth\":\"YWxpY2U6\",\"identitytoken\":\"T\"}}}",
                   "r.example", "x");
        CM_CHECK_INT(got.r, 0);
        CM_CHECK_SV(got.credential.identity_token, "T");
        struct cm_err err = CM_ERR_INIT;
        struct cm_credential c;
        CM_CHECK_OK(cm_credentials_parse_helper(
                            arena, CM_SV("{\"Username\":\"<token>\",\"Secret\":\"S\"}"), &c, &err),
                    &err);
        CM_CHECK_SV(c.identity_token, "S");
        CM_CHECK_SV(c.username, "");
        CM_CHECK(cm_credentials_parse_helper(arena, CM_SV("{\"Username\":\"u\"}"), &c, &err) < 0);
}

CM_TEST(broken_files)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        static const char *const cases[] = {
                "{",
                "{\"auths\":{\"r.example\":{\"auth\":\"!!!!\"}}}",
                "{\"auths\":{\"r.example\":{\"auth\":\"YWxpY2U=\"}}}",
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++)
                CM_CHECK_INT(look(arena, cases[i], "r.example", "x").code, CM_E_USAGE);
}

static void write_file(const char *path, const char *text, mode_t mode)
{
        FILE *f = fopen(path, "w");
        CM_CHECK(f != NULL);
        fputs(text, f);
        CM_CHECK(fclose(f) == 0 && chmod(path, mode) == 0);
}

CM_TEST(a_helper_runs)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        const char *dir = cm_test_dir();
        char path[256], config[256], old[4096];
        snprintf(path, sizeof(path), "%s/docker-credential-unit", dir);
        write_file(path,
                   "#!/bin/sh\nread -r server\n[ \"$1 $server\" = 'get r.example' ] || {\n"
                   "echo 'credentials not found in native keychain'; exit 1; }\n"
                   "echo '{\"Username\":\"carol\",\"Secret\":\"s3\"}'\n",
                   0700);
        snprintf(config, sizeof(config), "%s/config.json", dir);
        write_file(config, "{\"credsStore\":\"unit\"}", 0600);
        snprintf(old, sizeof(old), "%s:%s", dir, getenv("PATH"));
        setenv("PATH", old, 1);
        setenv("REGISTRY_AUTH_FILE", config, 1);
        struct cm_err err = CM_ERR_INIT;
        struct cm_credential_query query = { CM_SV("r.example"), CM_SV("x") };
        struct cm_credential c = { 0 };
        CM_CHECK_OK(cm_credentials_load(arena, &query, &c, &err), &err);
        CM_CHECK_SV(c.username, "carol");
        CM_CHECK_SV(c.password, "s3");
        query.registry = CM_SV("other.example");
        CM_CHECK_INT(cm_credentials_load(arena, &query, &c, &err), CM_CREDENTIAL_NONE);
        /* A helper that is missing is an error: going on without would ask as nobody. */
        write_file(config, "{\"credsStore\":\"is-not-there\"}", 0600);
        CM_CHECK(cm_credentials_load(arena, &query, &c, &err) < 0);
        CM_CHECK_INT(err.code, CM_E_ENV);
        cm_err_clear(&err);
        write_file(config, "{\"credsStore\":\"../x\"}", 0600);
        CM_CHECK(cm_credentials_load(arena, &query, &c, &err) < 0);
        CM_CHECK_INT(err.code, CM_E_USAGE);
}
