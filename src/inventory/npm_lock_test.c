/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of inventory/npm_lock.c: every version of the format, aliases, links, what is no release. */
#include "inventory/probe_test_util.h"

extern const struct cm_cataloger cm_cataloger_npm_lock;

CM_TEST(npm_lock_good_input)
{
        static const struct cm_probe_case cases[] = {
                /* version 1: a tree; an alias */
                { "{\"lockfileVersion\":1,\"dependencies\":{\"a\":{\"version\":\"1.0.0\",\"integrity\":\"sha512-AA==\",\"dev\":true,\"dependencies\":{\"b\":{\"version\":\"2.0.0\"}}},\"c\":{\"version\":\"npm:@s/real@3.0.0\"}}}",
                  "a 1.0.0 dev is sha512-AA==\n"
                  "@s/real 3.0.0\n"
                  "b 2.0.0\n" },
                /* version 2: the flat table counts, not the tree beside it */
                { "{\"lockfileVersion\":2,\"packages\":{\"\":{\"version\":\"9.9.9\"},\"node_modules/a\":{\"version\":\"1.0.0\",\"license\":\"MIT\"},\"node_modules/a/node_modules/@s/b\":{\"version\":\"2.0.0-rc.1\"}},\"dependencies\":{\"a\":{\"version\":\"1.0.0\"},\"x\":{\"version\":\"7.0.0\"}}}",
                  "a 1.0.0 as MIT\n"
                  "@s/b 2.0.0-rc.1\n" },
                /* version 3: workspaces and links are not packages, what is below them is */
                { "{\"lockfileVersion\":3,\"packages\":{\"packages/w\":{\"version\":\"1.0.0\"},\"node_modules/w\":{\"resolved\":\"packages/w\",\"link\":true},\"packages/w/node_modules/d\":{\"version\":\"1.2.3\"},\"node_modules/alias\":{\"name\":\"real\",\"version\":\"4.0.0\"}}}",
                  "d 1.2.3\n"
                  "real 4.0.0\n" },
                /* there, but of no release */
                { "{\"lockfileVersion\":1,\"dependencies\":{\"g\":{\"version\":\"git+https://example.org/g.git#abc\"},\"f\":{\"version\":\"file:../f\"}}}",
                  "g \n"
                  "f \n" },
                /* also an optional dependency in production */
                { "{\"lockfileVersion\":3,\"packages\":{\"node_modules/o\":{\"version\":\"1.0.0\",\"devOptional\":true}}}",
                  "o 1.0.0\n" },
                /* a project without dependencies */
                { "{\"lockfileVersion\":3}", "" },
        };
        cm_probe_check(&cm_cataloger_npm_lock, "app/package-lock.json", cases, CM_ARRAY_LEN(cases));
}

CM_TEST(npm_lock_bad_input)
{
        static const struct cm_probe_case cases[] = {
                { "", "error malformed" },
                { "[]", "error malformed" },
                { "{\"dependencies\":[1]}", "error malformed" },
                { "{\"packages\":{\"node_modules/a\":{\"version\":\"1.0.0\"}", "error malformed" },
                /* members of other types */
                { "{\"packages\":{\"node_modules/a\":{\"version\":1},\"node_modules/\":{\"version\":\"1.0.0\"},\"node_modules/b\":null}}",
                  "" },
        };
        cm_probe_check(&cm_cataloger_npm_lock, "app/package-lock.json", cases, CM_ARRAY_LEN(cases));
}

CM_TEST(npm_lock_nests_to_the_limit_of_json)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(16));
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&text, CM_MIB(1));
        for (int i = 0; i < 1000; i++)
                cm_buf_put_str(&text, "{\"dependencies\":{\"a\":");
        CM_CHECK_SV(
                cm_probe_text(arena, &cm_cataloger_npm_lock, "package-lock.json", cm_buf_sv(&text)),
                "error limit");
}
