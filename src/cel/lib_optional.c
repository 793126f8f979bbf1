/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Optional values. or() and orValue() are instructions (the right side may stay unevaluated), optMap()
 * and optFlatMap() macros.
 */
#include "cel/library.h"

CM_CEL_FN(of)
{
        return cm_cel_some(cx, args[0]);
}

CM_CEL_FN(none)
{
        return cm_cel_none();
}

CM_CEL_FN(of_non_zero)
{
        return cm_cel_is_zero(args[0]) ? cm_cel_none() : cm_cel_some(cx, args[0]);
}

CM_CEL_FN(has_value)
{
        return cm_cel_bool(args[0].boxed != NULL);
}

CM_CEL_FN(value)
{
        return args[0].boxed == NULL ? cm_cel_fail(cx, "the optional has no value")
                                     : *args[0].boxed;
}

/* The contents of a list of optionals, without the empty ones. */
CM_CEL_FN(unwrap)
{
        size_t all = cm_cel_list_count(args[0]);
        struct cm_cel_value *items = cm_cel_alloc_values(cx, all);
        size_t kept = 0;
        if (items == NULL)
                return cm_cel_no_memory(cx);
        for (size_t i = 0; i < all; i++) {
                struct cm_cel_value v = cm_cel_list_at(args[0], i);
                if (v.kind != CM_CEL_OPTIONAL)
                        return cm_cel_no_overload(cx, "optional.unwrap", &v, 1);
                if (v.boxed != NULL)
                        items[kept++] = *v.boxed;
        }
        return cm_cel_list(items, kept);
}

static const struct cm_cel_function functions[] = {
        { "optional.of", CM_CEL_GLOBAL, "*:oA", of },
        { "optional.none", CM_CEL_GLOBAL, ":oA", none },
        { "optional.ofNonZeroValue", CM_CEL_GLOBAL, "*:oA", of_non_zero },
        { "optional.unwrap", CM_CEL_GLOBAL, "l:[*", unwrap },
        { "unwrapOpt", CM_CEL_METHOD, "l:[*", unwrap },
        { "hasValue", CM_CEL_METHOD, "o:b", has_value },
        { "value", CM_CEL_METHOD, "o:A", value },
        { NULL },
};

static const char *const types[] = { "optional_type", NULL };

extern const struct cm_cel_library cm_cel_lib_optional;
const struct cm_cel_library cm_cel_lib_optional = { "optional", functions, types };
