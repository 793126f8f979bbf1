/* SPDX-License-Identifier: Apache-2.0 */
/* Tables and order of package.h. */
#include "model/package.h"

static const struct {
        const char *name;
        const char *purl;
        const char *ecosystem;
        bool is_os;
} types[CM_PKG_TYPE_COUNT] = {
#define X(type, name, purl, ecosystem, order, is_os) \
        [CM_PKG_##type] = { (name), (purl), (ecosystem), (is_os) },
        CM_PKG_TYPES(X)
#undef X
};

const char *cm_pkg_type_to_string(enum cm_pkg_type type)
{
        return types[type].name;
}

bool cm_pkg_type_from_string(struct cm_sv s, enum cm_pkg_type *ret)
{
        for (size_t i = 0; i < CM_PKG_TYPE_COUNT; i++) {
                if (cm_sv_eq(s, cm_sv_from_cstr(types[i].name))) {
                        *ret = (enum cm_pkg_type)i;
                        return true;
                }
        }
        return false;
}

const char *cm_pkg_type_ecosystem(enum cm_pkg_type type)
{
        return types[type].ecosystem;
}

const char *cm_pkg_type_purl(enum cm_pkg_type type)
{
        return types[type].purl;
}

bool cm_pkg_type_is_os(enum cm_pkg_type type)
{
        return types[type].is_os;
}

int cm_pkg_cmp(const struct cm_pkg *a, const struct cm_pkg *b)
{
        if (a->type != b->type)
                return a->type < b->type ? -1 : 1;
        const struct cm_sv left[] = { a->name, a->version, a->arch, a->path, a->inner_path };
        const struct cm_sv right[] = { b->name, b->version, b->arch, b->path, b->inner_path };
        for (size_t i = 0; i < CM_ARRAY_LEN(left); i++) {
                int c = cm_sv_cmp(left[i], right[i]);
                if (c != 0)
                        return c;
        }
        return 0;
}
