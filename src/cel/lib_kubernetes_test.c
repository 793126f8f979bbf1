/* SPDX-License-Identifier: Apache-2.0 */
/* Kubernetes' libraries in expressions: regex, quantity, ip, cidr, url, format, semver. */
#include <stdio.h>

#include "cel/cel_test_util.h"
#include "cel/named_format.h"

/* True in all cases. */
static void check_true(const char *const *texts, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                struct cm_sv got = cm_cel_test_text(texts[i]);
                if (!cm_sv_eq(got, CM_SV("true"))) {
                        CM_CHECK_SV(cm_sv_from_cstr(texts[i]), "true");
                        CM_CHECK_SV(got, "true");
                }
        }
}

CM_TEST(regex)
{
        CM_CHECK_CEL("'abc 123'.find('[0-9]+')", "\"123\"");
        CM_CHECK_CEL("'abc 123'.find('xyz')", "\"\"");
        CM_CHECK_CEL("'123 abc 456'.findAll('[0-9]+')", "[\"123\",\"456\"]");
        CM_CHECK_CEL("'123 abc 456'.findAll('[0-9]+', 1)", "[\"123\"]");
        CM_CHECK_CEL("'123 abc 456'.findAll('[0-9]+', 0)", "[]");
        CM_CHECK_CEL("'123 abc 456'.findAll('[0-9]+', -1)", "[\"123\",\"456\"]");
        CM_CHECK_CEL("'123 abc'.findAll('xyz')", "[]");
        CM_CHECK_CEL("doc.spec.name.find(doc.spec.name)", "\"web\"");
        CM_CHECK_CEL("doc.spec.name.findAll('[' + 'a-z]')", "[\"w\",\"e\",\"b\"]");
        CM_CHECK(cm_sv_has_prefix(cm_cel_test_text("'a'.find('(' + doc.spec.name)"),
                                  CM_SV("error 1:")));
        CM_CHECK(cm_sv_has_prefix(cm_cel_test_text("'a'.find('(')"), CM_SV("refused 1:")));
        CM_CHECK(cm_sv_has_prefix(cm_cel_test_text("'a'.find(ip('1.2.3.4'))"), CM_SV("error 1:")));
}

/* Matches that each read the rest of the text are paid for. */
CM_TEST(find_all_has_a_budget)
{
        struct cm_cel_test t;
        struct cm_buf text;
        cm_buf_init(&text, CM_KIB(64));
        cm_buf_put_char(&text, '\'');
        for (size_t i = 0; i < 20000; i++)
                cm_buf_put_char(&text, 'a');
        cm_buf_put_str(&text, "'.findAll('a.*z|a')");
        cm_buf_put_char(&text, '\0');
        cm_cel_test_run(&t, text.ptr, 0, 0);
        CM_CHECK(t.result < 0);
        CM_CHECK_INT(t.err.code, CM_E_LIMIT);
}

CM_TEST(quantity)
{
        static const char *const texts[] = {
                "isQuantity('1.3Gi')",
                "isQuantity('10000k')",
                "!isQuantity('1,3G')",
                "!isQuantity('200K')",
                "quantity('200M').compareTo(quantity('0.2G')) == 0",
                "quantity('50k').isLessThan(quantity('1M'))",
                "quantity('50M').isGreaterThan(quantity('50k'))",
                "quantity('50000000G').isInteger()",
                "!quantity('9999999999999999999999999999999999999G').isInteger()",
                "quantity('50k').asInteger() == 50000",
                "quantity('1.5').asApproximateFloat() == 1.5",
                "quantity('-1').sign() == -1 && sign(quantity('0')) == 0",
                "quantity('50k').add(quantity('20')) == quantity('50020')",
                "quantity('50k').add(20).asInteger() == 50020",
                "quantity('50k').sub(quantity('20')).sub(-20) == quantity('50k')",
                "quantity('1') == quantity('1000m')",
                "quantity('1') != ip('1.1.1.1')",
                "type(quantity('1')) == kubernetes.Quantity",
                "string(quantity('1500m')) == '1.5'",
        };
        check_true(texts, CM_ARRAY_LEN(texts));
        CM_CHECK(cm_sv_has_prefix(cm_cel_test_text("quantity('1.5').asInteger()"),
                                  CM_SV("error 1:")));
        CM_CHECK(cm_sv_has_prefix(cm_cel_test_text("quantity('x')"), CM_SV("error 1:")));
        CM_CHECK(cm_sv_has_prefix(cm_cel_test_text("quantity('1').isLessThan(semver('1.0.0'))"),
                                  CM_SV("error 1:")));
        CM_CHECK(cm_sv_has_prefix(cm_cel_test_text("ip('1.1.1.1').sign()"), CM_SV("error 1:")));
}

CM_TEST(net)
{
        static const char *const texts[] = {
                "string(ip('2001:DB8::68')) == '2001:db8::68'",
                "isIP('::1') && !isIP('1.2.3') && !isIP('::ffff:1.2.3.4')",
                "ip.isCanonical('127.0.0.1') && !ip.isCanonical('2001:DB8::68')",
                "ip('127.0.0.1').family() == 4 && ip('::1').family() == 6",
                "ip('127.0.0.1').isLoopback() && ip('0.0.0.0').isUnspecified()",
                "ip('ff02::1').isLinkLocalMulticast() && ip('fe80::1').isLinkLocalUnicast()",
                "ip('8.8.8.8').isGlobalUnicast() && !ip('224.0.0.1').isGlobalUnicast()",
                "type(ip('::1')) == net.IP && type(cidr('::/0')) == net.CIDR",
                "isCIDR('10.0.0.0/8') && !isCIDR('10.0.0.0/33')",
                "cidr('192.168.0.0/24').containsIP('192.168.0.1')",
                "cidr('192.168.0.0/24').containsIP(ip('192.168.0.1'))",
                "!cidr('192.168.0.0/24').containsIP('::1')",
                "cidr('192.168.0.0/16').containsCIDR('192.168.10.0/24')",
                "!cidr('192.168.0.0/24').containsCIDR(cidr('192.168.0.0/23'))",
                "cidr('192.168.0.1/24').ip() == ip('192.168.0.1')",
                "cidr('192.168.0.1/24').masked() == cidr('192.168.0.0/24')",
                "cidr('192.168.0.1/24').prefixLength() == 24",
                "string(cidr('2001:DB8::/32')) == '2001:db8::/32'",
        };
        check_true(texts, CM_ARRAY_LEN(texts));
        CM_CHECK(cm_sv_has_prefix(cm_cel_test_text("ip('1.2.3')"), CM_SV("error 1:")));
        CM_CHECK(cm_sv_has_prefix(cm_cel_test_text("cidr('::/0').containsIP('x')"),
                                  CM_SV("error 1:")));
        CM_CHECK(cm_sv_has_prefix(cm_cel_test_text("ip('::1').masked()"), CM_SV("error 1:")));
        CM_CHECK(cm_sv_has_prefix(cm_cel_test_text("cidr('::/0').family()"), CM_SV("error 1:")));
}

CM_TEST(url)
{
        static const char *const texts[] = {
                "isURL('https://user:pass@example.com:80/path?query=val#fragment')",
                "isURL('/absolute-path') && !isURL('../relative-path')",
                "url('https://example.com:80/').getHost() == 'example.com:80'",
                "url('https://[::1]:80/').getHostname() == '::1'",
                "url('https://[::1]:80/').getPort() == '80'",
                "url('https://example.com').getPort() == ''",
                "url('HTTPS://example.com/').getScheme() == 'https'",
                "url('/path').getScheme() == ''",
                "url('https://example.com/path with spaces/').getEscapedPath() == "
                "'/path%20with%20spaces/'",
                "url('https://a/?k1=a&k2=b&k2=c').getQuery() == {'k1': ['a'], 'k2': ['b', 'c']}",
                "url('https://a/?b=1&a=2&b=3&a=4&b=5').getQuery() == {'b': ['1', '3', '5'], 'a': "
                "['2', '4']}",
                "url('https://example.com/').getQuery() == {}",
                "url('HTTP://a/') == url('http://a/') && url('http://a') != url('http://a/')",
                "type(url('/a')) == kubernetes.URL",
        };
        check_true(texts, CM_ARRAY_LEN(texts));
        CM_CHECK(cm_sv_has_prefix(cm_cel_test_text("url('../x')"), CM_SV("error 1:")));
        CM_CHECK(cm_sv_has_prefix(cm_cel_test_text("ip('::1').getHost()"), CM_SV("error 1:")));
}

CM_TEST(format)
{
        static const char *const texts[] = {
                "!format.dns1123Label().validate('my-label').hasValue()",
                "format.dns1123Label().validate('My-Label').value().size() == 1",
                "!format.dns1123LabelPrefix().validate('my-label-').hasValue()",
                "format.named('dns1123Subdomain').value() == format.dns1123Subdomain()",
                "format.named('labelValue') == optional.of(format.labelValue())",
                "format.named('nope') == optional.none()",
                "format.named('uuid').value() != format.byte()",
                "format.qualifiedName().validate('a/b/c').hasValue()",
                "!format.uri().validate('http://example.com').hasValue()",
                "format.date().validate('2023-02-29').hasValue()",
                "!format.datetime().validate('2023-02-28T00:00:00Z').hasValue()",
                "type(format.uuid()) == kubernetes.NamedFormat",
        };
        check_true(texts, CM_ARRAY_LEN(texts));
        const struct cm_named_format *f = NULL;
        for (size_t i = 0; (f = cm_named_format_at(i)) != NULL; i++) {
                char text[128];
                const char *name = cm_named_format_name(f);
                snprintf(text, sizeof(text), "format.%s() == format.named('%s').value()", name,
                         name);
                CM_CHECK_CEL(text, "true");
        }
}

CM_TEST(semver)
{
        static const char *const texts[] = {
                "isSemver('1.0.0') && !isSemver('v1.0') && isSemver('v1.0', true)",
                "!isSemver('1.0', false) && isSemver('01.01.01', true)",
                "semver('1.2.3').compareTo(semver('1.2.3')) == 0",
                "semver('1.2.3').isLessThan(semver('1.10.0'))",
                "semver('1.2.3').isGreaterThan(semver('1.2.3-rc'))",
                "semver('v1', true) == semver('1.0.0')",
                "semver('1.2.3').major() == 1",
                "semver('1.2.3').minor() == 2 && semver('1.2.3').patch() == 3",
                "string(semver('v1.02', true)) == '1.2.0'",
                "type(semver('1.0.0')) == kubernetes.Semver",
        };
        check_true(texts, CM_ARRAY_LEN(texts));
        CM_CHECK(cm_sv_has_prefix(cm_cel_test_text("semver('v1.0.0')"), CM_SV("error 1:")));
        CM_CHECK(cm_sv_has_prefix(cm_cel_test_text("ip('::1').major()"), CM_SV("error 1:")));
}
