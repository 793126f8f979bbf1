/* SPDX-License-Identifier: Apache-2.0 */
/* Stanza reader of deb822.h. */
#include "codec/deb822.h"

static bool is_blank_line(struct cm_sv line)
{
        return cm_sv_trim(line).len == 0;
}

bool cm_deb822_next_stanza(struct cm_sv *rest, struct cm_sv *ret)
{
        struct cm_sv line;
        struct cm_sv at = *rest;
        const char *begin = NULL;
        const char *end = NULL;
        while (cm_sv_next_line(&at, &line)) {
                if (is_blank_line(line)) {
                        if (begin != NULL)
                                break;
                        continue;
                }
                if (begin == NULL)
                        begin = line.ptr;
                end = line.ptr + line.len;
        }
        *rest = at;
        if (begin == NULL)
                return false;
        *ret = cm_sv_make(begin, (size_t)(end - begin));
        return true;
}

bool cm_deb822_next_field(struct cm_sv *stanza, struct cm_deb822_field *ret)
{
        struct cm_sv line;
        while (cm_sv_next_line(stanza, &line)) {
                struct cm_sv name, value;
                if (line.len == 0 || line.ptr[0] == ' ' || line.ptr[0] == '\t' ||
                    line.ptr[0] == '#' || !cm_sv_cut(line, ':', &name, &value))
                        continue;
                const char *end = line.ptr + line.len;
                while (stanza->len > 0 && (stanza->ptr[0] == ' ' || stanza->ptr[0] == '\t')) {
                        cm_sv_next_line(stanza, &line);
                        end = line.ptr + line.len;
                }
                ret->name = name;
                ret->value = cm_sv_trim(cm_sv_make(value.ptr, (size_t)(end - value.ptr)));
                return true;
        }
        return false;
}

struct cm_sv cm_deb822_get(struct cm_sv stanza, const char *name)
{
        struct cm_deb822_field field;
        while (cm_deb822_next_field(&stanza, &field))
                if (cm_sv_eq_nocase(field.name, cm_sv_from_cstr(name)))
                        return field.value;
        return CM_SV("");
}
