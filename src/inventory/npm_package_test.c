/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of inventory/npm_package.c: licence forms; what only is called so. */
#include "inventory/probe_test_util.h"

extern const struct cm_cataloger cm_cataloger_npm_package;

CM_TEST(npm_package_good_input)
{
        static const struct cm_probe_case cases[] = {
                { "{\"name\":\"a\",\"version\":\"1.0.0\",\"license\":\"MIT\"}",
                  "a 1.0.0 as MIT\n" },
                { "\xef\xbb\xbf"
                  "{\"name\":\"@s/a\",\"version\":\" 1.0.0-beta+b \",\"license\":{\"type\":\"ISC\"}}",
                  "@s/a 1.0.0-beta+b as ISC\n" },
                { "{\"name\":\"a\",\"version\":\"1.0.0\",\"licenses\":[{\"type\":\"MIT\"},\"BSD\"]}",
                  "a 1.0.0 as MIT OR BSD\n" },
                /* loose, as npm takes it */
                { "{\"name\":\"a\",\"version\":\"v1.2.3beta\"}", "a v1.2.3beta\n" },
        };
        cm_probe_check(&cm_cataloger_npm_package, "app/node_modules/a/package.json", cases,
                       CM_ARRAY_LEN(cases));
}

CM_TEST(npm_package_bad_input)
{
        static const struct cm_probe_case cases[] = {
                /* a folder of a project, no package */
                { "{\"name\":\"a\"}", "" },
                { "{\"name\":\"../x\",\"version\":\"1.0.0\"}", "" },
                { "{\"name\":\"a b\",\"version\":\"1.0.0\"}", "" },
                { "{\"name\":\"a\",\"version\":\"1.0\"}", "" },
                { "{\"name\":\"a\",\"version\":\"{{v}}\"}", "" },
                { "{\"name\":[\"a\"],\"version\":{}}", "" },
                { "[\"a\"]", "" },
                { "{\"name\":\"a\",\"version\":\"1.0.0\"", "error malformed" },
        };
        cm_probe_check(&cm_cataloger_npm_package, "app/node_modules/a/package.json", cases,
                       CM_ARRAY_LEN(cases));
}
