/* SPDX-License-Identifier: Apache-2.0 */
/*
 * isGreaterThan(), isLessThan() and compareTo() of Kubernetes' quantities and semantic versions: of
 * every kind of object that has an order, for signatures do not tell kinds apart.
 */
#include "cel/library.h"

/* False when the two are not of one kind that has an order. */
static bool compare(const struct cm_cel_value *args, int *ret)
{
        const struct cm_cel_object *a = args[0].object;
        const struct cm_cel_object *b = args[1].object;
        if (a->type != b->type || a->type->compare == NULL)
                return false;
        *ret = a->type->compare(a, b);
        return true;
}

CM_CEL_FN(is_greater_than)
{
        int order = 0;
        return compare(args, &order) ? cm_cel_bool(order > 0)
                                     : cm_cel_no_overload(cx, "isGreaterThan", args, count);
}

CM_CEL_FN(is_less_than)
{
        int order = 0;
        return compare(args, &order) ? cm_cel_bool(order < 0)
                                     : cm_cel_no_overload(cx, "isLessThan", args, count);
}

CM_CEL_FN(compare_to)
{
        int order = 0;
        return compare(args, &order) ? cm_cel_int(order)
                                     : cm_cel_no_overload(cx, "compareTo", args, count);
}

static const struct cm_cel_function functions[] = {
        { "isGreaterThan", CM_CEL_METHOD, "xx:b", is_greater_than },
        { "isLessThan", CM_CEL_METHOD, "xx:b", is_less_than },
        { "compareTo", CM_CEL_METHOD, "xx:i", compare_to },
        { NULL },
};

extern const struct cm_cel_library cm_cel_lib_compare;
const struct cm_cel_library cm_cel_lib_compare = { "compare", functions, NULL };
