/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of npm_name.h. */
#include "inventory/npm_name.h"

static bool part_is_valid(struct cm_sv part)
{
        if (part.len == 0 || part.ptr[0] == '.')
                return false;
        for (size_t i = 0; i < part.len; i++)
                if (!cm_is_alnum(part.ptr[i]) &&
                    cm_sv_find_char(CM_SV("-_.~!'()*"), part.ptr[i]) < 0)
                        return false;
        return true;
}

bool cm_npm_name_is_valid(struct cm_sv name)
{
        if (name.len == 0 || name.len > 214)
                return false;
        if (name.ptr[0] != '@')
                return part_is_valid(name);
        struct cm_sv scope, rest;
        return cm_sv_cut(cm_sv_skip(name, 1), '/', &scope, &rest) && part_is_valid(scope) &&
               part_is_valid(rest);
}

bool cm_npm_version_is_valid(struct cm_sv v)
{
        struct cm_sv build;
        if (v.len > 0 && (v.ptr[0] == 'v' || v.ptr[0] == '='))
                v = cm_sv_skip(v, 1);
        cm_sv_cut(v, '+', &v, &build);
        size_t dots = 0;
        bool digit = false;
        size_t i = 0;
        for (; i < v.len && dots < 3; i++) {
                if (cm_is_digit(v.ptr[i])) {
                        digit = true;
                } else if (v.ptr[i] == '.' && digit && dots < 2) {
                        dots++;
                        digit = false;
                } else {
                        break;
                }
        }
        if (dots != 2 || !digit)
                return false;
        if (i == v.len)
                return true;
        /* Loose: "1.2.3beta" is taken as "1.2.3-beta", as npm does. */
        for (; i < v.len; i++)
                if (!cm_is_alnum(v.ptr[i]) && v.ptr[i] != '-' && v.ptr[i] != '.')
                        return false;
        return true;
}
