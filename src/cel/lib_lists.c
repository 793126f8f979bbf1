/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists: those of CEL's list extension and those of Kubernetes (isSorted, sum, min, max, indexOf,
 * lastIndexOf). sortBy() is a macro.
 */
#include "base/limits.h"
#include "cel/cel_program.h"

CM_CEL_FN(slice)
{
        size_t all = cm_cel_list_count(args[0]);
        int64_t from = args[1].integer;
        int64_t to = args[2].integer;
        if (from < 0 || to < from || (uint64_t)to > all)
                return cm_cel_fail(cx, "cannot slice(%lld, %lld): the list has %zu items",
                                   (long long)from, (long long)to, all);
        size_t count_kept = (size_t)(to - from);
        if (!args[0].is_node)
                return cm_cel_list(args[0].items + from, count_kept);
        struct cm_cel_value *items = cm_cel_alloc_values(cx, count_kept);
        for (size_t i = 0; items != NULL && i < count_kept; i++)
                items[i] = cm_cel_list_at(args[0], (size_t)from + i);
        return items == NULL ? cm_cel_no_memory(cx) : cm_cel_list(items, count_kept);
}

/* A list of the run's own with the items of `list`. */
static struct cm_cel_value *copy(struct cm_cel_context *cx, struct cm_cel_value list)
{
        size_t all = cm_cel_list_count(list);
        struct cm_cel_value *items = cm_cel_alloc_values(cx, all);
        for (size_t i = 0; items != NULL && i < all; i++)
                items[i] = cm_cel_list_at(list, i);
        return items;
}

static size_t flat_count(struct cm_cel_value list)
{
        size_t n = 0;
        for (size_t i = 0; i < cm_cel_list_count(list); i++) {
                struct cm_cel_value v = cm_cel_list_at(list, i);
                n += v.kind == CM_CEL_LIST ? cm_cel_list_count(v) : 1;
        }
        return n;
}

/* One level; *ret_more: some items are lists still. */
static struct cm_cel_value flatten_once(struct cm_cel_context *cx, struct cm_cel_value list,
                                        bool *ret_more)
{
        size_t n = flat_count(list);
        struct cm_cel_value *items = cm_cel_alloc_values(cx, n);
        size_t at = 0;
        *ret_more = false;
        if (items == NULL)
                return cm_cel_no_memory(cx);
        for (size_t i = 0; i < cm_cel_list_count(list); i++) {
                struct cm_cel_value v = cm_cel_list_at(list, i);
                if (v.kind != CM_CEL_LIST) {
                        items[at++] = v;
                        continue;
                }
                for (size_t j = 0; j < cm_cel_list_count(v); j++) {
                        items[at] = cm_cel_list_at(v, j);
                        *ret_more |= items[at++].kind == CM_CEL_LIST;
                }
        }
        return cm_cel_list(items, n);
}

CM_CEL_FN(flatten)
{
        int64_t depth = count > 1 ? args[1].integer : 1;
        struct cm_cel_value list = args[0];
        bool more = true;
        if (depth < 0)
                return cm_cel_fail(cx, "flatten() takes no negative depth");
        for (int64_t i = 0; i < depth && more && list.kind == CM_CEL_LIST; i++)
                list = flatten_once(cx, list, &more);
        return list;
}

CM_CEL_FN(distinct)
{
        size_t all = cm_cel_list_count(args[0]);
        struct cm_cel_value *items = cm_cel_alloc_values(cx, all);
        size_t kept = 0;
        if (items == NULL)
                return cm_cel_no_memory(cx);
        for (size_t i = 0; i < all; i++) {
                struct cm_cel_value v = cm_cel_list_at(args[0], i);
                size_t at = 0;
                if (!cm_cel_charge(cx, kept))
                        return cm_cel_no_memory(cx);
                while (at < kept && !cm_cel_equal_in(cx, items[at], v))
                        at++;
                if (at == kept)
                        items[kept++] = v;
        }
        return cm_cel_list(items, kept);
}

CM_CEL_FN(reverse)
{
        size_t all = cm_cel_list_count(args[0]);
        struct cm_cel_value *items = cm_cel_alloc_values(cx, all);
        for (size_t i = 0; items != NULL && i < all; i++)
                items[i] = cm_cel_list_at(args[0], all - 1 - i);
        return items == NULL ? cm_cel_no_memory(cx) : cm_cel_list(items, all);
}

CM_CEL_FN(sort)
{
        size_t all = cm_cel_list_count(args[0]);
        struct cm_cel_value *items = copy(cx, args[0]);
        struct cm_cel_value *keys = copy(cx, args[0]);
        if (items == NULL || keys == NULL)
                return cm_cel_no_memory(cx);
        struct cm_cel_value r = all == 0 ? cm_cel_null() : cm_cel_sort(cx, items, keys, all);
        return r.kind == CM_CEL_ERROR ? r : cm_cel_list(items, all);
}

CM_CEL_FN(range)
{
        int64_t n = args[0].integer;
        if (n < 0)
                n = 0;
        struct cm_cel_value *items =
                (uint64_t)n > UINT32_MAX ? NULL : cm_cel_alloc_values(cx, (size_t)n);
        if (items == NULL)
                return cm_cel_no_memory(cx);
        for (int64_t i = 0; i < n; i++)
                items[i] = cm_cel_int(i);
        return cm_cel_list(items, (size_t)n);
}

CM_CEL_FN(first)
{
        return cm_cel_list_count(args[0]) == 0 ? cm_cel_none()
                                               : cm_cel_some(cx, cm_cel_list_at(args[0], 0));
}

CM_CEL_FN(last)
{
        size_t all = cm_cel_list_count(args[0]);
        return all == 0 ? cm_cel_none() : cm_cel_some(cx, cm_cel_list_at(args[0], all - 1));
}

/* Kubernetes' lists */

static struct cm_cel_value no_order(struct cm_cel_context *cx, struct cm_cel_value a,
                                    struct cm_cel_value b)
{
        return cm_cel_fail(cx, "no order between %.*s and %.*s", CM_SV_ARG(cm_cel_type_name(a)),
                           CM_SV_ARG(cm_cel_type_name(b)));
}

CM_CEL_FN(is_sorted)
{
        size_t all = cm_cel_list_count(args[0]);
        cm_cel_charge(cx, all);
        for (size_t i = 1; i < all; i++) {
                struct cm_cel_value a = cm_cel_list_at(args[0], i - 1);
                struct cm_cel_value b = cm_cel_list_at(args[0], i);
                int c = 0;
                if (!cm_cel_compare(a, b, &c))
                        return no_order(cx, a, b);
                if (c > 0)
                        return cm_cel_bool(false);
        }
        return cm_cel_bool(true);
}

CM_CEL_FN(sum)
{
        size_t all = cm_cel_list_count(args[0]);
        struct cm_cel_value total = cm_cel_int(0);
        cm_cel_charge(cx, all);
        for (size_t i = 0; i < all && total.kind != CM_CEL_ERROR; i++) {
                struct cm_cel_value v = cm_cel_list_at(args[0], i);
                if (v.kind != CM_CEL_INT && v.kind != CM_CEL_UINT && v.kind != CM_CEL_DOUBLE &&
                    v.kind != CM_CEL_DURATION)
                        return cm_cel_no_overload(cx, "sum", &v, 1);
                total = i == 0 ? v : cm_cel_binary(cx, CM_CEL_T_PLUS, total, v);
        }
        return total;
}

static struct cm_cel_value extreme(struct cm_cel_context *cx, struct cm_cel_value list, int sign)
{
        size_t all = cm_cel_list_count(list);
        cm_cel_charge(cx, all);
        if (all == 0)
                return cm_cel_fail(cx, "%s() of an empty list", sign > 0 ? "max" : "min");
        struct cm_cel_value best = cm_cel_list_at(list, 0);
        for (size_t i = 0; i < all; i++) {
                struct cm_cel_value v = cm_cel_list_at(list, i);
                int c = 0;
                if (!cm_cel_compare(v, best, &c))
                        return no_order(cx, v, best);
                if (c == sign)
                        best = v;
        }
        return best;
}

CM_CEL_FN(max)
{
        return extreme(cx, args[0], 1);
}

CM_CEL_FN(min)
{
        return extreme(cx, args[0], -1);
}

CM_CEL_FN(index_of)
{
        size_t all = cm_cel_list_count(args[0]);
        cm_cel_charge(cx, all);
        for (size_t i = 0; i < all; i++)
                if (cm_cel_equal_in(cx, cm_cel_list_at(args[0], i), args[1]))
                        return cm_cel_int((int64_t)i);
        return cm_cel_int(-1);
}

CM_CEL_FN(last_index_of)
{
        size_t all = cm_cel_list_count(args[0]);
        cm_cel_charge(cx, all);
        for (size_t i = all; i > 0; i--)
                if (cm_cel_equal_in(cx, cm_cel_list_at(args[0], i - 1), args[1]))
                        return cm_cel_int((int64_t)i - 1);
        return cm_cel_int(-1);
}

static const struct cm_cel_function functions[] = {
        { "slice", CM_CEL_METHOD, "lii:1", slice },
        { "flatten", CM_CEL_METHOD, "l?i:[*", flatten },
        { "distinct", CM_CEL_METHOD, "l:1", distinct },
        { "reverse", CM_CEL_METHOD, "l:1", reverse },
        { "sort", CM_CEL_METHOD, "l:1", sort },
        { "lists.range", CM_CEL_GLOBAL, "i:[i", range },
        { "first", CM_CEL_METHOD, "l:oA", first },
        { "last", CM_CEL_METHOD, "l:oA", last },
        { "isSorted", CM_CEL_METHOD, "l:b", is_sorted },
        { "sum", CM_CEL_METHOD, "l:A", sum },
        { "max", CM_CEL_METHOD, "l:A", max },
        { "min", CM_CEL_METHOD, "l:A", min },
        { "indexOf", CM_CEL_METHOD, "l*:i", index_of },
        { "lastIndexOf", CM_CEL_METHOD, "l*:i", last_index_of },
        { NULL },
};

extern const struct cm_cel_library cm_cel_lib_lists;
const struct cm_cel_library cm_cel_lib_lists = { "lists", functions, NULL };
