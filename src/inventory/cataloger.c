/* SPDX-License-Identifier: Apache-2.0 */
/* The table made from catalogers.def, and access to the parts of a captured file. */
#include "inventory/cataloger.h"

#define CM_CATALOGER(name) extern const struct cm_cataloger cm_cataloger_##name;
#include "inventory/catalogers.def"
#undef CM_CATALOGER

const struct cm_cataloger *const cm_catalogers[] = {
#define CM_CATALOGER(name) &cm_cataloger_##name,
#include "inventory/catalogers.def"
#undef CM_CATALOGER
        NULL,
};

const size_t cm_catalogers_count = CM_ARRAY_LEN(cm_catalogers) - 1;

struct cm_sv cm_cat_file_at(const struct cm_cat_file *file, uint64_t offset, uint64_t len)
{
        const struct cm_file_range whole = { 0, file->content.len };
        const struct cm_file_range *ranges = file->range_count > 0 ? file->ranges : &whole;
        size_t count = file->range_count > 0 ? file->range_count : 1;
        size_t at = 0; /* where the range's bytes stand in `content` */
        for (size_t i = 0; i < count; i++) {
                const struct cm_file_range *r = &ranges[i];
                if (offset >= r->offset && offset - r->offset < r->len) {
                        size_t into = (size_t)(offset - r->offset);
                        size_t there = (size_t)CM_MIN(len, r->len - into);
                        return cm_sv_slice(file->content, at + into, at + into + there);
                }
                at += (size_t)r->len;
        }
        return CM_SV("");
}
