/* SPDX-License-Identifier: Apache-2.0 */
/* Tables behind space.h. */
#include "advisory/space.h"

/* Ecosystems that mean nothing without a release. */
static const char *const released[] = {
        "Alpine",    "Debian",    "Ubuntu",      "AlmaLinux",  "Rocky Linux",
        "Red Hat",   "SUSE",      "openSUSE",    "Mageia",     "Alpaquita",
        "openEuler", "Photon OS", "Azure Linux", "Ubuntu:Pro", "BellSoft Hardened Containers"
};

static bool needs_release(struct cm_sv name)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(released); i++)
                if (cm_sv_eq_nocase(name, cm_sv_from_cstr(released[i])))
                        return true;
        return false;
}

static struct cm_sv major_only(struct cm_sv version)
{
        ptrdiff_t dot = cm_sv_find_char(version, '.');
        return dot < 0 ? version : cm_sv_slice(version, 0, (size_t)dot);
}

int cm_space_from_osv(struct cm_arena *arena, struct cm_sv ecosystem, struct cm_sv *ret)
{
        struct cm_sv whole = cm_sv_trim(ecosystem);
        struct cm_sv name;
        struct cm_sv release;
        if (whole.len == 0 || needs_release(whole))
                return 0;
        *ret = whole;
        if (!cm_sv_cut(whole, ':', &name, &release))
                return 1;
        if (release.len == 0)
                return 0;
        if (cm_sv_eq(name, CM_SV("Ubuntu"))) {
                if (cm_sv_has_suffix(whole, CM_SV(":LTS")))
                        *ret = cm_sv_slice(whole, 0, whole.len - 4);
                return needs_release(*ret) ? 0 : 1;
        }
        if (cm_sv_eq(name, CM_SV("Alpine")) && cm_is_digit(release.ptr[0]))
                *ret = cm_sv_printf(arena, "Alpine:v%.*s", CM_SV_ARG(release));
        else if (cm_sv_eq(name, CM_SV("AlmaLinux")) || cm_sv_eq(name, CM_SV("Rocky Linux")))
                *ret = cm_sv_printf(arena, "%.*s:%.*s", CM_SV_ARG(name),
                                    CM_SV_ARG(major_only(release)));
        else if (cm_sv_eq(whole, CM_SV("Packagist:https://packages.drupal.org/8")))
                *ret = CM_SV("Packagist");
        return 1;
}

/* Runs of "-", "_" and "." become one "-", all in lower case. */
static struct cm_sv pep503(struct cm_arena *arena, struct cm_sv name)
{
        char *out = cm_arena_alloc(arena, name.len, 1);
        size_t n = 0;
        bool in_run = false;
        for (size_t i = 0; i < name.len; i++) {
                char c = name.ptr[i];
                bool separator = c == '-' || c == '_' || c == '.';
                if (!separator)
                        out[n++] = cm_to_lower(c);
                else if (!in_run)
                        out[n++] = '-';
                in_run = separator;
        }
        return cm_sv_make(out, n);
}

struct cm_sv cm_space_package_name(struct cm_arena *arena, struct cm_sv space, struct cm_sv name)
{
        if (cm_sv_eq(space, CM_SV("PyPI")))
                return pep503(arena, name);
        if (cm_sv_eq(space, CM_SV("NuGet")) || cm_sv_eq(space, CM_SV("Packagist")))
                return cm_sv_lower(arena, name);
        return name;
}

static const struct {
        const char *codename;
        const char *space;
} debian[] = {
        { "potato", "Debian:2.2" }, { "woody", "Debian:3.0" },   { "sarge", "Debian:3.1" },
        { "etch", "Debian:4" },     { "lenny", "Debian:5" },     { "squeeze", "Debian:6" },
        { "wheezy", "Debian:7" },   { "jessie", "Debian:8" },    { "stretch", "Debian:9" },
        { "buster", "Debian:10" },  { "bullseye", "Debian:11" }, { "bookworm", "Debian:12" },
        { "trixie", "Debian:13" },  { "forky", "Debian:14" },    { "duke", "Debian:15" },
        { "sid", "Debian:sid" },
};

bool cm_space_from_debian_codename(struct cm_sv codename, struct cm_sv *ret)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(debian); i++) {
                if (!cm_sv_eq(codename, cm_sv_from_cstr(debian[i].codename)))
                        continue;
                *ret = cm_sv_from_cstr(debian[i].space);
                return true;
        }
        return false;
}
