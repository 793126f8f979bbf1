/* SPDX-License-Identifier: Apache-2.0 */
/* The table made from comply_formats.def. */
#include "report/comply_format.h"

#include <string.h>

#define CM_COMPLY_FORMAT(name) extern const struct cm_comply_format cm_comply_format_##name;
#include "report/comply_formats.def"
#undef CM_COMPLY_FORMAT

static const struct cm_comply_format *const formats[] = {
#define CM_COMPLY_FORMAT(name) &cm_comply_format_##name,
#include "report/comply_formats.def"
#undef CM_COMPLY_FORMAT
};

const struct cm_comply_format *cm_comply_format_find(const char *name)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(formats); i++)
                if (strcmp(formats[i]->name, name) == 0)
                        return formats[i];
        return NULL;
}

const struct cm_check_result *cm_comply_next_result(const struct cm_comply_outcome *outcome,
                                                    struct cm_sv check, enum cm_check_state state,
                                                    size_t *at)
{
        const struct cm_check_outcome *o = outcome->checked;
        while (*at < o->result_count) {
                const struct cm_check_result *r = &o->results[(*at)++];
                if (r->state == state && cm_sv_eq(r->check, check))
                        return r;
        }
        return NULL;
}
