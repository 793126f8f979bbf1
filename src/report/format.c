/* SPDX-License-Identifier: Apache-2.0 */
/* The table made from formats.def. */
#include "report/format.h"

#include <string.h>

#define CM_FORMAT(name) extern const struct cm_format cm_format_##name;
#include "report/formats.def"
#undef CM_FORMAT

const struct cm_format *const cm_formats[] = {
#define CM_FORMAT(name) &cm_format_##name,
#include "report/formats.def"
#undef CM_FORMAT
        NULL,
};

const struct cm_format *cm_format_find(const char *name)
{
        for (const struct cm_format *const *f = cm_formats; *f != NULL; f++)
                if (strcmp((*f)->name, name) == 0)
                        return *f;
        return NULL;
}
