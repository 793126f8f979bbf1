/* SPDX-License-Identifier: Apache-2.0 */
/* The table of sources.h, from sources.def. */
#include "advisory/sources.h"

static const struct {
        const char *name;
        const char *url;
        const char *licence;
        const char *attribution;
} sources[] = {
#define CM_SOURCE(name, url, licence, attribution) { name, url, licence, attribution },
#include "advisory/sources.def"
#undef CM_SOURCE
};

bool cm_source_known(struct cm_sv name, struct cm_adv_source *ret)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(sources); i++) {
                if (!cm_sv_eq(name, cm_sv_from_cstr(sources[i].name)))
                        continue;
                ret->url = cm_sv_from_cstr(sources[i].url);
                ret->licence = cm_sv_from_cstr(sources[i].licence);
                ret->attribution = cm_sv_from_cstr(sources[i].attribution);
                return true;
        }
        return false;
}
