/* SPDX-License-Identifier: Apache-2.0 */
/* Package URLs of every kind of package, against a public suite, read back, and refused ones. */
#include <stdio.h>

#include "codec/json.h"
#include "model/purl.h"
#include "tests/harness.h"

static const struct cm_os_release debian = { .id = { "debian", 6 }, .version_id = { "12", 2 } };
static const struct cm_os_release alpine = { .id = { "alpine", 6 }, .version_id = { "3.20.3", 6 } };
static const struct cm_os_release alma = { .id = { "almalinux", 9 }, .version_id = { "9.4", 3 } };
static const struct cm_os_release sid = { .id = { "debian", 6 }, .codename = { "trixie", 6 } };

CM_TEST(every_type)
{
        static const struct {
                enum cm_pkg_type type;
                const char *name;
                const char *version;
                const char *arch;
                const struct cm_os_release *os;
                const char *purl;
        } cases[] = {
                { CM_PKG_DEB, "curl", "7.88.1-10+deb12u5", "amd64", &debian,
                  "pkg:deb/debian/curl@7.88.1-10%2Bdeb12u5?arch=amd64&distro=debian-12" },
                { CM_PKG_DEB, "libstdc++6", "1:12.2.0-14~x", "all", &sid,
                  "pkg:deb/debian/libstdc%2B%2B6@1:12.2.0-14~x?arch=all&distro=debian-trixie" },
                { CM_PKG_DEB, "curl", "7", "", NULL, "pkg:deb/curl@7" },
                { CM_PKG_APK, "musl", "1.2.3-r0", "x86_64", &alpine,
                  "pkg:apk/alpine/musl@1.2.3-r0?arch=x86_64&distro=alpine-3.20.3" },
                { CM_PKG_RPM, "bind-libs", "32:9.16.23-18.el9_4.1", "x86_64", &alma,
                  "pkg:rpm/almalinux/bind-libs@9.16.23-18.el9_4.1?arch=x86_64&distro=almalinux-9.4"
                  "&epoch=32" },
                { CM_PKG_RPM, "bash", "5.1.8-9.el9", "x86_64", &alma,
                  "pkg:rpm/almalinux/bash@5.1.8-9.el9?arch=x86_64&distro=almalinux-9.4" },
                { CM_PKG_NPM, "@babel/core", "7.0.0-beta.1", "", &debian,
                  "pkg:npm/%40babel/core@7.0.0-beta.1" },
                { CM_PKG_NPM, "lodash", "4.17.21", "", NULL, "pkg:npm/lodash@4.17.21" },
                { CM_PKG_PYPI, "Ruamel_YAML", "1.0+local", "", NULL,
                  "pkg:pypi/ruamel-yaml@1.0%2Blocal" },
                { CM_PKG_GOLANG, "github.com/foo/bar/v2", "v2.0.0+incompatible", "", NULL,
                  "pkg:golang/github.com/foo/bar/v2@v2.0.0%2Bincompatible" },
                { CM_PKG_GOLANG, "stdlib", "1.22.1", "", NULL, "pkg:golang/stdlib@1.22.1" },
                { CM_PKG_MAVEN, "org.apache.logging.log4j:log4j-core", "2.14.1", "", NULL,
                  "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1" },
                { CM_PKG_MAVEN, "guava", "", "", NULL, "pkg:maven/guava" },
                { CM_PKG_DEB, "a b", "1?2#3@4%", "", NULL, "pkg:deb/a%20b@1%3F2%233%404%25" },
        };
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_pkg pkg = { .type = cases[i].type,
                                      .name = cm_sv_from_cstr(cases[i].name),
                                      .version = cm_sv_from_cstr(cases[i].version),
                                      .arch = cm_sv_from_cstr(cases[i].arch) };
                CM_CHECK_SV(cm_purl_from_pkg(arena, &pkg, cases[i].os), cases[i].purl);
        }
}

/* Compares the packages of one case; returns how many. */
static size_t check_packages(struct cm_arena *arena, const struct cm_json *packages)
{
        size_t count = 0;
        for (size_t i = 0; cm_json_at(packages, i) != NULL; i++) {
                const struct cm_json *p = cm_json_at(packages, i);
                struct cm_sv want = cm_json_string(cm_json_get(p, "purl"));
                struct cm_sv kind, rest;
                struct cm_pkg pkg = { .name = cm_json_string(cm_json_get(p, "name")),
                                      .version = cm_json_string(cm_json_get(p, "version")) };
                if (!cm_sv_cut(cm_sv_skip(want, 4), '/', &kind, &rest) ||
                    !cm_pkg_type_from_string(kind, &pkg.type))
                        continue;
                struct cm_sv got = cm_purl_from_pkg(arena, &pkg, NULL);
                if (!cm_sv_eq(got, want))
                        cm_test_fail(__FILE__, __LINE__, "purl is %.*s, want %.*s", CM_SV_ARG(got),
                                     CM_SV_ARG(want));
                count++;
        }
        return count;
}

CM_TEST(public_suite)
{
        char path[4096];
        snprintf(path, sizeof(path), "%s/repo-suite/expected.json", cm_test_data());
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(64));
        struct cm_err err = CM_ERR_INIT;
        const struct cm_json *v = NULL;
        CM_CHECK_OK(cm_json_parse(arena, cm_test_read(path), &v, &err), &err);
        size_t count = 0;
        for (size_t i = 0; cm_json_at(v, i) != NULL; i++)
                count += check_packages(arena, cm_json_get(cm_json_at(v, i), "packages"));
        CM_CHECK(count >= 20);
}

CM_TEST(parts_are_read_back)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        struct cm_err err = CM_ERR_INIT;
        struct cm_purl p;
        CM_CHECK_OK(cm_purl_parse(arena,
                                  CM_SV("pkg:NPM/%40babel/core@7.0.0%2B1?arch=x&epoch=1#lib/%20a"),
                                  &p, &err),
                    &err);
        CM_CHECK_SV(p.type, "npm");
        CM_CHECK_SV(p.namespace, "@babel");
        CM_CHECK_SV(p.name, "core");
        CM_CHECK_SV(p.version, "7.0.0+1");
        CM_CHECK_SV(p.qualifiers, "arch=x&epoch=1");
        CM_CHECK_SV(p.subpath, "lib/ a");
        CM_CHECK_OK(cm_purl_parse(arena, CM_SV("pkg://golang/github.com/a/b"), &p, &err), &err);
        CM_CHECK_SV(p.namespace, "github.com/a");
        CM_CHECK_SV(p.name, "b");
        CM_CHECK_SV(p.version, "");
}

CM_TEST(bad_purls_are_refused)
{
        static const char *const bad[] = {
                "",           "pkg:",        "pkg:npm",    "pkg:npm/",     "npm/a@1",  "pkg:/a@1",
                "pkg:npm/@1", "pkg:npm/a%4", "pkg:npm/%z", "pkg:n_pm/a@1", "pkg:1a/b", "pkg:npm/a@%"
        };
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        for (size_t i = 0; i < CM_ARRAY_LEN(bad); i++) {
                struct cm_err err = CM_ERR_INIT;
                struct cm_purl p;
                if (cm_purl_parse(arena, cm_sv_from_cstr(bad[i]), &p, &err) >= 0)
                        cm_test_fail(__FILE__, __LINE__, "'%s' was taken", bad[i]);
                CM_CHECK_INT(err.code, CM_E_MALFORMED);
        }
}
