/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an inventory consists of: packages, the operating system release, and which file belongs to
 * which package. Catalogers (inventory/) produce these, match/ and report/ consume them. Plain
 * values: all text is borrowed from the arena of whoever made the record.
 */
#pragma once

#include "base/sv.h"

/*
 * enumerator, stable name (JSON, table), purl type, OSV ecosystem ("" = from the OS release),
 * version order (model/version.h), is an OS package
 */
#define CM_PKG_TYPES(X)                                     \
        X(UNKNOWN, "unknown", "generic", "", SEMVER, false) \
        X(DEB, "deb", "deb", "", DPKG, true)                \
        X(APK, "apk", "apk", "", APK, true)                 \
        X(RPM, "rpm", "rpm", "", RPM, true)                 \
        X(NPM, "npm", "npm", "npm", NPM, false)             \
        X(PYPI, "pypi", "pypi", "PyPI", PEP440, false)      \
        X(GOLANG, "golang", "golang", "Go", GO, false)      \
        X(MAVEN, "maven", "maven", "Maven", MAVEN, false)

enum cm_pkg_type {
#define X(type, name, purl, ecosystem, order, is_os) CM_PKG_##type,
        CM_PKG_TYPES(X)
#undef X
        CM_PKG_TYPE_COUNT
};

/* Bits of cm_pkg.flags. */
enum {
        CM_PKG_DEV = 1 << 0,      /* development-only dependency of a lock file */
        CM_PKG_INDIRECT = 1 << 1, /* not asked for by name */
        CM_PKG_MAIN = 1 << 2,     /* the scanned project or the binary's own main module */
        CM_PKG_HOST_ONLY =
                1 << 3 /* kernel headers and images: run by the host's kernel, not here */
};

struct cm_pkg {
        enum cm_pkg_type type;
        uint32_t flags;
        struct cm_sv name;    /* npm "@scope/name", Maven "group:artifact", Go module path */
        struct cm_sv version; /* full: deb "1:2.3-4", rpm "[epoch:]version-release", Go "v1.2.3" */
        struct cm_sv arch;    /* "amd64", "x86_64", "noarch", "" */
        struct cm_sv source_name;    /* deb source, apk origin, rpm source name; "" = name */
        struct cm_sv source_version; /* "" = version */
        struct cm_sv module;         /* rpm modularity "nodejs:18:...": name:stream[:...], or "" */
        struct cm_sv licence;        /* as the package states it, or "" */
        struct cm_sv vendor;         /* rpm vendor, deb maintainer, or "" */
        struct cm_sv digest; /* "sha1:..." or "sha512-<base64>" as the lock file states, or "" */
        struct cm_sv path;   /* guest path of the file that names it, no leading '/' */
        struct cm_sv inner_path; /* inside an archive: "WEB-INF/lib/x.jar", or "" */
};

/* A release of an operating system, from os-release or an older file. */
struct cm_os_release {
        struct cm_sv id; /* os-release ID, canonical: "debian", "alpine", "almalinux", "rhel" */
        struct cm_sv version_id; /* "12", "3.20.3", "9.4"; "" when the file has none (sid, edge) */
        struct cm_sv codename;   /* "bookworm" or "" */
        struct cm_sv pretty;     /* PRETTY_NAME or a line made from the above */
        struct cm_sv id_like;    /* blank-separated, or "" */
        struct cm_sv variant;    /* "esm", "stream", ... or "" */
        struct cm_sv path;       /* file that said so */
        uint32_t rank;           /* higher wins when files disagree; see inventory/osrelease.c */
};

/* "path belongs to package" from a package database. */
struct cm_owned_file {
        struct cm_sv path; /* guest path, no leading '/' */
        enum cm_pkg_type type;
        struct cm_sv package; /* its name (binary package) */
        struct cm_sv digest;  /* "md5:<hex>", "sha256:<hex>", "sha1:<hex>" or "" */
};

const char *cm_pkg_type_to_string(enum cm_pkg_type type);
bool cm_pkg_type_from_string(struct cm_sv s, enum cm_pkg_type *ret);
const char *cm_pkg_type_ecosystem(enum cm_pkg_type type); /* "" for OS packages */
const char *cm_pkg_type_purl(enum cm_pkg_type type);
bool cm_pkg_type_is_os(enum cm_pkg_type type);

/* Source name/version with their defaults applied. */
static inline struct cm_sv cm_pkg_source_name(const struct cm_pkg *pkg)
{
        return pkg->source_name.len > 0 ? pkg->source_name : pkg->name;
}
static inline struct cm_sv cm_pkg_source_version(const struct cm_pkg *pkg)
{
        return pkg->source_version.len > 0 ? pkg->source_version : pkg->version;
}

/* Total order for reports: type, name, version, arch, path, inner_path. -1, 0, 1. */
int cm_pkg_cmp(const struct cm_pkg *a, const struct cm_pkg *b);
