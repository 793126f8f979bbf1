/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which advisory space answers for a package: language packages have a fixed one, OS packages that
 * of the release. A release that is not in the table maps to "<id>:<version>", which no database
 * has: the coverage row then says so.
 */
#include "advisory/space.h"

#include "match/match_internal.h"

enum part {
        PART_NONE,
        PART_MAJOR,
        PART_MINOR,
        PART_WHOLE
};

static const struct {
        const char *id;     /* os-release ID */
        const char *space;  /* before the colon; rolling releases have the name alone */
        enum part part;     /* of VERSION_ID after the colon */
        const char *prefix; /* before the version */
        const char *eol;    /* endoflife.date's product */
        enum part eol_part;
} families[] = {
        { "debian", "Debian", PART_MAJOR, "", "debian", PART_MAJOR },
        { "ubuntu", "Ubuntu", PART_MINOR, "", "ubuntu", PART_MINOR },
        { "alpine", "Alpine", PART_MINOR, "v", "alpine-linux", PART_MINOR },
        { "almalinux", "AlmaLinux", PART_MAJOR, "", "almalinux", PART_MAJOR },
        { "rocky", "Rocky Linux", PART_MAJOR, "", "rocky-linux", PART_MAJOR },
        { "rhel", "Red Hat", PART_MAJOR, "", "rhel", PART_MAJOR },
        { "centos", "CentOS", PART_MAJOR, "", "centos", PART_MAJOR },
        { "ol", "Oracle Linux", PART_MAJOR, "", "oracle-linux", PART_MAJOR },
        { "fedora", "Fedora", PART_MAJOR, "", "fedora", PART_MAJOR },
        { "amzn", "Amazon Linux", PART_MAJOR, "", "amazon-linux", PART_MAJOR },
        { "amazon", "Amazon Linux", PART_MAJOR, "", "amazon-linux", PART_MAJOR },
        { "azurelinux", "Azure Linux", PART_MAJOR, "", "azure-linux", PART_MINOR },
        { "mariner", "CBL-Mariner", PART_MINOR, "", NULL, PART_NONE },
        { "photon", "Photon OS", PART_MINOR, "", "photon", PART_MINOR },
        { "sles", "SUSE", PART_WHOLE, "Linux Enterprise Server ", "sles", PART_WHOLE },
        { "opensuse-leap", "openSUSE", PART_WHOLE, "Leap ", "opensuse", PART_MINOR },
        { "opensuse-tumbleweed", "openSUSE", PART_NONE, "Tumbleweed", NULL, PART_NONE },
        { "wolfi", "Wolfi", PART_NONE, NULL, NULL, PART_NONE },
        { "chainguard", "Chainguard", PART_NONE, NULL, NULL, PART_NONE },
        { "alpaquita", "Alpaquita", PART_WHOLE, "", "alpaquita", PART_WHOLE },
};

static struct cm_sv version_part(struct cm_sv version, enum part part)
{
        if (part == PART_NONE)
                return CM_SV("");
        if (part == PART_WHOLE)
                return version;
        struct cm_sv major, rest, minor;
        if (!cm_sv_cut(version, '.', &major, &rest) || part == PART_MAJOR)
                return major;
        cm_sv_cut(rest, '.', &minor, &rest);
        return cm_sv_make(major.ptr, major.len + 1 + minor.len);
}

static size_t family_of(struct cm_sv id)
{
        size_t i = 0;
        while (i < CM_ARRAY_LEN(families) && !cm_sv_eq(id, cm_sv_from_cstr(families[i].id)))
                i++;
        return i;
}

/* Alpine's edge snapshots call themselves "3.21.0_alpha20240807". */
static bool is_alpine_edge(const struct cm_os_release *os)
{
        return cm_sv_eq(os->id, CM_SV("alpine")) &&
               (cm_sv_find(os->version_id, CM_SV("_alpha")) >= 0 ||
                cm_sv_eq(os->version_id, CM_SV("edge")) || cm_sv_eq(os->variant, CM_SV("edge")));
}

struct cm_sv cm_match_os_space(struct cm_arena *arena, const struct cm_os_release *os)
{
        if (is_alpine_edge(os))
                return CM_SV("Alpine:edge");
        struct cm_sv space = CM_SV("");
        if (cm_sv_eq(os->id, CM_SV("debian")) && os->version_id.len == 0) {
                if (cm_space_from_debian_codename(os->codename, &space))
                        return space;
                return CM_SV("Debian:sid");
        }
        size_t i = family_of(os->id);
        if (i == CM_ARRAY_LEN(families))
                return cm_sv_printf(arena, "%.*s:%.*s", CM_SV_ARG(os->id),
                                    CM_SV_ARG(os->version_id));
        if (families[i].prefix == NULL)
                return cm_sv_from_cstr(families[i].space);
        struct cm_sv version = version_part(os->version_id, families[i].part);
        return cm_sv_printf(arena, "%s:%s%.*s", families[i].space, families[i].prefix,
                            CM_SV_ARG(version));
}

struct cm_sv cm_match_os_label(struct cm_arena *arena, const struct cm_os_release *os)
{
        if (os->version_id.len == 0 && os->codename.len == 0)
                return os->id;
        return cm_sv_printf(arena, "%.*s %.*s", CM_SV_ARG(os->id),
                            CM_SV_ARG(os->version_id.len > 0 ? os->version_id : os->codename));
}

bool cm_match_os_eol_key(struct cm_arena *arena, const struct cm_os_release *os,
                         struct cm_sv *ret_product, struct cm_sv *ret_cycle)
{
        (void)arena;
        size_t i = family_of(os->id);
        if (i == CM_ARRAY_LEN(families) || families[i].eol == NULL || os->version_id.len == 0 ||
            is_alpine_edge(os))
                return false;
        *ret_product = cm_sv_from_cstr(families[i].eol);
        *ret_cycle = version_part(os->version_id, families[i].eol_part);
        if (cm_sv_eq(os->id, CM_SV("centos")) && cm_sv_eq(os->variant, CM_SV("stream")))
                *ret_product = CM_SV("centos-stream");
        return true;
}

struct cm_sv cm_match_lookup_name(struct cm_arena *arena, const struct cm_pkg *pkg)
{
        /* Debian's and Alpine's trackers speak of source packages, the RHEL family of binaries. */
        if (pkg->type == CM_PKG_DEB || pkg->type == CM_PKG_APK)
                return cm_pkg_source_name(pkg);
        if (cm_pkg_type_is_os(pkg->type))
                return pkg->name;
        return cm_space_package_name(arena, cm_sv_from_cstr(cm_pkg_type_ecosystem(pkg->type)),
                                     pkg->name);
}

struct cm_sv cm_match_lookup_version(const struct cm_pkg *pkg)
{
        /* A binNMU ("+b3") changes the binary's version only: the source's is what was fixed. */
        return pkg->type == CM_PKG_DEB || pkg->type == CM_PKG_APK ? cm_pkg_source_version(pkg)
                                                                  : pkg->version;
}
