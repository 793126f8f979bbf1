/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of named formats: good and bad texts of each, and all errors of one text. */
#include "cel/named_format.h"
#include "tests/harness.h"

static struct cm_arena *arena(void)
{
        static struct cm_arena *all;
        if (all == NULL)
                all = cm_arena_new(CM_MIB(8));
        return all;
}

static size_t check(const char *name, const char *text)
{
        struct cm_sv errors[CM_NAMED_FORMAT_ERRORS_MAX];
        const struct cm_named_format *format = cm_named_format_get(cm_sv_from_cstr(name));
        CM_CHECK(format != NULL);
        return cm_named_format_check(format, arena(), cm_sv_from_cstr(text), errors);
}

#define A10 "aaaaaaaaaa"
#define A60 A10 A10 A10 A10 A10 A10

CM_TEST(good)
{
        static const char *const texts[][2] = {
                { "dns1123Label", "my-name" },
                { "dns1123Label", "123-abc" },
                { "dns1123Label", A60 "aaa" },
                { "dns1123LabelPrefix", "my-name-" },
                { "dns1123LabelPrefix", A60 "aaa-" },
                { "dns1123Subdomain", "a.b-c.d0" },
                { "dns1123SubdomainPrefix", "example.com-" },
                { "dns1035Label", "abc-123" },
                { "dns1035LabelPrefix", "abc-" },
                { "qualifiedName", "MyName" },
                { "qualifiedName", "example.com/My.Name_1" },
                { "labelValue", "" },
                { "labelValue", "My_Value.1" },
                { "uri", "http://example.org/" },
                { "uri", "/path" },
                { "uuid", "123e4567-e89b-12d3-a456-426614174000" },
                { "uuid", "123E4567E89B12D3A456426614174000" },
                { "byte", "aGVsbG8=" },
                { "byte", "aGVsbA==" },
                { "date", "2024-02-29" },
                { "datetime", "2024-02-29T23:59:59Z" },
                { "datetime", "2024-02-29t23:59:59.123+02:00" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(texts); i++)
                if (check(texts[i][0], texts[i][1]) != 0)
                        CM_CHECK_SV(cm_sv_from_cstr(texts[i][0]), texts[i][1]);
}

CM_TEST(bad)
{
        static const char *const texts[][2] = {
                { "dns1123Label", "" },
                { "dns1123Label", "My-name" },
                { "dns1123Label", "-a" },
                { "dns1123Label", "a-" },
                { "dns1123Label", "a.b" },
                { "dns1123Label", A60 "aaaa" },
                { "dns1123LabelPrefix", "-" },
                { "dns1123Subdomain", "a..b" },
                { "dns1123Subdomain", ".a" },
                { "dns1123Subdomain", "a." },
                { "dns1123Subdomain", "a-.b" },
                { "dns1035Label", "1abc" },
                { "qualifiedName", "" },
                { "qualifiedName", "/name" },
                { "qualifiedName", "example.com/" },
                { "qualifiedName", "a/b/c" },
                { "qualifiedName", "Example.com/name" },
                { "qualifiedName", "_x" },
                { "labelValue", "-x" },
                { "labelValue", "a b" },
                { "uri", "relative" },
                { "uuid", "123e4567-e89b-12d3-a456-42661417400" },
                { "uuid", "123e4567-e89b-12d3-a456-4266141740000" },
                { "uuid", "123e4567--e89b-12d3-a456-426614174000" },
                { "uuid", "g23e4567-e89b-12d3-a456-426614174000" },
                { "byte", "" },
                { "byte", "aGVsbG8" },
                { "byte", "aGVs=bG8" },
                { "byte", "a===" },
                { "byte", "aGV-" },
                { "date", "2023-02-29" },
                { "date", "2024-13-01" },
                { "date", "2024-00-01" },
                { "date", "2024-1-01" },
                { "datetime", "2024-02-29" },
                { "datetime", "2024-02-29T24:00:00Z" },
                { "datetime", "2024-02-29T23:59:59" },
                { "datetime", "2024-02-29T23:59:59.Z" },
                { "datetime", "2024-02-29T23:59:59+0200" },
                { "datetime", "2024-02-30T23:59:59Z" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(texts); i++)
                if (check(texts[i][0], texts[i][1]) == 0)
                        CM_CHECK_SV(cm_sv_from_cstr(texts[i][0]), texts[i][1]);
}

CM_TEST(several_errors)
{
        CM_CHECK_INT(check("dns1123Label", A60 "-A-B-"), 2);
        CM_CHECK_INT(check("qualifiedName", A60 A60 A60 A60 A60 "!/" A60 "-B-!"), 4);
        CM_CHECK(cm_named_format_get(CM_SV("nope")) == NULL);
        CM_CHECK_SV(cm_sv_from_cstr(cm_named_format_name(cm_named_format_at(0))), "dns1123Label");
        CM_CHECK(cm_named_format_at(13) == NULL);
}
