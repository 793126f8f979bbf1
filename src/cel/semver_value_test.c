/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of strict semantic versions. */
#include "cel/semver_value.h"
#include "tests/harness.h"

static struct cm_arena *arena(void)
{
        static struct cm_arena *all;
        if (all == NULL)
                all = cm_arena_new(CM_MIB(8));
        return all;
}

static bool parse(const char *text, bool normalize, struct cm_semver *ret)
{
        struct cm_err err = CM_ERR_INIT;
        return cm_semver_parse(arena(), cm_sv_from_cstr(text), normalize, ret, &err) == 0;
}

CM_TEST(strict)
{
        static const char *const good[] = { "1.2.3",
                                            "0.0.0",
                                            "1.2.3-rc.1",
                                            "1.2.3-0a.b-c",
                                            "1.2.3+001.b-d",
                                            "1.2.3-x+y",
                                            "9223372036854775807.0.0",
                                            "1.0.0-a--" };
        static const char *const bad[] = { "",
                                           "1",
                                           "1.2",
                                           "v1.2.3",
                                           "01.2.3",
                                           "1.2.3.4",
                                           "1.2.03",
                                           "1.2.3-",
                                           "1.2.3+",
                                           "1.2.3-a..b",
                                           "1.2.3-01",
                                           "1.2.3-a_b",
                                           "9223372036854775808.0.0",
                                           "1.2.3 ",
                                           "1.2.x",
                                           "-1.2.3",
                                           "1.2.3+a+b" };
        struct cm_semver v;
        for (size_t i = 0; i < CM_ARRAY_LEN(good); i++)
                if (!parse(good[i], false, &v))
                        CM_CHECK_SV(cm_sv_from_cstr(good[i]), "taken");
        for (size_t i = 0; i < CM_ARRAY_LEN(bad); i++)
                if (parse(bad[i], false, &v))
                        CM_CHECK_SV(cm_sv_from_cstr(bad[i]), "refused");
        CM_CHECK(parse("1.20.3-rc", false, &v));
        CM_CHECK_INT(v.major, 1);
        CM_CHECK_INT(v.minor, 20);
        CM_CHECK_INT(v.patch, 3);
}

CM_TEST(normalized)
{
        static const char *const texts[][2] = {
                { "v1.2.3", "1.2.3" },      { "v1", "1.0.0" },  { "1.02", "1.2.0" },
                { "v01.01", "1.1.0" },      { "000", "0.0.0" }, { "1.2.003-rc.1", "1.2.3-rc.1" },
                { "1.2.00-rc", "1.2.0-rc" }
        };
        static const char *const bad[] = { "1-rc", "1.2+b", "v", "vv1", "1.2.3.4", "V1.2.3", "" };
        struct cm_semver v;
        for (size_t i = 0; i < CM_ARRAY_LEN(texts); i++) {
                CM_CHECK(parse(texts[i][0], true, &v));
                CM_CHECK_SV(v.text, texts[i][1]);
        }
        for (size_t i = 0; i < CM_ARRAY_LEN(bad); i++)
                CM_CHECK(!parse(bad[i], true, &v));
}

CM_TEST(order)
{
        static const char *const order[] = { "1.0.0-alpha",  "1.0.0-alpha.1", "1.0.0-alpha.beta",
                                             "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",
                                             "1.0.0",        "1.0.1",         "1.10.0" };
        struct cm_semver a, b;
        for (size_t i = 0; i + 1 < CM_ARRAY_LEN(order); i++) {
                CM_CHECK(parse(order[i], false, &a) && parse(order[i + 1], false, &b));
                CM_CHECK_INT(cm_semver_cmp(&a, &b), -1);
                CM_CHECK_INT(cm_semver_cmp(&b, &a), 1);
        }
        CM_CHECK(parse("1.0.0+a", false, &a) && parse("1.0.0+b", false, &b));
        CM_CHECK_INT(cm_semver_cmp(&a, &b), 0);
}
