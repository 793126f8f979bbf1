/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of URLs: parts, what is refused, parameters, equality. */
#include "cel/url.h"
#include "tests/harness.h"

static struct cm_arena *arena(void)
{
        static struct cm_arena *all;
        if (all == NULL)
                all = cm_arena_new(CM_MIB(8));
        return all;
}

static struct cm_url url(const char *text)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_url out = { 0 };
        CM_CHECK_OK(cm_url_parse(arena(), cm_sv_from_cstr(text), &out, &err), &err);
        return out;
}

CM_TEST(parts)
{
        struct cm_url u = url("HTTPS://user:pass@Example.com:80/a%2fb/c?k=v#frag");
        CM_CHECK_SV(u.scheme, "https");
        CM_CHECK_SV(u.host, "Example.com:80");
        CM_CHECK_SV(u.hostname, "Example.com");
        CM_CHECK_SV(u.port, "80");
        CM_CHECK_SV(u.escaped_path, "/a%2fb/c");
        CM_CHECK_SV(u.query, "k=v");
        CM_CHECK_SV(u.fragment, "frag");
        CM_CHECK_SV(u.user, "user");
        u = url("https://[::1]:8080/");
        CM_CHECK_SV(u.host, "[::1]:8080");
        CM_CHECK_SV(u.hostname, "::1");
        CM_CHECK_SV(u.port, "8080");
        u = url("/with space/*");
        CM_CHECK_SV(u.scheme, "");
        CM_CHECK_SV(u.host, "");
        CM_CHECK_SV(u.escaped_path, "/with%20space/%2A");
        u = url("//host/path");
        CM_CHECK_SV(u.host, "host");
        u = url("mailto:a@b");
        CM_CHECK_SV(u.opaque, "a@b");
        CM_CHECK_SV(u.escaped_path, "");
        CM_CHECK_SV(url("*").escaped_path, "*");
}

CM_TEST(refused)
{
        static const char *const bad[] = { "",
                                           "relative/path",
                                           "../x",
                                           ":x",
                                           "http://a b/",
                                           "http://a:x/",
                                           "http://[::1/",
                                           "http://[1.2.3.4]/",
                                           "http://a[::1]/",
                                           "http://::1/",
                                           "http://%41/",
                                           "http://a/%zz",
                                           "http://u ser@a/",
                                           "http://a/\n",
                                           "http://a/?#%zz",
                                           "1http://a" };
        for (size_t i = 0; i < CM_ARRAY_LEN(bad); i++) {
                struct cm_err err = CM_ERR_INIT;
                struct cm_url out;
                if (cm_url_parse(arena(), cm_sv_from_cstr(bad[i]), &out, &err) == 0)
                        CM_CHECK_SV(cm_sv_from_cstr(bad[i]), "refused");
                CM_CHECK_INT(err.code, CM_E_MALFORMED);
        }
        CM_CHECK(cm_url_is_valid(arena(), CM_SV("http://a/?#%zz")));
        CM_CHECK(!cm_url_is_valid(arena(), CM_SV("a/b")));
}

CM_TEST(params)
{
        struct cm_sv rest = url("http://a/?x=1&y=%20+&&bad=%zz&z;=1&x=2&w").query;
        static const char *const want[][2] = {
                { "x", "1" }, { "y", "  " }, { "x", "2" }, { "w", "" }
        };
        struct cm_sv key, value;
        for (size_t i = 0; i < CM_ARRAY_LEN(want); i++) {
                CM_CHECK(cm_url_next_param(arena(), &rest, &key, &value));
                CM_CHECK_SV(key, want[i][0]);
                CM_CHECK_SV(value, want[i][1]);
        }
        CM_CHECK(!cm_url_next_param(arena(), &rest, &key, &value));
}

CM_TEST(equality)
{
        struct cm_url a = url("HTTP://a/b#c%20d");
        struct cm_url b = url("http://a/b#c d");
        struct cm_url c = url("http://a/b?");
        struct cm_url d = url("http://a/b");
        CM_CHECK(cm_url_eq(&a, &b));
        CM_CHECK(!cm_url_eq(&a, &d));
        CM_CHECK(!cm_url_eq(&c, &d));
}
