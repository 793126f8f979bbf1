/* SPDX-License-Identifier: Apache-2.0 */
/* Walks the registry of catalogers: every row is complete, documented, and its patterns are of a
 * form that the path table takes. */
#include <stdio.h>

#include "base/arena.h"
#include "image/paths.h"
#include "inventory/cataloger.h"
#include "tests/harness.h"

CM_TEST(rows_are_complete_and_documented)
{
        struct cm_sv page = cm_test_read("docs/catalogers.md");
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        for (size_t i = 0; i < cm_catalogers_count; i++) {
                const struct cm_cataloger *c = cm_catalogers[i];
                struct cm_sv heading = cm_sv_printf(arena, "\n## %s\n", c->name);
                struct cm_sv anchor = cm_sv_printf(arena, "catalogers.md#%s", c->name);
                CM_CHECK(c->summary != NULL && c->parse != NULL && c->file_bytes_max > 0);
                CM_CHECK((c->contexts & (CM_CONTEXT_INSTALLED | CM_CONTEXT_SOURCE)) != 0);
                CM_CHECK(c->globs != NULL || c->probe != NULL);
                CM_CHECK_SV(anchor, c->doc);
                if (cm_sv_find(page, heading) < 0)
                        cm_test_fail(__FILE__, __LINE__, "docs/catalogers.md has no section '%s'",
                                     c->name);
        }
}

CM_TEST(path_table_agrees_with_the_patterns)
{
        static const char *const paths[] = {
                "var/lib/dpkg/status",
                "x/var/lib/dpkg/status",
                "var/lib/dpkg/info/libc6:amd64.list",
                "var/lib/dpkg/info/a/b.list",
                "package.json",
                "a/b/package.json",
                "a/package.jsonx",
                "opt/x.jar",
                ".jar",
                "x.jar/y",
                "a/b-1.dist-info/METADATA",
                "METADATA",
                "b.dist-info/c/METADATA",
                "a/EGG-INFO/PKG-INFO",
                "z.egg-info",
                "dev-requirements.txt",
                "requirements-dev.txt",
                "requirements.txt",
                "etc/os-release",
                "etc/os-release/x",
                "var/lib/dpkg/status.d/base",
                "var/lib/dpkg/status.d/base.md5sums",
                "go.mod",
                "",
        };
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(4));
        struct cm_err err = CM_ERR_INIT;
        const struct cm_path_table *table = NULL;
        uint32_t all = CM_CONTEXT_INSTALLED | CM_CONTEXT_SOURCE;
        CM_CHECK_OK(cm_path_table_new(arena, all, &table, &err), &err);
        for (size_t i = 0; i < CM_ARRAY_LEN(paths); i++) {
                const struct cm_cataloger *found[CM_PATH_MATCHES_MAX];
                struct cm_sv path = cm_sv_from_cstr(paths[i]);
                size_t count = cm_path_table_match(table, path, found);
                size_t want = 0;
                for (size_t c = 0; c < cm_catalogers_count; c++) {
                        bool any = false;
                        for (const char *const *g = cm_catalogers[c]->globs; g != NULL && *g; g++)
                                any = any || cm_path_glob_match(cm_sv_from_cstr(*g), path);
                        want += any;
                }
                if (count != want)
                        cm_test_fail(__FILE__, __LINE__, "'%s': table %zu, patterns %zu", paths[i],
                                     count, want);
        }
}
