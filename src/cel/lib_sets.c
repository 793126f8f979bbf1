/* SPDX-License-Identifier: Apache-2.0 */
/* sets.*: lists as sets, by equality. */
#include "cel/library.h"

static bool has(struct cm_cel_context *cx, struct cm_cel_value list, struct cm_cel_value v)
{
        for (size_t i = 0; i < cm_cel_list_count(list); i++)
                if (cm_cel_equal_in(cx, cm_cel_list_at(list, i), v))
                        return true;
        return false;
}

/* Whether all of `part`, or any of it, is in `whole`. */
static bool covers(struct cm_cel_context *cx, struct cm_cel_value whole, struct cm_cel_value part,
                   bool all)
{
        if (!cm_cel_charge(cx, (uint64_t)cm_cel_list_count(whole) * cm_cel_list_count(part)))
                return false;
        for (size_t i = 0; i < cm_cel_list_count(part); i++)
                if (has(cx, whole, cm_cel_list_at(part, i)) != all)
                        return !all;
        return all;
}

CM_CEL_FN(contains)
{
        return cm_cel_bool(covers(cx, args[0], args[1], true));
}

CM_CEL_FN(equivalent)
{
        return cm_cel_bool(covers(cx, args[0], args[1], true) &&
                           covers(cx, args[1], args[0], true));
}

CM_CEL_FN(intersects)
{
        return cm_cel_bool(covers(cx, args[0], args[1], false));
}

static const struct cm_cel_function functions[] = {
        { "sets.contains", CM_CEL_GLOBAL, "ll:b", contains },
        { "sets.equivalent", CM_CEL_GLOBAL, "ll:b", equivalent },
        { "sets.intersects", CM_CEL_GLOBAL, "ll:b", intersects },
        { NULL },
};

extern const struct cm_cel_library cm_cel_lib_sets;
const struct cm_cel_library cm_cel_lib_sets = { "sets", functions, NULL };
