/* SPDX-License-Identifier: Apache-2.0 */
/* Grammar of imageref.h. Pure. */
#include "model/imageref.h"

#include "base/arena.h"
#include "base/escape.h"
#include "model/digest.h"

enum {
        NAME_BYTES_MAX = 255,
        TAG_BYTES_MAX = 128
};

#define HUB      CM_SV("docker.io")
#define HUB_OLD  CM_SV("index.docker.io")
#define OFFICIAL CM_SV("library/")

/* The first component is a registry when it could not be the name of a user on the default one. */
static bool is_registry(struct cm_sv first)
{
        if (cm_sv_eq(first, CM_SV("localhost")))
                return true;
        for (size_t i = 0; i < first.len; i++)
                if (first.ptr[i] == '.' || first.ptr[i] == ':' || cm_is_upper(first.ptr[i]))
                        return true;
        return false;
}

static bool port_is_valid(struct cm_sv port)
{
        struct cm_err ignored = CM_ERR_INIT;
        uint64_t value = 0;
        return cm_parse_u64(port, 1, 65535, &value, &ignored) == 0;
}

/* "[::1]" with an optional port. */
static bool bracketed_is_valid(struct cm_sv s)
{
        ptrdiff_t end = cm_sv_find_char(s, ']');
        if (end < 2)
                return false;
        for (ptrdiff_t i = 1; i < end; i++)
                if (!cm_is_xdigit(s.ptr[i]) && s.ptr[i] != ':' && s.ptr[i] != '.')
                        return false;
        struct cm_sv rest = cm_sv_skip(s, (size_t)end + 1);
        return rest.len == 0 || (rest.ptr[0] == ':' && port_is_valid(cm_sv_skip(rest, 1)));
}

static bool registry_is_valid(struct cm_sv s)
{
        if (s.len > 0 && s.ptr[0] == '[')
                return bracketed_is_valid(s);
        struct cm_sv host, port;
        if (cm_sv_cut(s, ':', &host, &port) && !port_is_valid(port))
                return false;
        struct cm_sv label;
        if (host.len == 0 || cm_sv_has_suffix(host, CM_SV(".")))
                return false;
        while (cm_sv_next_field(&host, '.', &label)) {
                if (label.len == 0 || !cm_is_alnum(label.ptr[0]) ||
                    !cm_is_alnum(label.ptr[label.len - 1]))
                        return false;
                for (size_t i = 0; i < label.len; i++)
                        if (!cm_is_alnum(label.ptr[i]) && label.ptr[i] != '-')
                                return false;
        }
        return true;
}

/* [a-z0-9]+ parts with one '.', one or two '_', or any number of '-' between them. */
static bool component_is_valid(struct cm_sv s)
{
        size_t i = 0;
        while (true) {
                size_t start = i;
                while (i < s.len && (cm_is_lower(s.ptr[i]) || cm_is_digit(s.ptr[i])))
                        i++;
                if (i == start)
                        return false;
                if (i == s.len)
                        return true;
                size_t separator = i;
                char c = s.ptr[i];
                if (c != '.' && c != '_' && c != '-')
                        return false;
                while (i < s.len && s.ptr[i] == c)
                        i++;
                size_t run = i - separator;
                if ((c == '.' && run > 1) || (c == '_' && run > 2))
                        return false;
        }
}

static bool repository_is_valid(struct cm_sv s)
{
        struct cm_sv component;
        if (s.len == 0 || cm_sv_has_suffix(s, CM_SV("/")))
                return false;
        while (cm_sv_next_field(&s, '/', &component))
                if (!component_is_valid(component))
                        return false;
        return true;
}

static bool tag_is_valid(struct cm_sv s)
{
        if (s.len == 0 || s.len > TAG_BYTES_MAX || s.ptr[0] == '.' || s.ptr[0] == '-')
                return false;
        for (size_t i = 0; i < s.len; i++)
                if (!cm_is_alnum(s.ptr[i]) && s.ptr[i] != '_' && s.ptr[i] != '.' && s.ptr[i] != '-')
                        return false;
        return true;
}

/* Takes ":tag" and "@digest" off the end. */
static int cut_selectors(struct cm_arena *arena, struct cm_sv text, struct cm_sv *ret_name,
                         struct cm_imageref *ref, struct cm_err *err)
{
        if (cm_sv_cut(text, '@', ret_name, &ref->digest)) {
                struct cm_digest digest;
                int r = cm_digest_parse(ref->digest, &digest, err);
                if (r < 0) {
                        cm_err_clear(err);
                        return CM_RAISE(err, CM_E_USAGE,
                                        "image reference '%s' has no digest of the form "
                                        "sha256:<64 hex> after '@'",
                                        cm_escape(arena, text));
                }
        }
        struct cm_sv name = *ret_name;
        ptrdiff_t colon = cm_sv_rfind_char(name, ':');
        ptrdiff_t slash = cm_sv_rfind_char(name, '/');
        if (colon > slash && colon >= 0) {
                ref->tag = cm_sv_skip(name, (size_t)colon + 1);
                *ret_name = cm_sv_slice(name, 0, (size_t)colon);
                if (!tag_is_valid(ref->tag))
                        return CM_RAISE(err, CM_E_USAGE,
                                        "image reference '%s': a tag is 1 to 128 letters, digits, "
                                        "'_', '.' and '-'",
                                        cm_escape(arena, text));
        }
        if (ref->tag.len == 0 && ref->digest.len == 0)
                ref->tag = CM_SV("latest");
        return 0;
}

int cm_imageref_parse(struct cm_arena *arena, struct cm_sv text, struct cm_imageref *ret,
                      struct cm_err *err)
{
        struct cm_imageref ref = { 0 };
        struct cm_sv name = text;
        int r = cut_selectors(arena, text, &name, &ref, err);
        if (r < 0)
                return r;
        struct cm_sv first, rest;
        ref.registry = HUB;
        ref.repository = name;
        if (cm_sv_cut(name, '/', &first, &rest) && is_registry(first)) {
                ref.registry = cm_sv_eq(first, HUB_OLD) ? HUB : first;
                ref.repository = rest;
        }
        if (cm_sv_eq(ref.registry, HUB) && cm_sv_find_char(ref.repository, '/') < 0)
                ref.repository = cm_sv_join(arena, OFFICIAL, ref.repository);
        if (!registry_is_valid(ref.registry))
                return CM_RAISE(err, CM_E_USAGE, "image reference '%s': '%s' is no host name",
                                cm_escape(arena, text), cm_escape(arena, ref.registry));
        if (ref.registry.len + 1 + ref.repository.len > NAME_BYTES_MAX)
                return CM_RAISE(err, CM_E_USAGE, "image reference '%s' is longer than %d bytes",
                                cm_escape(arena, text), NAME_BYTES_MAX);
        if (!repository_is_valid(ref.repository))
                return CM_RAISE(err, CM_E_USAGE,
                                "image reference '%s': a repository is lower-case letters and "
                                "digits, separated by '/', '.', '_' and '-'",
                                cm_escape(arena, text));
        *ret = ref;
        return 0;
}

struct cm_sv cm_imageref_format(struct cm_arena *arena, const struct cm_imageref *ref)
{
        return cm_sv_printf(arena, "%.*s/%.*s%s%.*s%s%.*s", CM_SV_ARG(ref->registry),
                            CM_SV_ARG(ref->repository), ref->tag.len > 0 ? ":" : "",
                            CM_SV_ARG(ref->tag), ref->digest.len > 0 ? "@" : "",
                            CM_SV_ARG(ref->digest));
}

struct cm_sv cm_imageref_selector(const struct cm_imageref *ref)
{
        return ref->digest.len > 0 ? ref->digest : ref->tag;
}

bool cm_registry_is_loopback(struct cm_sv registry)
{
        if (cm_sv_has_prefix(registry, CM_SV("[::1]")))
                return true;
        struct cm_sv host, port, label;
        cm_sv_cut(registry, ':', &host, &port);
        if (cm_sv_eq_nocase(host, CM_SV("localhost")))
                return true;
        /* An address, not a name that begins like one ("127.0.0.1.example.org"). */
        size_t labels = 0;
        struct cm_sv rest = host;
        while (cm_sv_next_field(&rest, '.', &label)) {
                struct cm_err ignored = CM_ERR_INIT;
                uint64_t value = 0;
                if (cm_parse_u64(label, 0, 255, &value, &ignored) < 0 ||
                    (labels == 0 && value != 127))
                        return false;
                labels++;
        }
        return labels == 4;
}
