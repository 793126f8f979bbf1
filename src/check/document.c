/* SPDX-License-Identifier: Apache-2.0 */
/* The table made from documents.def. */
#include "check/document.h"

#define CM_DOCUMENT_KIND(name) extern const struct cm_document_kind cm_document_##name;
#include "check/documents.def"
#undef CM_DOCUMENT_KIND

const struct cm_document_kind *const cm_document_kinds[] = {
#define CM_DOCUMENT_KIND(name) &cm_document_##name,
#include "check/documents.def"
#undef CM_DOCUMENT_KIND
        NULL,
};

const size_t cm_document_kinds_count = CM_ARRAY_LEN(cm_document_kinds) - 1;

const struct cm_check_view *cm_check_view_find(struct cm_sv name)
{
        for (size_t i = 0; i < cm_document_kinds_count; i++)
                for (const struct cm_check_view *const *v = cm_document_kinds[i]->views; *v; v++)
                        if (cm_sv_eq(name, cm_sv_from_cstr((*v)->name)))
                                return *v;
        return NULL;
}
