/* SPDX-License-Identifier: Apache-2.0 */
/* Package URLs of purl.h. */
#include "model/purl.h"

#include "base/buf.h"

enum {
        PURL_BYTES_MAX = 16384
};

/* purl-spec "character encoding": unreserved characters and ':' stay as they are. */
static void put_encoded(struct cm_buf *out, struct cm_sv s)
{
        for (size_t i = 0; i < s.len; i++) {
                char c = s.ptr[i];
                if (cm_is_alnum(c) || cm_sv_find_char(CM_SV(".-_~:"), c) >= 0)
                        cm_buf_put_char(out, c);
                else
                        cm_buf_printf(out, "%%%02X", (unsigned)(unsigned char)c);
        }
}

/* Each segment is encoded for itself; '/' stays. */
static void put_path(struct cm_buf *out, struct cm_sv path)
{
        struct cm_sv part;
        bool first = true;
        while (cm_sv_next_field(&path, '/', &part)) {
                if (part.len == 0)
                        continue;
                if (!first)
                        cm_buf_put_char(out, '/');
                put_encoded(out, part);
                first = false;
        }
}

static void put_qualifier(struct cm_buf *out, const char *key, struct cm_sv value, bool *first)
{
        if (value.len == 0)
                return;
        cm_buf_printf(out, "%c%s=", *first ? '?' : '&', key);
        put_encoded(out, value);
        *first = false;
}

/* PyPI: lower case, '_' is '-'. */
static struct cm_sv pypi_name(struct cm_arena *arena, struct cm_sv name)
{
        if (name.len == 0)
                return name;
        char *p = cm_arena_alloc(arena, name.len, 1);
        for (size_t i = 0; i < name.len; i++)
                p[i] = name.ptr[i] == '_' ? '-' : cm_to_lower(name.ptr[i]);
        return cm_sv_make(p, name.len);
}

static void split_name(struct cm_arena *arena, const struct cm_pkg *pkg,
                       const struct cm_os_release *os, struct cm_sv *namespace, struct cm_sv *name)
{
        *namespace = CM_SV("");
        *name = pkg->name;
        if (cm_pkg_type_is_os(pkg->type)) {
                if (os != NULL)
                        *namespace = os->id;
        } else if (pkg->type == CM_PKG_PYPI) {
                *name = pypi_name(arena, pkg->name);
        } else if (pkg->type == CM_PKG_MAVEN) {
                if (!cm_sv_cut(pkg->name, ':', namespace, name)) {
                        *namespace = CM_SV("");
                        *name = pkg->name;
                }
        } else if (!cm_sv_cut_last(pkg->name, '/', namespace, name)) {
                *namespace = CM_SV("");
                *name = pkg->name;
        }
}

static struct cm_sv distro_of(struct cm_arena *arena, const struct cm_os_release *os)
{
        if (os == NULL || os->id.len == 0)
                return CM_SV("");
        struct cm_sv version = os->version_id.len > 0 ? os->version_id : os->codename;
        if (version.len == 0)
                return os->id;
        return cm_sv_printf(arena, "%.*s-%.*s", CM_SV_ARG(os->id), CM_SV_ARG(version));
}

struct cm_sv cm_purl_from_pkg(struct cm_arena *arena, const struct cm_pkg *pkg,
                              const struct cm_os_release *os)
{
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, PURL_BYTES_MAX);
        struct cm_sv namespace, name;
        split_name(arena, pkg, os, &namespace, &name);
        cm_buf_printf(&out, "pkg:%s/", cm_pkg_type_purl(pkg->type));
        if (namespace.len > 0) {
                put_path(&out, namespace);
                cm_buf_put_char(&out, '/');
        }
        put_encoded(&out, name);
        struct cm_sv version = pkg->version;
        struct cm_sv epoch = CM_SV("");
        if (pkg->type == CM_PKG_RPM) { /* the purl type keeps the epoch apart */
                struct cm_sv rest;
                if (cm_sv_cut(version, ':', &epoch, &rest))
                        version = rest;
                else
                        epoch = CM_SV("");
        }
        if (version.len > 0) {
                cm_buf_put_char(&out, '@');
                put_encoded(&out, version);
        }
        if (cm_pkg_type_is_os(pkg->type)) {
                bool first = true;
                put_qualifier(&out, "arch", pkg->arch, &first);
                put_qualifier(&out, "distro", distro_of(arena, os), &first);
                put_qualifier(&out, "epoch", epoch, &first);
        }
        return cm_sv_dup(arena, cm_buf_sv(&out));
}

static int decode(struct cm_arena *arena, struct cm_sv s, struct cm_sv *ret, struct cm_err *err)
{
        char *p = cm_arena_alloc(arena, s.len + 1, 1);
        size_t len = 0;
        for (size_t i = 0; i < s.len; i++) {
                if (s.ptr[i] != '%') {
                        p[len++] = s.ptr[i];
                        continue;
                }
                int high = i + 2 < s.len ? cm_hex_value(s.ptr[i + 1]) : -1;
                int low = i + 2 < s.len ? cm_hex_value(s.ptr[i + 2]) : -1;
                if (i + 2 >= s.len || high < 0 || low < 0)
                        return CM_RAISE(err, CM_E_MALFORMED, "purl has a broken percent encoding");
                p[len++] = (char)(high << 4 | low);
                i += 2;
        }
        *ret = cm_sv_make(p, len);
        return 0;
}

static bool type_is_valid(struct cm_sv type)
{
        for (size_t i = 0; i < type.len; i++)
                if (!cm_is_alnum(type.ptr[i]) && cm_sv_find_char(CM_SV(".+-"), type.ptr[i]) < 0)
                        return false;
        return type.len > 0 && !cm_is_digit(type.ptr[0]);
}

int cm_purl_parse(struct cm_arena *arena, struct cm_sv text, struct cm_purl *ret,
                  struct cm_err *err)
{
        struct cm_purl purl = { 0 };
        struct cm_sv rest;
        if (!cm_sv_has_prefix(text, CM_SV("pkg:")))
                return CM_RAISE(err, CM_E_MALFORMED, "purl does not begin with 'pkg:'");
        rest = cm_sv_skip(text, 4);
        while (cm_sv_has_prefix(rest, CM_SV("/")))
                rest = cm_sv_skip(rest, 1);
        struct cm_sv encoded_subpath = CM_SV("");
        cm_sv_cut_last(rest, '#', &rest, &encoded_subpath);
        cm_sv_cut_last(rest, '?', &rest, &purl.qualifiers);
        if (!cm_sv_cut(rest, '/', &purl.type, &rest) || !type_is_valid(purl.type) || rest.len == 0)
                return CM_RAISE(err, CM_E_MALFORMED, "purl has no type or no name");
        purl.type = cm_sv_lower(arena, purl.type);
        struct cm_sv version = CM_SV("");
        struct cm_sv path = rest;
        /* "@scope/x" has its '@' encoded: a bare one begins the version. */
        if (!cm_sv_cut_last(rest, '@', &path, &version) || cm_sv_find_char(version, '/') >= 0) {
                path = rest;
                version = CM_SV("");
        }
        struct cm_sv namespace = CM_SV("");
        struct cm_sv name = path;
        if (!cm_sv_cut_last(path, '/', &namespace, &name)) {
                name = path;
                namespace = CM_SV("");
        }
        int r = decode(arena, namespace, &purl.namespace, err);
        if (r == 0)
                r = decode(arena, name, &purl.name, err);
        if (r == 0)
                r = decode(arena, version, &purl.version, err);
        if (r == 0)
                r = decode(arena, encoded_subpath, &purl.subpath, err);
        if (r < 0)
                return r;
        if (purl.name.len == 0)
                return CM_RAISE(err, CM_E_MALFORMED, "purl has no name");
        *ret = purl;
        return 0;
}
