/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of codec/number.h: the C library, in the C locale of the test process, is the judge. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "codec/number.h"
#include "tests/harness.h"

static uint64_t next(uint64_t *state)
{
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        return *state;
}

static void same_as_libc(const char *text)
{
        double (*const judge)(const char *, char **) = strtod;
        double want = judge(text, NULL);
        double got = 0;
        bool ok = cm_real_parse(cm_sv_from_cstr(text), &got);
        if (ok != (isfinite(want) != 0) || (ok && memcmp(&got, &want, sizeof(got)) != 0))
                cm_test_fail(__FILE__, __LINE__, "%s reads as %a, want %a", text, got, want);
}

CM_TEST(edges)
{
        static const char *const texts[] = {
                "0",
                "-0.0",
                "0e99999999999",
                "1e22",
                "1e23",
                "9007199254740993",
                "9007199254740992.99999999999999999999999999999999",
                "9007199254740993.00000000000000000000000000000001",
                "4.9406564584124654e-324",
                "2.4703282292062327e-324",
                "2.4703282292062328e-324",
                "2.2250738585072011e-308",
                "2.2250738585072014e-308",
                "1.7976931348623157e308",
                "1.7976931348623158e308",
                "1.797693134862315807e308",
                "1.7976931348623159e308",
                "1e309",
                "1e-400",
                ".5",
                "5.",
                "0.000000000000000000000000000000000000000000000000000000001e57",
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(texts); i++)
                same_as_libc(texts[i]);
        static const char *const refused[] = { "",      ".",    "-",  "e1", "1e",  "1e+", "1..2",
                                               "1.2.3", "0x10", " 1", "1 ", "inf", "nan", "1_0" };
        double v = 0;
        for (size_t i = 0; i < CM_ARRAY_LEN(refused); i++)
                CM_CHECK(!cm_real_parse(cm_sv_from_cstr(refused[i]), &v));
}

CM_TEST(random_bits_and_digits_round_as_in_libc)
{
        uint64_t state = 88172645463325252U;
        char text[1400];
        for (int i = 0; i < 60000; i++) {
                uint64_t bits = next(&state);
                double v = 0;
                memcpy(&v, &bits, sizeof(v));
                if (!isfinite(v))
                        continue;
                snprintf(text, sizeof(text), "%.*e", (int)(next(&state) % 30), v);
                same_as_libc(text);
        }
        /* The exact middle of two neighbours has up to 767 digits. */
        for (int i = 0; i < 400; i++) {
                uint64_t bits = next(&state) & 0x3fffffffffffffffU;
                double v = 0;
                memcpy(&v, &bits, sizeof(v));
                long double middle = ((long double)v + (long double)nextafter(v, INFINITY)) / 2;
                snprintf(text, sizeof(text), "%.900Le", middle);
                same_as_libc(text);
        }
}

CM_TEST(writing_is_short_and_reads_back)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, 1000);
        const double values[] = { 1, 0.1, 1e300, 1.0 / 3, -0.0, 5e-324, (double)INFINITY };
        for (size_t i = 0; i < CM_ARRAY_LEN(values); i++) {
                cm_buf_put_real(&buf, values[i]);
                cm_buf_put_char(&buf, ' ');
        }
        CM_CHECK_SV(cm_buf_sv(&buf),
                    "1.0 0.1 1e+300 0.3333333333333333 -0.0 4.94065645841247e-324 null ");
}
