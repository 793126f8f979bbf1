/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of rule/glob.h: the same answers as the C library's fnmatch(), and no more time. */
#include <fnmatch.h>

#include "rule/glob.h"
#include "tests/harness.h"

CM_TEST(as_fnmatch)
{
        static const char *const patterns[] = { "*",
                                                "a*",
                                                "*a",
                                                "a*b*c",
                                                "?",
                                                "[abc]",
                                                "[!abc]",
                                                "[a-c]x",
                                                "[]a]",
                                                "a\\*b",
                                                "[[:digit:]]*",
                                                "/proc/*/environ",
                                                "[a",
                                                "**",
                                                "",
                                                "[a-]",
                                                "a?c",
                                                "[^x]y" };
        static const char *const texts[] = { "",
                                             "a",
                                             "b",
                                             "ab",
                                             "abc",
                                             "aXbYc",
                                             "x",
                                             "]",
                                             "a*b",
                                             "1x",
                                             "/proc/1/environ",
                                             "/proc/1/2/environ",
                                             "[a",
                                             "cx",
                                             "-",
                                             "zy",
                                             "aac" };
        for (size_t i = 0; i < CM_ARRAY_LEN(patterns); i++)
                for (size_t j = 0; j < CM_ARRAY_LEN(texts); j++) {
                        bool want = fnmatch(patterns[i], texts[j], 0) == 0;
                        if (cm_glob_match(cm_sv_from_cstr(patterns[i]), cm_sv_from_cstr(texts[j]),
                                          false) != want)
                                cm_test_fail(__FILE__, __LINE__, "'%s' on '%s' is not %d",
                                             patterns[i], texts[j], want);
                }
        CM_CHECK(cm_glob_match(CM_SV("*.PY"), CM_SV("x.py"), true));
        CM_CHECK(!cm_glob_match(CM_SV("*.PY"), CM_SV("x.py"), false));
}

CM_TEST(no_explosion)
{
        char text[4096];
        char pattern[64];
        memset(text, 'a', sizeof(text));
        for (size_t i = 0; i < sizeof(pattern); i += 2) {
                pattern[i] = '*';
                pattern[i + 1] = 'a';
        }
        pattern[sizeof(pattern) - 1] = 'b';
        CM_CHECK(!cm_glob_match(cm_sv_make(pattern, sizeof(pattern)),
                                cm_sv_make(text, sizeof(text)), false));
}

CM_TEST(paths)
{
        CM_CHECK(cm_path_below(CM_SV("/etc"), CM_SV("/etc")));
        CM_CHECK(cm_path_below(CM_SV("/etc/passwd"), CM_SV("/etc")));
        CM_CHECK(cm_path_below(CM_SV("/etc/passwd"), CM_SV("/etc/")));
        CM_CHECK(!cm_path_below(CM_SV("/etcetera"), CM_SV("/etc")));
        CM_CHECK(!cm_path_below(CM_SV("/"), CM_SV("/etc")));
        CM_CHECK(cm_path_below(CM_SV("/home/x/.ssh/id"), CM_SV("/home/*/.ssh")));
        CM_CHECK(!cm_path_below(CM_SV("/home/x/y/.ssh/id"), CM_SV("/home/*/.ssh")));
        CM_CHECK(!cm_path_below(CM_SV("etc/passwd"), CM_SV("/etc")));
        CM_CHECK(!cm_path_below(CM_SV("/etc"), CM_SV("")));
        CM_CHECK(cm_path_below(CM_SV("/any"), CM_SV("/")));
}
