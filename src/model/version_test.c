/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Version orders against public vectors (both directions) and hard cases of our own. Live oracles
 * are in tests/live/10-versions.
 */
#include <stdio.h>

#include "model/version.h"
#include "tests/harness.h"

static int expected(char op)
{
        return op == '<' ? -1 : op == '>' ? 1 : 0;
}

/* Returns the number of lines that do not hold. */
static size_t check_lines(enum cm_version_order order, struct cm_sv text, size_t *ret_count)
{
        size_t bad = 0;
        struct cm_sv line;
        while (cm_sv_next_line(&text, &line)) {
                line = cm_sv_trim(line);
                struct cm_sv a, op, b;
                if (line.len == 0 || line.ptr[0] == '#' || !cm_sv_cut(line, ' ', &a, &b) ||
                    !cm_sv_cut(b, ' ', &op, &b) || op.len != 1)
                        continue;
                ++*ret_count;
                int want = expected(op.ptr[0]);
                if (cm_version_cmp(order, a, b) == want && cm_version_cmp(order, b, a) == -want)
                        continue;
                fprintf(stderr, "%s: does not hold: %.*s\n", cm_version_order_to_string(order),
                        CM_SV_ARG(line));
                bad++;
        }
        return bad;
}

static void check_file(enum cm_version_order order, const char *name)
{
        char path[4096];
        snprintf(path, sizeof(path), "%s/versions/%s", cm_test_data(), name);
        size_t count = 0;
        size_t bad = check_lines(order, cm_test_read(path), &count);
        CM_CHECK(count > 0);
        CM_CHECK_INT(bad, 0);
}

CM_TEST(debian_vectors)
{
        check_file(CM_VERSION_DPKG, "debian-versions.txt");
        check_file(CM_VERSION_DPKG, "debian-versions-generated.txt");
}

CM_TEST(alpine_vectors)
{
        check_file(CM_VERSION_APK, "alpine-versions.txt");
        check_file(CM_VERSION_APK, "alpine-versions-generated.txt");
}

CM_TEST(redhat_vectors)
{
        check_file(CM_VERSION_RPM, "redhat-versions.txt");
}

CM_TEST(semver_vectors)
{
        check_file(CM_VERSION_SEMVER, "semver-versions.txt");
        check_file(CM_VERSION_NPM, "semver-versions.txt");
}

CM_TEST(pypi_vectors)
{
        check_file(CM_VERSION_PEP440, "pypi-versions.txt");
        check_file(CM_VERSION_PEP440, "pypi-versions-generated.txt");
}

CM_TEST(maven_vectors)
{
        check_file(CM_VERSION_MAVEN, "maven-versions.txt");
        check_file(CM_VERSION_MAVEN, "maven-versions-generated.txt");
}

CM_TEST(own_cases)
{
        static const struct {
                enum cm_version_order order;
                const char *lines;
        } cases[] = {
                { CM_VERSION_DPKG, "1.0~rc1 < 1.0\n1:0 > 9\n1.0-1 < 1.0-1+b1\n1.0 = 1.0-0\n"
                                   "0:1.0 = 1.0\n1.0-1~deb11u1 < 1.0-1\n1.0.0 > 1.0\n1a < 1+\n" },
                { CM_VERSION_RPM, "1.0~rc1 < 1.0\n1.0^git1 > 1.0\n1.0^git1 < 1.0.1\n0:1-1 = 1-1\n"
                                  "1:1-1 > 2-1\n1.0-1.el9 < 1.0-1.el9_1\n1.05 = 1.5\n1.0 < 1.0-3\n"
                                  "a < 1\n" },
                { CM_VERSION_APK, "1.0_rc1 < 1.0\n1.0_p1 > 1.0\n1.0-r0 < 1.0-r1\n1.0a > 1.0\n"
                                  "3.0.0 < 3.0.0_git20230331\n1.2.3 < 1.2.3-r1\n1.10 > 1.9\n" },
                { CM_VERSION_SEMVER,
                  "1.0.0-alpha < 1.0.0-alpha.1\n1.0.0-rc.1 < 1.0.0\nv1.2.3 = 1.2.3\n"
                  "1.0.0+a = 1.0.0+b\n1.0.0-2 < 1.0.0-10\n1.0.0-10 < 1.0.0-a\n" },
                { CM_VERSION_PEP440,
                  "1.0.dev1 < 1.0a1\n1.0rc1 < 1.0\n1.0 < 1.0.post1\n1!0.1 > 9\n"
                  "1.0+1 > 1.0\n1.0-1 = 1.0.post1\n1.0.0 = 1\n1.0a = 1.0alpha0\n" },
                { CM_VERSION_MAVEN, "1-alpha-1 < 1-beta-1\n1.0 = 1\n1-rc = 1-cr\n1-snapshot < 1\n"
                                    "1 < 1-sp\n1-ga = 1\n1.0.0.Final = 1.0\n2.0-m1 < 2.0-rc1\n"
                                    "1-1 < 1.1\n1-foo < 1-1\n" },
                { CM_VERSION_GO,
                  "go1.19.8 < go1.19.9\n1.20rc1 < 1.20\ngo1.21.0 > go1.21rc2\n"
                  "v0.0.0-20210908233432-aa78b53d3365 < v0.0.0-20220412211240-33da011f77ad\n"
                  "v1.2.3 < v2.0.0+incompatible\nv1.2.3-pre < v1.2.3\n"
                  "go1.21rc2 = v1.21.0-rc.2\n1.20rc10 > go1.20rc2\n1.20rc10 > v1.20.0-beta.11\n"
                  "go1.21 < go1.21rc1\ngo1.20 > go1.20rc1\ngo1.22.1-bigcorp = go1.22.1\n"
                  "go1.19.8 < 1.19.9\ngo1.22.0 > 1.22.0-0\ndevel < v0.0.0-0\n" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                size_t count = 0;
                CM_CHECK_INT(check_lines(cases[i].order, cm_sv_from_cstr(cases[i].lines), &count),
                             0);
                CM_CHECK(count > 4);
        }
}

CM_TEST(npm_ranges)
{
        static const struct {
                const char *range;
                const char *version;
                bool has;
        } cases[] = {
                { "^1.2.3", "1.9.0", true },
                { "^1.2.3", "2.0.0", false },
                { "^0.2.3", "0.2.9", true },
                { "^0.2.3", "0.3.0", false },
                { "^0.0.3", "0.0.4", false },
                { "^0.x", "0.9.9", true },
                { "~1.2", "1.2.9", true },
                { "~1.2.3", "1.3.0", false },
                { "1.x || >=2.5.0", "2.6.0", true },
                { "1.x || >=2.5.0", "2.0.0", false },
                { "1.0.0 - 2.9999.9999", "1.2.3", true },
                { "1.2.3 - 2.3", "2.3.9", true },
                { ">=1.0.0 <2.0.0", "1.5.0", true },
                { ">= 1.0.0 < 1.2", "1.2.0", false },
                { "*", "0.0.1", true },
                { "", "1.2.3", true },
                { ">1.2.3-alpha.3", "1.2.3-alpha.7", true },
                { ">1.2.3-alpha.3", "3.4.5-alpha.9", false },
                { "<0.4.0", "0.3.9", true },
                { "<=0.4", "0.4.7", true },
                { ">1.2", "1.2.9", false },
                { "=1.2.3", "1.2.3", true },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_err err = CM_ERR_INIT;
                int r = cm_npm_range_has(cm_sv_from_cstr(cases[i].range),
                                         cm_sv_from_cstr(cases[i].version), false, &err);
                if (r != (cases[i].has ? 1 : 0))
                        cm_test_fail(__FILE__, __LINE__, "%s has %s: got %d", cases[i].range,
                                     cases[i].version, r);
        }
        /* as advisories' ranges are asked: pre-releases count */
        static const struct {
                const char *range;
                const char *version;
                bool has;
        } all[] = {
                { ">=1.2", "1.2.0-beta", true },   { "1.x", "1.0.0-rc.1", true },
                { "^0.2.3", "0.2.3-rc.1", true },  { "^1.2.3", "1.2.3-rc.1", false },
                { "~1.2", "1.2.0-rc.1", false },   { "1.2.3 - 2", "1.2.3-0", true },
                { "<1.2.3", "1.2.3-rc.1", true },  { "<1.2", "1.2.0-rc.1", false },
                { "<=1.2", "1.3.0-rc.1", false },  { ">1.2", "1.3.0-rc.1", true },
                { "^1.2.3", "2.0.0-rc.1", false }, { "*", "1.0.0-rc.1", true },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(all); i++) {
                struct cm_err err = CM_ERR_INIT;
                int r = cm_npm_range_has(cm_sv_from_cstr(all[i].range),
                                         cm_sv_from_cstr(all[i].version), true, &err);
                if (r != (all[i].has ? 1 : 0))
                        cm_test_fail(__FILE__, __LINE__, "%s has %s: got %d", all[i].range,
                                     all[i].version, r);
        }
        struct cm_err err = CM_ERR_INIT;
        CM_CHECK(cm_npm_range_has(CM_SV("not a range"), CM_SV("1.2.3"), false, &err) < 0);
}
