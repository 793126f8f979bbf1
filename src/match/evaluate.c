/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does one statement hold for one package? Intervals are half open on a fix and closed on a last
 * affected version (OSV schema "evaluation"); explicitly listed versions count too.
 */
#include "match/match_internal.h"

enum cm_version_order cm_match_order(enum cm_pkg_type type)
{
        static const enum cm_version_order orders[CM_PKG_TYPE_COUNT] = {
#define X(type, name, purl, ecosystem, order, is_os) [CM_PKG_##type] = CM_VERSION_##order,
                CM_PKG_TYPES(X)
#undef X
        };
        return orders[type];
}

static bool is_start(struct cm_sv introduced)
{
        return introduced.len == 0 || cm_sv_eq(introduced, CM_SV("0"));
}

static bool in_range(enum cm_version_order order, struct cm_sv version, const struct cm_range *r)
{
        if (!is_start(r->introduced) && cm_version_cmp(order, version, r->introduced) < 0)
                return false;
        if (r->fixed.len > 0)
                return cm_version_cmp(order, version, r->fixed) < 0;
        if (r->last_affected.len > 0)
                return cm_version_cmp(order, version, r->last_affected) <= 0;
        return true;
}

/* "module:stream" of "nodejs:18:8060020220523:a1b2c3". */
static struct cm_sv module_stream(struct cm_sv module)
{
        struct cm_sv name, rest, stream;
        if (!cm_sv_cut(module, ':', &name, &rest))
                return module;
        cm_sv_cut(rest, ':', &stream, &rest);
        return cm_sv_make(name.ptr, name.len + 1 + stream.len);
}

static bool is_modular(struct cm_sv version)
{
        return cm_sv_find(version, CM_SV(".module_el")) >= 0 ||
               cm_sv_find(version, CM_SV(".module+el")) >= 0;
}

static struct cm_sv first_number(struct cm_sv version)
{
        struct cm_sv epoch, rest;
        if (cm_sv_cut(version, ':', &epoch, &rest))
                version = rest;
        size_t n = 0;
        while (n < version.len && cm_is_digit(version.ptr[n]))
                n++;
        return cm_sv_slice(version, 0, n);
}

/*
 * Module streams of the RHEL family are lines of their own: nodejs 16 is not older than a fix in
 * nodejs 18. Where the record does not name its stream, both versions must be modular and agree
 * in the major version.
 */
static bool stream_is_listed(struct cm_sv list, struct cm_sv stream)
{
        struct cm_sv one;
        while (cm_sv_next_field(&list, ' ', &one))
                if (cm_sv_eq(module_stream(one), stream))
                        return true;
        return false;
}

static bool module_agrees(const struct cm_pkg *pkg, const struct cm_affected *a,
                          const struct cm_range *r)
{
        bool stream_unknown = cm_sv_eq(a->module, CM_SV("*"));
        bool pkg_modular = pkg->module.len > 0 || is_modular(pkg->version);
        if (a->module.len > 0 && !stream_unknown && pkg->module.len > 0)
                return stream_is_listed(a->module, module_stream(pkg->module));
        bool fix_modular = a->module.len > 0 || is_modular(r->fixed);
        if (fix_modular != pkg_modular)
                return false;
        return !fix_modular || r->fixed.len == 0 ||
               cm_sv_eq(first_number(pkg->version), first_number(r->fixed));
}

static bool in_npm_range(const struct cm_affected *a, struct cm_sv version)
{
        struct cm_err ignored = CM_ERR_INIT; /* the importer refused ranges without meaning */
        return a->npm_range.len > 0 && cm_npm_range_has(a->npm_range, version, true, &ignored) == 1;
}

enum cm_holds cm_match_evaluate(const struct cm_pkg *pkg, const struct cm_affected *a,
                                const struct cm_range **ret_range)
{
        enum cm_version_order order = cm_match_order(pkg->type);
        struct cm_sv version = cm_match_lookup_version(pkg);
        *ret_range = NULL;
        if (a->arch.len > 0 && pkg->arch.len > 0 && !cm_sv_eq(a->arch, pkg->arch))
                return CM_HOLDS_NOT;
        if (a->state == CM_FIX_STATE_NOT_AFFECTED)
                return CM_HOLDS_NOT_AFFECTED;
        if (version.len == 0)
                return CM_HOLDS_NOT;
        for (size_t i = 0; i < a->range_count; i++) {
                const struct cm_range *r = &a->ranges[i];
                if (cm_sv_eq(r->fixed, CM_SV("0")))
                        return CM_HOLDS_NOT_AFFECTED;
                if (pkg->type == CM_PKG_RPM && !module_agrees(pkg, a, r))
                        continue;
                if (in_range(order, version, r)) {
                        *ret_range = r;
                        return CM_HOLDS;
                }
        }
        for (size_t i = 0; i < a->version_count; i++)
                if (cm_sv_eq(a->versions[i], version) ||
                    cm_version_cmp(order, a->versions[i], version) == 0)
                        return CM_HOLDS;
        return in_npm_range(a, version) ? CM_HOLDS : CM_HOLDS_NOT;
}
