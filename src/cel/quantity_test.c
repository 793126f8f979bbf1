/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of Kubernetes quantities: suffixes, rounding, the cap, integers, sums. */
#include "cel/quantity.h"
#include "tests/harness.h"

static struct cm_quantity quantity(const char *text)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_quantity q = { 0 };
        CM_CHECK_OK(cm_quantity_parse(cm_sv_from_cstr(text), &q, &err), &err);
        return q;
}

static int cmp(const char *a, const char *b)
{
        struct cm_quantity x = quantity(a);
        struct cm_quantity y = quantity(b);
        return cm_quantity_cmp(&x, &y);
}

CM_TEST(equal_values)
{
        static const char *const equal[][2] = {
                { "1000m", "1" },
                { "1k", "1000" },
                { "1.5Ki", "1536" },
                { "1Mi", "1024Ki" },
                { "2e3", "2k" },
                { "2E3", "2000" },
                { "0.001", "1m" },
                { "1000n", "1u" },
                { "1000u", "1m" },
                { "5M", "5e6" },
                { "3G", "3e+9" },
                { "1T", "1e12" },
                { "1P", "1e15" },
                { "1E", "1e18" },
                { "1Gi", "1073741824" },
                { "1Ti", "1099511627776" },
                { "7Ei", "8070450532247928832" },
                { "+1", "1" },
                { "-0", "0" },
                { ".5", "500m" },
                { "1.", "1" },
                { "00010", "10" },
                { "1e-10", "1n" },
                { "-0.1n", "-1n" },
                { "0.1234567891", "0.123456790" },
                { "0.5Gi", "512Mi" },
                { "0.0000000001Ki", "103n" },
                { "1e19", "9223372036854775807" },
                { "-99999999999999999999999999999", "-9223372036854775807" },
                { "0.00000000000000000001Ei", "11529216n" },
                { "1e100000000000000000000", "10E" },
                { "0e99999", "0" },
                { "1e-99999", "1n" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(equal); i++)
                if (cmp(equal[i][0], equal[i][1]) != 0)
                        CM_CHECK_SV(cm_sv_from_cstr(equal[i][0]), equal[i][1]);
        CM_CHECK_INT(cmp("-1", "1m"), -1);
        CM_CHECK_INT(cmp("1Gi", "1G"), 1);
        CM_CHECK_INT(cmp("999m", "1"), -1);
}

CM_TEST(bad)
{
        static const char *const bad[] = { "",      " 1",  "1 ",      "1i",   "1ki",  "1K",
                                           "1e",    "1e+", "1.1.",    "1Kii", "aoeu", "0x1",
                                           "1e1.5", "--1", "+",       ".",    "E",    "1mm",
                                           "1Mi1",  "1,5", "\xc2\xb5" };
        for (size_t i = 0; i < CM_ARRAY_LEN(bad); i++) {
                struct cm_err err = CM_ERR_INIT;
                struct cm_quantity q;
                CM_CHECK(cm_quantity_parse(cm_sv_from_cstr(bad[i]), &q, &err) < 0);
                CM_CHECK_INT(err.code, CM_E_MALFORMED);
        }
}

CM_TEST(integers)
{
        int64_t n = 0;
        struct cm_quantity q = quantity("50k");
        CM_CHECK(cm_quantity_get_int(&q, &n));
        CM_CHECK_INT(n, 50000);
        q = quantity("50000000G");
        CM_CHECK(cm_quantity_get_int(&q, &n));
        CM_CHECK_INT(n, 50000000000000000);
        q = quantity("4Ki");
        CM_CHECK(cm_quantity_get_int(&q, &n));
        CM_CHECK_INT(n, 4096);
        static const char *const none[] = { "9999999999999999999999999999999999999G", "1000m",
                                            "1.5", "10E", "1.0" };
        for (size_t i = 0; i < CM_ARRAY_LEN(none); i++) {
                q = quantity(none[i]);
                CM_CHECK(!cm_quantity_get_int(&q, &n));
        }
        q = quantity("-1500m");
        CM_CHECK(cm_quantity_get_double(&q) == -1.5);
        CM_CHECK_INT(cm_quantity_sign(&q), -1);
        q = quantity("1Gi");
        CM_CHECK(cm_quantity_get_double(&q) == 1073741824.0);
        q = cm_quantity_from_int(INT64_MIN);
        CM_CHECK(cm_quantity_get_int(&q, &n));
        CM_CHECK_INT(n, INT64_MIN);
}

CM_TEST(sums)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_quantity a = quantity("50k");
        struct cm_quantity b = quantity("20");
        struct cm_quantity sum;
        struct cm_quantity want = quantity("50020");
        int64_t n = 0;
        CM_CHECK_OK(cm_quantity_add(&a, &b, &sum, &err), &err);
        CM_CHECK_INT(cm_quantity_cmp(&sum, &want), 0);
        CM_CHECK(cm_quantity_get_int(&sum, &n));
        CM_CHECK_INT(n, 50020);
        CM_CHECK_OK(cm_quantity_sub(&b, &a, &sum, &err), &err);
        CM_CHECK_INT(cm_quantity_sign(&sum), -1);
        a = quantity("9E");
        CM_CHECK_OK(cm_quantity_add(&a, &a, &sum, &err), &err);
        CM_CHECK_INT(cm_quantity_cmp(&sum, &a), 1);
        CM_CHECK(!cm_quantity_get_int(&sum, &n));
        a = quantity("33E"); /* both are capped */
        b = quantity("32E");
        CM_CHECK_OK(cm_quantity_sub(&a, &b, &sum, &err), &err);
        CM_CHECK_INT(cm_quantity_sign(&sum), 0);
        CM_CHECK(!cm_quantity_get_int(&sum, &n));
        a = cm_quantity_from_int(0);
        b = cm_quantity_from_int(INT64_MIN);
        CM_CHECK_OK(cm_quantity_sub(&a, &b, &sum, &err), &err);
        CM_CHECK_INT(cm_quantity_sign(&sum), 1);
}

CM_TEST(format)
{
        static const char *const texts[][2] = {
                { "0", "0" },
                { "1.5Ki", "1536" },
                { "-1n", "-0.000000001" },
                { "250m", "0.25" },
                { "1000", "1000" },
                { "-1.50", "-1.5" },
                { "100.000000001", "100.000000001" },
                { "99E", "9223372036854775807" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(texts); i++) {
                char text[CM_QUANTITY_TEXT_BYTES];
                struct cm_quantity q = quantity(texts[i][0]);
                CM_CHECK_SV(cm_sv_from_cstr(cm_quantity_format(&q, text)), texts[i][1]);
        }
        struct cm_quantity lowest = { .nanos = (cm_quantity_nanos)1 << 126 };
        lowest.nanos = -lowest.nanos - lowest.nanos;
        char text[CM_QUANTITY_TEXT_BYTES];
        CM_CHECK_SV(cm_sv_from_cstr(cm_quantity_format(&lowest, text)),
                    "-170141183460469231731687303715.884105728");
}
