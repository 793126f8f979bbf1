/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of inventory/java_manifest.h. */
#include "base/buf.h"
#include "inventory/java_manifest.h"
#include "tests/harness.h"

CM_TEST(java_file_names)
{
        static const struct {
                const char *path, *artifact, *version;
        } cases[] = {
                { "lib/log4j-core-2.14.1.jar", "log4j-core", "2.14.1" },
                { "log4j-1.2-api-2.14.1.jar", "log4j-1.2-api", "2.14.1" },
                { "scala_2.12-1.0.jar", "scala_2.12", "1.0" },
                { "a-1.0-beta-2.jar", "a", "1.0-beta-2" },
                { "a-1.0-20200101.123456-1.jar", "a", "1.0-20200101.123456-1" },
                { "n-4.1.2.Final-linux-x86_64.jar", "n", "4.1.2.Final-linux-x86_64" },
                { "bcprov-jdk15on-150.jar", "bcprov-jdk15on", "150" },
                { "plain.jar", "plain", "" },
                { "a-.jar", "a-", "" },
                { ".jar", "", "" },
                { "", "", "" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_java_name n = cm_java_file_name(cm_sv_from_cstr(cases[i].path));
                CM_CHECK_SV(n.artifact, cases[i].artifact);
                CM_CHECK_SV(n.version, cases[i].version);
        }
}

CM_TEST(java_pom_properties)
{
        struct cm_java_name n = cm_java_pom_properties(
                CM_SV("#Created\r\nversion = 1.0\r\ngroupId=g.h\r\nartifactId=a\r\n"));
        CM_CHECK_SV(n.group, "g.h");
        CM_CHECK_SV(n.artifact, "a");
        CM_CHECK_SV(n.version, "1.0");
        n = cm_java_pom_properties(CM_SV("version=${project.version}\nartifactId\n=x\n"));
        CM_CHECK_SV(n.version, "");
        CM_CHECK_SV(n.artifact, "");
}

CM_TEST(java_manifest_values)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        struct cm_java_name n = cm_java_manifest(
                arena,
                CM_SV("Manifest-Version: 1.0\r\nBundle-SymbolicName: org.apa\r\n che.commo\r\n"
                      " ns.lang3;singleton:=true\r\nBundle-Version: 3.12.0\r\n\r\n"
                      "Name: x\r\nImplementation-Version: 9\r\n"));
        CM_CHECK_SV(n.group, "org.apache.commons");
        CM_CHECK_SV(n.artifact, "lang3");
        CM_CHECK_SV(n.version, "3.12.0");
        n = cm_java_manifest(arena, CM_SV("Implementation-Vendor-Id: com.x\n"
                                          "Implementation-Title: a-b\nImplementation-Version: 2\n"
                                          "Bundle-Version: 1\n"));
        CM_CHECK_SV(n.group, "com.x");
        CM_CHECK_SV(n.artifact, "a-b");
        CM_CHECK_SV(n.version, "2");
}

CM_TEST(java_manifest_of_nothing_useful)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        struct cm_java_name n = cm_java_manifest(
                arena, CM_SV(" continued\nno colon\nImplementation-Vendor-Id: Some Vendor\n"
                             "Implementation-Title: Apache Tomcat\n"
                             "Implementation-Version: @VERSION@\n"));
        CM_CHECK_SV(n.group, "");
        CM_CHECK_SV(n.artifact, "");
        CM_CHECK_SV(n.version, "");
}

/* Copying per continuation line would need gigabytes. */
CM_TEST(java_manifest_joins_many_lines_once)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(4));
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&text, CM_MIB(1));
        cm_buf_put_str(&text, "Implementation-Version: 1\n");
        for (int i = 0; i < 200000; i++)
                cm_buf_put_str(&text, " x\n");
        CM_CHECK_INT(cm_java_manifest(arena, cm_buf_sv(&text)).version.len, 200001);
}
