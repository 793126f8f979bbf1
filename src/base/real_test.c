/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing of doubles. */
#include "base/real.h"
#include "tests/harness.h"

static bool reads(const char *text, double want)
{
        double d = 0;
        return cm_real_parse(cm_sv_from_cstr(text), &d) && d == want;
}

CM_TEST(reads_decimals)
{
        CM_CHECK(reads("1", 1));
        CM_CHECK(reads("-1.5e3", -1500));
        CM_CHECK(reads(".5", 0.5));
        CM_CHECK(reads("5.", 5));
        CM_CHECK(reads("+1E-2", 0.01));
        CM_CHECK(reads("5e-324", 5e-324));
        CM_CHECK(reads("1e-9999", 0));
}

CM_TEST(reads_any_number_of_digits)
{
        static char text[100001];
        memset(text, '0', sizeof(text) - 1);
        memcpy(text, "1.5", 3);
        CM_CHECK(reads(text, 1.5));
        memcpy(text, "0.0", 3);
        text[sizeof(text) - 2] = '1';
        CM_CHECK(reads(text, 0));
}

CM_TEST(refuses_other_text)
{
        static const char *const bad[] = { "",     ".",   "e5",  "1e",    "1e+", " 1",  "1 ",
                                           "0x10", "nan", "inf", "1e999", "1,5", "--1", "1.2.3" };
        double d = 0;
        for (size_t i = 0; i < CM_ARRAY_LEN(bad); i++)
                CM_CHECK(!cm_real_parse(cm_sv_from_cstr(bad[i]), &d));
}

static struct cm_sv shortest(double d, char text[CM_REAL_TEXT_BYTES], int want_exponent)
{
        int exponent = 0;
        cm_real_format_e(d, text, &exponent);
        CM_CHECK_INT(exponent, want_exponent);
        return cm_sv_from_cstr(text);
}

CM_TEST(writes_the_shortest_digits)
{
        char t[CM_REAL_TEXT_BYTES];
        CM_CHECK_SV(shortest(0.1, t, -1), "1e-01");
        CM_CHECK_SV(shortest(1e6, t, 6), "1e+06");
        CM_CHECK_SV(shortest(-123.456, t, 2), "-1.23456e+02");
        CM_CHECK_SV(shortest(0.1 + 0.2, t, -1), "3.0000000000000004e-01");
        CM_CHECK_SV(shortest(5e-324, t, -324), "5e-324");
        CM_CHECK_SV(shortest(1.7976931348623157e308, t, 308), "1.7976931348623157e+308");
        CM_CHECK_SV(shortest(0.0, t, 0), "0e+00");
        CM_CHECK_SV(shortest(100, t, 2), "1e+02");
}
