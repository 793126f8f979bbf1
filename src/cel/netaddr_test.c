/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of addresses and blocks: texts, what is refused, properties, containment. */
#include "cel/netaddr.h"
#include "tests/harness.h"

static struct cm_ip ip(const char *text)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_ip out = { 0 };
        CM_CHECK_OK(cm_ip_parse(cm_sv_from_cstr(text), &out, &err), &err);
        return out;
}

static struct cm_cidr cidr(const char *text)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_cidr out = { 0 };
        CM_CHECK_OK(cm_cidr_parse(cm_sv_from_cstr(text), &out, &err), &err);
        return out;
}

CM_TEST(canonical)
{
        static const char *const texts[][2] = {
                { "127.0.0.1", "127.0.0.1" },
                { "2001:DB8::68", "2001:db8::68" },
                { "::", "::" },
                { "::1", "::1" },
                { "1::", "1::" },
                { "0:0:0:0:0:0:0:1", "::1" },
                { "1:0:0:2:0:0:0:3", "1:0:0:2::3" },
                { "1:0:0:2:0:0:3:4", "1::2:0:0:3:4" },
                { "1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7" },
                { "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0" },
                { "::1.2.3.4", "::102:304" },
                { "64:ff9b::192.0.2.33", "64:ff9b::c000:221" },
                { "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(texts); i++) {
                char text[CM_IP_TEXT_BYTES];
                struct cm_ip a = ip(texts[i][0]);
                CM_CHECK_SV(cm_sv_from_cstr(cm_ip_format(&a, text)), texts[i][1]);
        }
        char text[CM_CIDR_TEXT_BYTES];
        struct cm_cidr c = cidr("2001:DB8::1/33");
        CM_CHECK_SV(cm_sv_from_cstr(cm_cidr_format(&c, text)), "2001:db8::1/33");
}

CM_TEST(refused)
{
        static const char *const bad[] = {
                "",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "01.2.3.4",
                "1.2.3.04",
                "1.2.3.",
                ".1.2.3",
                "1.2.3.4 ",
                "1..2.3",
                "-1.2.3.4",
                "0x1.2.3.4",
                ":",
                ":::",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "12345::",
                "g::",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                "1:2:3:4:5:6:7:",
                ":1:2:3:4:5:6:7:8",
                "fe80::1%en0",
                "::ffff:192.168.0.1",
                "::ffff:c0a8:1",
                "::1.2.3",
                "::01.2.3.4",
                "1:2:3:4:5:6:7:1.2.3.4",
                "[::1]",
                "1.2.3.4/8",
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(bad); i++) {
                struct cm_err err = CM_ERR_INIT;
                struct cm_ip out;
                if (cm_ip_parse(cm_sv_from_cstr(bad[i]), &out, &err) == 0)
                        CM_CHECK_SV(cm_sv_from_cstr(bad[i]), "refused");
                CM_CHECK_INT(err.code, CM_E_MALFORMED);
        }
        static const char *const bad_cidrs[] = {
                "",
                "1.2.3.4",
                "192.168.0.0/",
                "1.2.3.4/33",
                "1.2.3.4/08",
                "1.2.3.4/-1",
                "1.2.3.4/+1",
                "::/129",
                "fe80::1%en0/24",
                "::ffff:192.168.0.1/24",
                "1.2.3.4/8/9",
                "/8",
                "1.2.3/8",
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(bad_cidrs); i++) {
                struct cm_err err = CM_ERR_INIT;
                struct cm_cidr out;
                if (cm_cidr_parse(cm_sv_from_cstr(bad_cidrs[i]), &out, &err) == 0)
                        CM_CHECK_SV(cm_sv_from_cstr(bad_cidrs[i]), "refused");
                CM_CHECK_INT(err.code, CM_E_MALFORMED);
        }
}

/* u unspecified, l loopback, m link-local multicast, k link-local unicast, g global unicast */
static void check_kind(const char *text, const char *want)
{
        struct cm_ip a = ip(text);
        char got[8];
        size_t n = 0;
        if (cm_ip_is_unspecified(&a))
                got[n++] = 'u';
        if (cm_ip_is_loopback(&a))
                got[n++] = 'l';
        if (cm_ip_is_link_local_multicast(&a))
                got[n++] = 'm';
        if (cm_ip_is_link_local_unicast(&a))
                got[n++] = 'k';
        if (cm_ip_is_global_unicast(&a))
                got[n++] = 'g';
        CM_CHECK_SV(cm_sv_make(got, n), want);
}

CM_TEST(kinds)
{
        check_kind("0.0.0.0", "u");
        check_kind("::", "u");
        check_kind("127.255.0.1", "l");
        check_kind("::1", "l");
        check_kind("224.0.0.255", "m");
        check_kind("224.0.1.1", "");
        check_kind("ff02::1", "m");
        check_kind("ff12::1", "m");
        check_kind("ff00::1", "");
        check_kind("169.254.169.254", "k");
        check_kind("fe80::1", "k");
        check_kind("febf::1", "k");
        check_kind("fec0::1", "g");
        check_kind("fd80::1", "g");
        check_kind("192.168.0.1", "g");
        check_kind("255.255.255.255", "");
        check_kind("2001:db8::abcd", "g");
}

CM_TEST(containment)
{
        struct cm_cidr outer = cidr("192.168.0.1/23");
        struct cm_cidr masked = cm_cidr_masked(&outer);
        struct cm_cidr want = cidr("192.168.0.0/23");
        CM_CHECK(cm_cidr_eq(&masked, &want));
        CM_CHECK(!cm_cidr_eq(&outer, &want));
        struct cm_ip in = ip("192.168.1.255");
        struct cm_ip out = ip("192.168.2.0");
        struct cm_ip six = ip("::");
        CM_CHECK(cm_cidr_has_ip(&outer, &in));
        CM_CHECK(!cm_cidr_has_ip(&outer, &out));
        CM_CHECK(!cm_cidr_has_ip(&outer, &six));
        struct cm_cidr all4 = cidr("0.0.0.0/0");
        struct cm_cidr all6 = cidr("::/0");
        CM_CHECK(cm_cidr_has_cidr(&all4, &outer));
        CM_CHECK(!cm_cidr_has_cidr(&all6, &outer));
        CM_CHECK(!cm_cidr_has_cidr(&outer, &all4));
        struct cm_cidr half = cidr("192.168.1.128/25");
        CM_CHECK(cm_cidr_has_cidr(&outer, &half));
        CM_CHECK(cm_cidr_has_cidr(&half, &half));
        struct cm_cidr host = cidr("2001:db8::1/128");
        struct cm_cidr net = cidr("2001:db8::/33");
        CM_CHECK(cm_cidr_has_cidr(&net, &host));
}
