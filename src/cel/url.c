/* SPDX-License-Identifier: Apache-2.0 */
/* URLs as Go's net/url has them; see url.h. */
#include "cel/url.h"

#include "cel/netaddr.h"

enum part {
        PART_PATH, /* also user, password and fragment: anything that is escaped rightly */
        PART_HOST,
        PART_ZONE,
        PART_QUERY /* "+" is a blank */
};

static bool is_one_of(char c, const char *set)
{
        return cm_sv_find_char(cm_sv_from_cstr(set), c) >= 0;
}

static bool is_unreserved(char c)
{
        return cm_is_alnum(c) || is_one_of(c, "-_.~");
}

static bool is_host_char(char c)
{
        return is_unreserved(c) || is_one_of(c, "!$&'()*+,;=:[]<>\"");
}

/* The byte of an escape "%41" at `at`, or -1. */
static int escape_at(struct cm_sv s, size_t at)
{
        if (at + 2 >= s.len)
                return -1;
        int high = cm_hex_value(s.ptr[at + 1]);
        int low = cm_hex_value(s.ptr[at + 2]);
        return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* In a host only bytes past ASCII may be escaped, and "%25" begins a zone. */
static bool is_allowed(enum part part, char c, int escaped)
{
        if (part == PART_HOST)
                return escaped >= 0 ? escaped >= 0x80 || escaped == '%'
                                    : (unsigned char)c >= 0x80 || is_host_char(c);
        if (part == PART_ZONE)
                return escaped >= 0
                               ? escaped == '%' || escaped == ' ' || is_host_char((char)escaped)
                               : (unsigned char)c >= 0x80 || is_host_char(c);
        return true;
}

static bool decode(struct cm_arena *arena, struct cm_sv s, enum part part, struct cm_sv *ret)
{
        char *out = cm_arena_alloc(arena, s.len + 1, 1);
        size_t n = 0;
        for (size_t i = 0; i < s.len; i++) {
                char c = s.ptr[i];
                int escaped = -1;
                if (c == '%') {
                        escaped = escape_at(s, i);
                        if (escaped < 0)
                                return false;
                        i += 2;
                }
                if (!is_allowed(part, c, escaped))
                        return false;
                if (escaped >= 0)
                        out[n++] = (char)escaped;
                else
                        out[n++] = c == '+' && part == PART_QUERY ? ' ' : c;
        }
        *ret = cm_sv_make(out, n);
        return true;
}

static int fail(struct cm_err *err, const char *what)
{
        return CM_RAISE(err, CM_E_MALFORMED, "URL has %s", what);
}

/* "scheme:" off *rest; false when it begins with ":". */
static bool take_scheme(struct cm_arena *arena, struct cm_sv *rest, struct cm_sv *ret)
{
        *ret = CM_SV("");
        for (size_t i = 0; i < rest->len; i++) {
                char c = rest->ptr[i];
                if (c == ':') {
                        *ret = cm_sv_lower(arena, cm_sv_slice(*rest, 0, i));
                        *rest = cm_sv_skip(*rest, i + 1);
                        return i > 0;
                }
                if (!cm_is_alpha(c) && (i == 0 || (!cm_is_digit(c) && !is_one_of(c, "+-."))))
                        return true;
        }
        return true;
}

static bool is_optional_port(struct cm_sv s)
{
        for (size_t i = 1; i < s.len; i++)
                if (!cm_is_digit(s.ptr[i]))
                        return false;
        return s.len == 0 || s.ptr[0] == ':';
}

/* "[fe80::1%25en0]:80" */
static int parse_ip_literal(struct cm_arena *arena, struct cm_sv host, struct cm_sv *ret,
                            struct cm_err *err)
{
        ptrdiff_t end = cm_sv_rfind_char(host, ']');
        if (end < 0)
                return fail(err, "a host without its \"]\"");
        struct cm_sv port = cm_sv_skip(host, (size_t)end + 1);
        struct cm_sv name = cm_sv_slice(host, 1, (size_t)end);
        if (!is_optional_port(port))
                return fail(err, "a port that is no number");
        ptrdiff_t zone_at = cm_sv_find(name, CM_SV("%25"));
        size_t split = zone_at < 0 ? name.len : (size_t)zone_at;
        struct cm_sv address;
        struct cm_sv zone;
        if (!decode(arena, cm_sv_slice(name, 0, split), PART_HOST, &address) ||
            !decode(arena, cm_sv_skip(name, split), PART_ZONE, &zone))
                return fail(err, "a host with a character that it must not have");
        address = cm_sv_join(arena, address, zone);
        if (!cm_ip_is_v6_text(address))
                return fail(err, "a host in brackets that is no IPv6 address");
        *ret = cm_sv_printf(arena, "[%.*s]%.*s", CM_SV_ARG(address), CM_SV_ARG(port));
        return 0;
}

static int parse_host(struct cm_arena *arena, struct cm_sv host, struct cm_url *url,
                      struct cm_err *err)
{
        ptrdiff_t bracket = cm_sv_rfind_char(host, '[');
        if (bracket > 0)
                return fail(err, "a \"[\" within its host");
        if (bracket == 0)
                return parse_ip_literal(arena, host, &url->host, err);
        bool strict = cm_sv_eq(url->scheme, CM_SV("http")) || cm_sv_eq(url->scheme, CM_SV("https"));
        ptrdiff_t colon = strict ? cm_sv_find_char(host, ':') : cm_sv_rfind_char(host, ':');
        if (colon >= 0 && !is_optional_port(cm_sv_skip(host, (size_t)colon)))
                return fail(err, "a port that is no number");
        if (!decode(arena, host, PART_HOST, &url->host))
                return fail(err, "a host with a character that it must not have");
        return 0;
}

static int parse_authority(struct cm_arena *arena, struct cm_sv authority, struct cm_url *url,
                           struct cm_err *err)
{
        struct cm_sv user;
        struct cm_sv host;
        url->has_user = cm_sv_cut_last(authority, '@', &user, &host);
        int r = parse_host(arena, url->has_user ? host : authority, url, err);
        if (r < 0 || !url->has_user)
                return r;
        for (size_t i = 0; i < user.len; i++)
                if (!is_unreserved(user.ptr[i]) && !is_one_of(user.ptr[i], ":!$&'()*+,;=%@"))
                        return fail(err, "a user with a character that it must not have");
        url->has_password = cm_sv_cut(user, ':', &user, &host);
        if (!decode(arena, user, PART_PATH, &url->user) ||
            !decode(arena, host, PART_PATH, &url->password))
                return fail(err, "a broken escape in its user");
        return 0;
}

static void split_port(struct cm_url *url)
{
        ptrdiff_t colon = cm_sv_rfind_char(url->host, ':');
        url->hostname = url->host;
        url->port = CM_SV("");
        if (colon >= 0 && is_optional_port(cm_sv_skip(url->host, (size_t)colon))) {
                url->hostname = cm_sv_slice(url->host, 0, (size_t)colon);
                url->port = cm_sv_skip(url->host, (size_t)colon + 1);
        }
        struct cm_sv name = url->hostname;
        if (name.len >= 2 && name.ptr[0] == '[' && name.ptr[name.len - 1] == ']')
                url->hostname = cm_sv_slice(name, 1, name.len - 1);
}

/* As written when nothing in it needs an escape, else escaped anew. */
static bool set_path(struct cm_arena *arena, struct cm_sv raw, struct cm_url *url)
{
        static const char digits[] = "0123456789ABCDEF";
        struct cm_sv path;
        bool valid = true;
        if (!decode(arena, raw, PART_PATH, &path))
                return false;
        for (size_t i = 0; i < raw.len && valid; i++)
                valid = is_unreserved(raw.ptr[i]) || is_one_of(raw.ptr[i], "/!$&'()*+,;=:@[]%");
        url->escaped_path = raw;
        if (valid)
                return true;
        char *out = cm_arena_alloc_array(arena, path.len, 3, 1);
        size_t n = 0;
        for (size_t i = 0; i < path.len; i++) {
                char c = path.ptr[i];
                if (is_unreserved(c) || is_one_of(c, "$&+,/:;=@")) {
                        out[n++] = c;
                        continue;
                }
                out[n++] = '%';
                out[n++] = digits[(unsigned char)c >> 4];
                out[n++] = digits[(unsigned char)c & 15];
        }
        url->escaped_path = cm_sv_make(out, n);
        return true;
}

static int check_bytes(struct cm_sv s, struct cm_err *err)
{
        if (s.len == 0)
                return CM_RAISE(err, CM_E_MALFORMED, "URL is empty");
        for (size_t i = 0; i < s.len; i++)
                if ((unsigned char)s.ptr[i] < ' ' || s.ptr[i] == 0x7f)
                        return fail(err, "a control character");
        return 0;
}

/* `is_request`: "//x" without a scheme is a path, and "#" has no meaning. */
static int parse(struct cm_arena *arena, struct cm_sv s, bool is_request, struct cm_url *ret,
                 struct cm_err *err)
{
        struct cm_url url = { 0 };
        struct cm_sv rest = s;
        int r = check_bytes(s, err);
        if (r < 0)
                return r;
        if (cm_sv_eq(s, CM_SV("*"))) {
                ret->escaped_path = s;
                return 0;
        }
        if (!take_scheme(arena, &rest, &url.scheme))
                return fail(err, "no scheme before its first \":\"");
        bool has_query = cm_sv_cut(rest, '?', &rest, &url.query);
        url.has_empty_query = has_query && url.query.len == 0;
        if (rest.len == 0 || rest.ptr[0] != '/') {
                if (url.scheme.len == 0)
                        return fail(err, "neither a scheme nor an absolute path");
                url.opaque = rest;
                *ret = url;
                return 0;
        }
        bool has_host =
                cm_sv_has_prefix(rest, CM_SV("//")) &&
                (url.scheme.len > 0 || (!is_request && !cm_sv_has_prefix(rest, CM_SV("///"))));
        if (has_host) {
                struct cm_sv authority = cm_sv_skip(rest, 2);
                ptrdiff_t slash = cm_sv_find_char(authority, '/');
                rest = slash < 0 ? CM_SV("") : cm_sv_skip(authority, (size_t)slash);
                if (slash >= 0)
                        authority = cm_sv_slice(authority, 0, (size_t)slash);
                r = parse_authority(arena, authority, &url, err);
                if (r < 0)
                        return r;
                split_port(&url);
        }
        if (!set_path(arena, rest, &url))
                return fail(err, "a broken escape in its path");
        *ret = url;
        return 0;
}

int cm_url_parse(struct cm_arena *arena, struct cm_sv s, struct cm_url *ret, struct cm_err *err)
{
        struct cm_url url = { 0 };
        struct cm_sv fragment;
        int r = parse(arena, s, true, &url, err);
        if (r < 0)
                return r;
        cm_sv_cut(s, '#', &s, &fragment);
        url = (struct cm_url){ 0 };
        r = parse(arena, s, false, &url, err);
        if (r < 0)
                return r;
        if (!decode(arena, fragment, PART_PATH, &url.fragment))
                return fail(err, "a broken escape in its fragment");
        *ret = url;
        return 0;
}

bool cm_url_is_valid(struct cm_arena *arena, struct cm_sv s)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_url url = { 0 };
        return parse(arena, s, true, &url, &err) == 0;
}

bool cm_url_eq(const struct cm_url *a, const struct cm_url *b)
{
        return cm_sv_eq(a->scheme, b->scheme) && cm_sv_eq(a->opaque, b->opaque) &&
               a->has_user == b->has_user && a->has_password == b->has_password &&
               cm_sv_eq(a->user, b->user) && cm_sv_eq(a->password, b->password) &&
               cm_sv_eq(a->host, b->host) && cm_sv_eq(a->escaped_path, b->escaped_path) &&
               cm_sv_eq(a->query, b->query) && a->has_empty_query == b->has_empty_query &&
               cm_sv_eq(a->fragment, b->fragment);
}

bool cm_url_next_param(struct cm_arena *arena, struct cm_sv *rest, struct cm_sv *ret_key,
                       struct cm_sv *ret_value)
{
        struct cm_sv pair;
        struct cm_sv key;
        struct cm_sv value;
        while (cm_sv_next_field(rest, '&', &pair)) {
                if (pair.len == 0 || cm_sv_find_char(pair, ';') >= 0)
                        continue;
                cm_sv_cut(pair, '=', &key, &value);
                if (decode(arena, key, PART_QUERY, ret_key) &&
                    decode(arena, value, PART_QUERY, ret_value))
                        return true;
        }
        return false;
}
