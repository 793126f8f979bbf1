/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of the regular expression engine: matches, groups, refusals, limits, time. */
#include <time.h>

#include "base/buf.h"
#include "base/limits.h"
#include "cel/regex.h"
#include "cel/regex_internal.h"
#include "tests/harness.h"

static struct cm_arena *arena(void)
{
        static struct cm_arena *all;
        if (all == NULL)
                all = cm_arena_new(CM_MIB(512));
        return all;
}

static const struct cm_regex *compile(const char *pattern)
{
        struct cm_err err = CM_ERR_INIT;
        const struct cm_regex *re = NULL;
        CM_CHECK_OK(cm_regex_compile(arena(), cm_sv_from_cstr(pattern), &re, &err), &err);
        return re;
}

/* All matches as "whole(group,group)", one after the other; also that both searches agree. */
static void check(const char *pattern, const char *text, const char *want)
{
        const struct cm_regex *re = compile(pattern);
        struct cm_sv t = cm_sv_from_cstr(text);
        struct cm_regex_match match;
        CM_CLEANUP(cm_buf_fini)
        struct cm_buf got;
        cm_buf_init(&got, 4096);
        struct cm_regex_iter *iter = cm_regex_iter_new(re, t, arena());
        bool any = false;
        for (; cm_regex_iter_next(iter, &match); any = true) {
                cm_buf_put_str(&got, any ? " " : "");
                for (size_t i = 0; i < match.count; i++) {
                        struct cm_regex_span s = match.spans[i];
                        cm_buf_put_str(&got, i == 0 ? "" : i == 1 ? "(" : ",");
                        if (s.start == SIZE_MAX)
                                cm_buf_put_str(&got, "-");
                        else
                                cm_buf_put_sv(&got, cm_sv_slice(t, s.start, s.end));
                }
                cm_buf_put_str(&got, match.count > 1 ? ")" : "");
        }
        cm_buf_put_str(&got, any ? "" : "none");
        CM_CHECK_SV(cm_buf_sv(&got), want);
        CM_CHECK_INT(cm_regex_search(re, t, arena(), NULL), any);
}

static void check_refused(const char *pattern, enum cm_err_code code, const char *text)
{
        struct cm_err err = CM_ERR_INIT;
        const struct cm_regex *re = NULL;
        CM_CHECK(cm_regex_compile(arena(), cm_sv_from_cstr(pattern), &re, &err) < 0);
        CM_CHECK_INT(err.code, code);
        if (cm_sv_find(cm_sv_from_cstr(err.text), cm_sv_from_cstr(text)) < 0)
                CM_CHECK_SV(cm_sv_from_cstr(err.text), text);
}

CM_TEST(literals_and_classes)
{
        check("abc", "xabcabc", "abc abc");
        check("", "ab", "  ");
        check("a.c", "abc a\nc", "abc");
        check("(?s)a.c", "a\nc", "a\nc");
        check("[a-c]+", "xxabcdd", "abc");
        check("[^a-c]+", "abxyc", "xy");
        check("[]a]+", "]a]", "]a]");
        check("[^]a]", "]ab", "b");
        check("[a-]+", "a-b", "a-");
        check("[[:alpha:]_]+", "12ab_3", "ab_");
        check("[[:^alpha:]]+", "ab12", "12");
        check("\\d+\\D\\w\\W\\s\\S", "12xy- z", "12xy- z");
        check("\\x41\\x{42}\\103\\t", "ABC\t", "ABC\t");
        check("\\Qa.b*\\E+", "a.b**", "a.b**");
        check("\\Q.", "a.", ".");
        check("a{,2}", "a{,2}", "a{,2}");
        check("\\.\\-\\/", "x.-/", ".-/");
}

CM_TEST(unicode)
{
        check("\\pL+", "1\xc3\xa9\xce\xa9z2", "\xc3\xa9\xce\xa9z");
        check("\\p{Greek}", "a\xce\xa9", "\xce\xa9");
        check("\\P{Greek}", "a\xce\xa9", "a");
        check("\\p{^Lu}", "Aa", "a");
        check("[\\p{Nd}x]+", "x\xd9\xa3y", "x\xd9\xa3");
        check("(?i)\xce\xa9", "\xcf\x89", "\xcf\x89");
        check("(?i)k", "\xe2\x84\xaa", "\xe2\x84\xaa");
        check("(?i)[^k]", "\xe2\x84\xaaK", "none");
        check("(?i)stra\xc3\x9f"
              "e",
              "STRA\xe1\xba\x9e"
              "E",
              "STRA\xe1\xba\x9e"
              "E");
        check(".", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80");
        check("^.$", "\xff", "\xff");
        check("\\x{10FFFF}", "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf");
        check("\\x{fffd}", "\xc3", "\xc3");
}

CM_TEST(preference_and_groups)
{
        check("a|ab", "ab", "a");
        check("ab|a", "ab", "ab");
        check("a*?b", "aab", "aab");
        check("(a*?)(a*)", "aa", "aa(,aa)");
        check("(?U)(a*)(a*?)", "aa", "aa(,aa)");
        check("(a+)(b)?", "aac", "aa(aa,-)");
        check("(a|(b))+", "ab", "ab(b,b)");
        check("(a*)*", "b", "() ()");
        check("(?:(a)|b)*", "ab", "ab(a)");
        check("(a){2}", "aaa", "aa(a)");
        check("a{2,3}", "aaaaa", "aaa aa");
        check("a{2,3}?", "aaaaa", "aa aa");
        check("a{2,}", "a aaaa", "aaaa");
        check("x{0}y", "xy", "y");
        check("(?P<year>\\d{4})-(?<month>\\d\\d)", "on 2026-11-24", "2026-11(2026,11)");
        const struct cm_regex *re = compile("(?P<year>\\d{4})-(x)");
        CM_CHECK_INT(cm_regex_group_count(re), 2);
        CM_CHECK_SV(cm_regex_group_name(re, 1), "year");
        CM_CHECK_SV(cm_regex_group_name(re, 2), "");
        CM_CHECK_SV(cm_regex_group_name(re, 3), "");
}

CM_TEST(flags_and_assertions)
{
        check("(?i)abc", "xABc", "ABc");
        check("(?i:a)b", "Ab AB", "Ab");
        check("a(?i)b|c", "aB C", "aB C");
        check("(a(?i)b)c", "aBc aBC", "aBc(aB)");
        check("^a", "a\na", "a");
        check("(?m)^a$", "a\na\nb", "a a");
        check("a$", "a\na", "a");
        check("\\Aa\\z", "a", "a");
        check("\\bfoo\\b", "foo food foo", "foo foo");
        check("\\Boo\\b", "foo oo", "oo");
        check("x*\\B",
              "a\xc3\xa9"
              "b",
              "none");
        check("(?m)$", "a\n", " ");
        check("^$", "", "");
        check("(^|,)a", "a,a", "a() ,a(,)");
        check("(?i-s)A.", "ab", "ab");
}

CM_TEST(refusals)
{
        check_refused("(a)\\1", CM_E_UNSUPPORTED, "backreference at byte 3");
        check_refused("ab(?=c)", CM_E_UNSUPPORTED, "lookaround at byte 2");
        check_refused("(?!a)", CM_E_UNSUPPORTED, "lookaround");
        check_refused("(?<=a)", CM_E_UNSUPPORTED, "lookaround");
        check_refused("(?<!a)", CM_E_UNSUPPORTED, "lookaround");
        check_refused("(ab", CM_E_MALFORMED, "without its end at byte 0");
        check_refused("ab)", CM_E_MALFORMED, "at byte 2");
        check_refused("a[b", CM_E_MALFORMED, "at byte 1");
        check_refused("[b-a]", CM_E_MALFORMED, "range");
        check_refused("*a", CM_E_MALFORMED, "repeat of nothing");
        check_refused("a**", CM_E_MALFORMED, "repeat of a repeat");
        check_refused("a*+", CM_E_MALFORMED, "repeat of a repeat");
        check_refused("a{1001}", CM_E_MALFORMED, "repeat count");
        check_refused("a{2,1}", CM_E_MALFORMED, "repeat count");
        check_refused("(a{500}){3}", CM_E_MALFORMED, "nested repeat");
        check_refused("\\", CM_E_MALFORMED, "backslash");
        check_refused("\\y", CM_E_MALFORMED, "escape");
        check_refused("\\x{110000}", CM_E_MALFORMED, "U+10FFFF");
        check_refused("\\xg", CM_E_MALFORMED, "hexadecimal");
        check_refused("\\p{Nope}", CM_E_MALFORMED, "Unicode class");
        check_refused("\\p{Greek", CM_E_MALFORMED, "Unicode class");
        check_refused("[[:nope:]]", CM_E_MALFORMED, "[:...:]");
        check_refused("(?P<a-b>x)", CM_E_MALFORMED, "group");
        check_refused("(?z)", CM_E_MALFORMED, "group");
        check_refused("(?>a)", CM_E_MALFORMED, "group");
        check_refused("a\xff", CM_E_MALFORMED, "UTF-8 at byte 1");
}

static const char *many(const char *text, size_t times)
{
        struct cm_buf buf;
        cm_buf_init(&buf, CM_MIB(4));
        for (size_t i = 0; i < times; i++)
                cm_buf_put_str(&buf, text);
        cm_buf_put_char(&buf, '\0');
        return buf.ptr;
}

CM_TEST(limits)
{
        check_refused(many("a", CM_REGEX_PATTERN_BYTES_MAX + 1), CM_E_LIMIT,
                      "regex_pattern_bytes_max");
        check_refused(many("(?:", CM_REGEX_DEPTH_MAX + 1), CM_E_LIMIT, "regex_depth_max");
        check_refused(many("()", CM_REGEX_GROUPS_MAX + 1), CM_E_LIMIT, "regex_groups_max");
        check_refused(many("(?:a{999}b{999})", 10), CM_E_LIMIT, "regex_program_max");
        check_refused(many("(?:(?:)(?:)(?:)(?:)){1000}", 100), CM_E_LIMIT, "regex_program_max");
        check_refused(many("(?i)\\pL", 2000), CM_E_LIMIT, "ranges");
        struct cm_buf chain;
        cm_buf_init(&chain, CM_MIB(1));
        cm_buf_put_str(&chain, "a");
        for (size_t i = 0; i < 2000; i++)
                cm_buf_put_str(&chain, "*(?i)");
        cm_buf_put_char(&chain, '\0');
        check_refused(chain.ptr, CM_E_LIMIT, "regex_height_max");
}

static double seconds(void)
{
        struct timespec ts;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
        return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* What takes exponential time elsewhere. */
CM_TEST(time_is_linear)
{
        struct cm_sv text = cm_sv_from_cstr(many("a", 100000));
        double start = seconds();
        CM_CHECK(!cm_regex_search(compile("(a*)*b"), text, arena(), NULL));
        CM_CHECK(!cm_regex_search(compile("(a|aa)+$b"), text, arena(), NULL));
        CM_CHECK(!cm_regex_search(compile("(x+x+)+y"), text, arena(), NULL));
        CM_CHECK(!cm_regex_search(compile("(?:a?){30}a{30}[^a]"), text, arena(), NULL));
        struct cm_regex_match match;
        CM_CHECK(!cm_regex_search(compile("(a*)*(a*)*b"), text, arena(), &match));
        CM_CHECK(cm_regex_search(compile("(a*)*(a*)*c?$"), text, arena(), &match));
        CM_CHECK_INT(match.spans[0].end, text.len);
        CM_CHECK(seconds() - start < 20);
}

/* A budget sees what a search for all matches costs. */
CM_TEST(work_is_counted)
{
        struct cm_sv text = cm_sv_from_cstr(many("a", 1000));
        struct cm_regex_match match;
        struct cm_regex_iter *iter = cm_regex_iter_new(compile("a.*z|a"), text, arena());
        size_t count = 0;
        while (cm_regex_iter_next(iter, &match))
                count++;
        CM_CHECK_INT(count, 1000);
        CM_CHECK(cm_regex_iter_bytes(iter) > 400000);
        CM_CHECK(cm_regex_cost(compile("a+b"), 1000) < 1000);
        CM_CHECK(cm_regex_cost(compile("(?:a|b)*a(?:a|b){14}c"), 1000) > 10000);
}

/* A pattern of many states on a text that needs them: no table, then no automaton, then threads. */
CM_TEST(large_automata)
{
        const struct cm_regex *re = compile("(?:a|b)*a(?:a|b){14}c");
        struct cm_buf buf;
        cm_buf_init(&buf, CM_MIB(1));
        uint32_t x = 1;
        for (size_t i = 0; i < 20000; i++, x = x * 1103515245 + 12345)
                cm_buf_put_char(&buf, (x >> 16 & 1) != 0 ? 'a' : 'b');
        CM_CHECK_INT(cm_re_dfa_has(re, cm_buf_sv(&buf), arena()), -1);
        CM_CHECK(!cm_regex_search(re, cm_buf_sv(&buf), arena(), NULL));
        CM_CHECK(re->lazy->is_decided && re->lazy->table.next == NULL);
        cm_buf_put_str(&buf, "abbbbbbbbbbbbbbc");
        CM_CHECK(cm_regex_search(re, cm_buf_sv(&buf), arena(), NULL));
        cm_buf_fini(&buf);
        const struct cm_regex *small = compile("\\b[a-z]{1,20}@[a-z]+\\.org$");
        CM_CHECK(!small->lazy->is_decided);
        CM_CHECK(!cm_regex_search(small, CM_SV("a@b.net"), arena(), NULL));
        CM_CHECK(!small->lazy->is_decided);
        for (size_t i = 0; i < 40; i++)
                CM_CHECK(cm_regex_search(small, CM_SV("a@b.org"), arena(), NULL));
        CM_CHECK(small->lazy->is_decided);
        CM_CHECK(small->lazy->table.next != NULL);
}

CM_TEST(prefixes)
{
        CM_CHECK_SV(compile("docker\\.io/.*")->prefix, "docker.io/");
        CM_CHECK_SV(compile("(ab)+c")->prefix, "ab");
        CM_CHECK_SV(compile("ab?c")->prefix, "a");
        CM_CHECK_SV(compile("(?i)ab")->prefix, "");
        CM_CHECK(compile("abc")->is_literal);
        CM_CHECK(!compile("(abc)")->is_literal);
        CM_CHECK(compile("^a|\\Ab")->is_anchored);
        CM_CHECK(!compile("^a|b")->is_anchored);
        check("foo\\b", "food foo", "foo");
        check("fo+x", "fofofoox", "foox");
}
