/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of inventory/java.c: what names a library, nesting, archives within that are broken. */
#include "codec/zip_test_util.h"
#include "inventory/probe_util.h"
#include "tests/harness.h"

extern const struct cm_cataloger cm_cataloger_java;

#define POM(g, a, v) CM_SV("groupId=" g "\nartifactId=" a "\nversion=" v "\n")

static struct cm_sv jar(struct cm_arena *arena, const struct cm_zip_member *members, size_t count)
{
        struct cm_zip_writer w CM_CLEANUP(cm_zip_writer_fini);
        cm_zip_writer_init(&w);
        for (size_t i = 0; i < count; i++)
                cm_zip_add(&w, &members[i]);
        return cm_zip_finish(&w, arena, "", false, "");
}

static struct cm_sv run(struct cm_arena *arena, const char *path, struct cm_sv content)
{
        return cm_probe_text(arena, &cm_cataloger_java, path, content);
}

CM_TEST(java_sources_of_names)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(4));
        const struct cm_zip_member shaded[] = {
                { "META-INF/MANIFEST.MF", CM_SV("Implementation-Version: 9\n") },
                { "META-INF/maven/g/a/pom.properties", POM("g", "a", "1.0") },
                { "META-INF/maven/h/b/pom.properties", POM("h", "b", "2.0") },
        };
        CM_CHECK_SV(run(arena, "x-7.jar", jar(arena, shaded, 3)), "g:a 1.0\nh:b 2.0\n");
        CM_CHECK_SV(run(arena, "x-7.jar", jar(arena, shaded, 1)), "x 7\n");
        CM_CHECK_SV(run(arena, "x.jar", jar(arena, shaded, 1)), "x 9\n");
        const struct cm_zip_member bundle = {
                "META-INF/MANIFEST.MF", CM_SV("Bundle-SymbolicName: org.x.y\nBundle-Version: 3\n")
        };
        CM_CHECK_SV(run(arena, "lib/y.jar", jar(arena, &bundle, 1)), "org.x:y 3\n");
        CM_CHECK_SV(run(arena, "lib/plain.jar", jar(arena, NULL, 0)), "");
}

CM_TEST(java_nested)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(4));
        const struct cm_zip_member pom = { "META-INF/maven/g/a/pom.properties",
                                           POM("g", "a", "1.0") };
        const struct cm_zip_member inner = { "lib/in.jar", jar(arena, &pom, 1) };
        const struct cm_zip_member members[] = {
                { "WEB-INF/lib/outer-2.0.jar", jar(arena, &inner, 1) },
                { "WEB-INF/lib/broken-1.0.jar", CM_SV("no zip") },
                { "WEB-INF/lib/odd.jar/", CM_SV("") },
                { "../evil-1.0.jar", CM_SV("x") },
        };
        CM_CHECK_SV(run(arena, "app.war", jar(arena, members, 4)),
                    "unreadable ../evil-1.0.jar: zip member's name is not valid\n"
                    "outer 2.0 in WEB-INF/lib/outer-2.0.jar\n"
                    "unreadable WEB-INF/lib/broken-1.0.jar: zip has no end record\n"
                    "broken 1.0 in WEB-INF/lib/broken-1.0.jar\n"
                    "g:a 1.0 in WEB-INF/lib/outer-2.0.jar!lib/in.jar\n");
}

CM_TEST(java_nesting_has_a_limit)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(4));
        struct cm_sv content = jar(arena, NULL, 0);
        for (int i = 0; i < CM_ARCHIVE_DEPTH_MAX + 2; i++) {
                const struct cm_zip_member in = { "n-1.jar", content };
                content = jar(arena, &in, 1);
        }
        struct cm_sv got = run(arena, "top.jar", content);
        CM_CHECK(cm_sv_find(got, CM_SV("archive_depth_max")) >= 0);
        size_t lines = 0;
        struct cm_sv line;
        while (cm_sv_next_line(&got, &line))
                lines++;
        CM_CHECK_INT(lines, CM_ARCHIVE_DEPTH_MAX);
}

CM_TEST(java_unfilled_and_broken)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(4));
        const struct cm_zip_member members[] = {
                { "META-INF/maven/g/a/pom.properties", POM("g", "a", "${project.version}") },
                { "META-INF/maven/g/b/pom.properties", CM_SV("x"), .wrong_crc = 1 },
                { "other/pom.properties", POM("g", "c", "1") },
        };
        CM_CHECK_SV(run(arena, "t.jar", jar(arena, members, 1)), "");
        CM_CHECK_SV(run(arena, "t.jar", jar(arena, members + 2, 1)), "");
        CM_CHECK_SV(run(arena, "t.jar", jar(arena, members + 1, 1)),
                    "unreadable META-INF/maven/g/b/pom.properties: zip member's checksum does not "
                    "match\n");
        CM_CHECK_SV(run(arena, "t.jar", CM_SV("")), "unreadable zip has no end record\n");
}
