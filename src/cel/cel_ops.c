/* SPDX-License-Identifier: Apache-2.0 */
/* Operators. Overflow is an error, never a wrap; an operand that is an error is the result. */
#include <math.h>

#include "cel/cel_program.h"

static const char *sign_of(enum cm_cel_token_kind op)
{
        static const char *const signs[] = {
                [CM_CEL_T_PLUS] = "+",  [CM_CEL_T_MINUS] = "-",   [CM_CEL_T_STAR] = "*",
                [CM_CEL_T_SLASH] = "/", [CM_CEL_T_PERCENT] = "%", [CM_CEL_T_IN] = "in",
                [CM_CEL_T_EQ] = "==",   [CM_CEL_T_NE] = "!=",     [CM_CEL_T_LT] = "<",
                [CM_CEL_T_LE] = "<=",   [CM_CEL_T_GT] = ">",      [CM_CEL_T_GE] = ">=",
        };
        return signs[op];
}

static struct cm_cel_value no_operator(struct cm_cel_context *cx, enum cm_cel_token_kind op,
                                       struct cm_cel_value a, struct cm_cel_value b)
{
        return cm_cel_fail(cx, "no such overload: %.*s %s %.*s", CM_SV_ARG(cm_cel_type_name(a)),
                           sign_of(op), CM_SV_ARG(cm_cel_type_name(b)));
}

static struct cm_cel_value int_arith(struct cm_cel_context *cx, enum cm_cel_token_kind op,
                                     int64_t a, int64_t b)
{
        int64_t v = 0;
        bool overflow = false;
        if ((op == CM_CEL_T_SLASH || op == CM_CEL_T_PERCENT) && b == 0)
                return cm_cel_fail(cx, op == CM_CEL_T_SLASH ? "divide by zero" : "modulus by zero");
        if (op == CM_CEL_T_PLUS)
                overflow = __builtin_add_overflow(a, b, &v);
        else if (op == CM_CEL_T_MINUS)
                overflow = __builtin_sub_overflow(a, b, &v);
        else if (op == CM_CEL_T_STAR)
                overflow = __builtin_mul_overflow(a, b, &v);
        else if (a == INT64_MIN && b == -1)
                overflow = true;
        else
                v = op == CM_CEL_T_SLASH ? a / b : a % b;
        return overflow ? cm_cel_fail(cx, "integer overflow") : cm_cel_int(v);
}

static struct cm_cel_value uint_arith(struct cm_cel_context *cx, enum cm_cel_token_kind op,
                                      uint64_t a, uint64_t b)
{
        uint64_t v = 0;
        bool overflow = false;
        if ((op == CM_CEL_T_SLASH || op == CM_CEL_T_PERCENT) && b == 0)
                return cm_cel_fail(cx, op == CM_CEL_T_SLASH ? "divide by zero" : "modulus by zero");
        if (op == CM_CEL_T_PLUS)
                overflow = __builtin_add_overflow(a, b, &v);
        else if (op == CM_CEL_T_MINUS)
                overflow = __builtin_sub_overflow(a, b, &v);
        else if (op == CM_CEL_T_STAR)
                overflow = __builtin_mul_overflow(a, b, &v);
        else
                v = op == CM_CEL_T_SLASH ? a / b : a % b;
        return overflow ? cm_cel_fail(cx, "unsigned integer overflow") : cm_cel_uint(v);
}

static struct cm_cel_value concat_text(struct cm_cel_context *cx, struct cm_cel_value a,
                                       struct cm_cel_value b)
{
        char *text = cm_cel_alloc(cx, (size_t)a.len + b.len);
        if (text == NULL)
                return cm_cel_no_memory(cx);
        if (a.len > 0)
                memcpy(text, a.text, a.len);
        if (b.len > 0)
                memcpy(text + a.len, b.text, b.len);
        struct cm_sv joined = cm_sv_make(text, (size_t)a.len + b.len);
        return a.kind == CM_CEL_BYTES ? cm_cel_bytes(joined) : cm_cel_string(joined);
}

static struct cm_cel_value concat_lists(struct cm_cel_context *cx, struct cm_cel_value a,
                                        struct cm_cel_value b)
{
        size_t a_count = cm_cel_list_count(a);
        size_t b_count = cm_cel_list_count(b);
        if (a_count == 0 || b_count == 0)
                return a_count == 0 ? b : a;
        struct cm_cel_value *items = cm_cel_alloc_values(cx, a_count + b_count);
        if (items == NULL)
                return cm_cel_no_memory(cx);
        for (size_t i = 0; i < a_count; i++)
                items[i] = cm_cel_list_at(a, i);
        for (size_t i = 0; i < b_count; i++)
                items[a_count + i] = cm_cel_list_at(b, i);
        return cm_cel_list(items, a_count + b_count);
}

static bool is_time(struct cm_cel_value v)
{
        return v.kind == CM_CEL_DURATION || v.kind == CM_CEL_TIMESTAMP;
}

static struct cm_cel_value arith(struct cm_cel_context *cx, enum cm_cel_token_kind op,
                                 struct cm_cel_value a, struct cm_cel_value b)
{
        bool same = a.kind == b.kind;
        if (same && a.kind == CM_CEL_INT)
                return int_arith(cx, op, a.integer, b.integer);
        if (same && a.kind == CM_CEL_UINT)
                return uint_arith(cx, op, a.natural, b.natural);
        if (same && a.kind == CM_CEL_DOUBLE && op != CM_CEL_T_PERCENT)
                return cm_cel_double(op == CM_CEL_T_PLUS    ? a.real + b.real
                                     : op == CM_CEL_T_MINUS ? a.real - b.real
                                     : op == CM_CEL_T_STAR  ? a.real * b.real
                                                            : a.real / b.real);
        if (same && op == CM_CEL_T_PLUS && (a.kind == CM_CEL_STRING || a.kind == CM_CEL_BYTES))
                return concat_text(cx, a, b);
        if (same && op == CM_CEL_T_PLUS && a.kind == CM_CEL_LIST)
                return concat_lists(cx, a, b);
        if ((op == CM_CEL_T_PLUS || op == CM_CEL_T_MINUS) && is_time(a) && is_time(b))
                return cm_cel_time_arith(cx, op == CM_CEL_T_MINUS, a, b);
        return no_operator(cx, op, a, b);
}

static struct cm_cel_value contained(struct cm_cel_context *cx, struct cm_cel_value a,
                                     struct cm_cel_value b)
{
        if (b.kind == CM_CEL_LIST) {
                size_t count = cm_cel_list_count(b);
                cm_cel_charge(cx, count);
                for (size_t i = 0; i < count; i++)
                        if (cm_cel_equal_in(cx, a, cm_cel_list_at(b, i))) {
                                cx->met = NULL; /* found, whatever the others are */
                                return cm_cel_bool(true);
                        }
                return cm_cel_known(cx, cm_cel_bool(false));
        }
        struct cm_cel_value ignored;
        if (b.kind == CM_CEL_MAP)
                return cm_cel_bool(cm_cel_map_get(b, a, &ignored));
        return no_operator(cx, CM_CEL_T_IN, a, b);
}

static struct cm_cel_value compare(struct cm_cel_context *cx, enum cm_cel_token_kind op,
                                   struct cm_cel_value a, struct cm_cel_value b)
{
        int c = 0;
        if (!cm_cel_compare(a, b, &c))
                return no_operator(cx, op, a, b);
        if (c == 2)
                return cm_cel_bool(false);
        return cm_cel_bool(op == CM_CEL_T_LT   ? c < 0
                           : op == CM_CEL_T_LE ? c <= 0
                           : op == CM_CEL_T_GT ? c > 0
                                               : c >= 0);
}

struct cm_cel_value cm_cel_binary(struct cm_cel_context *cx, enum cm_cel_token_kind op,
                                  struct cm_cel_value a, struct cm_cel_value b)
{
        if (a.kind == CM_CEL_ERROR)
                return a;
        if (b.kind == CM_CEL_ERROR)
                return b;
        if (op == CM_CEL_T_EQ || op == CM_CEL_T_NE) {
                return cm_cel_known(cx,
                                    cm_cel_bool(cm_cel_equal_in(cx, a, b) == (op == CM_CEL_T_EQ)));
        }
        if (op == CM_CEL_T_IN)
                return contained(cx, a, b);
        if (op >= CM_CEL_T_LT && op <= CM_CEL_T_GE)
                return compare(cx, op, a, b);
        return arith(cx, op, a, b);
}

struct cm_cel_value cm_cel_negate(struct cm_cel_context *cx, struct cm_cel_value v)
{
        if (v.kind == CM_CEL_ERROR)
                return v;
        if (v.kind == CM_CEL_DOUBLE)
                return cm_cel_double(-v.real);
        if (v.kind == CM_CEL_DURATION)
                return cm_cel_time_arith(cx, true, cm_cel_duration(0, 0), v);
        if (v.kind == CM_CEL_INT)
                return v.integer == INT64_MIN ? cm_cel_fail(cx, "integer overflow")
                                              : cm_cel_int(-v.integer);
        return cm_cel_fail(cx, "no such overload: -%.*s", CM_SV_ARG(cm_cel_type_name(v)));
}

/* A position in a list that a value names: whole numbers of any type. */
static bool list_index(struct cm_cel_value key, int64_t *ret)
{
        if (key.kind == CM_CEL_INT) {
                *ret = key.integer;
                return true;
        }
        if (key.kind == CM_CEL_UINT) {
                *ret = key.natural > INT64_MAX ? INT64_MAX : (int64_t)key.natural;
                return true;
        }
        if (key.kind != CM_CEL_DOUBLE || key.real != trunc(key.real) || fabs(key.real) > 1e15)
                return false;
        *ret = (int64_t)key.real;
        return true;
}

static struct cm_cel_value no_key(struct cm_cel_context *cx, struct cm_cel_value key)
{
        if (key.kind == CM_CEL_STRING)
                return cm_cel_fail(cx, "no such key '%s'", cm_cel_show(cx, cm_cel_sv(key)));
        if (key.kind == CM_CEL_INT)
                return cm_cel_fail(cx, "no such key %lld", (long long)key.integer);
        if (key.kind == CM_CEL_UINT)
                return cm_cel_fail(cx, "no such key %llu", (unsigned long long)key.natural);
        if (key.kind == CM_CEL_BOOL)
                return cm_cel_fail(cx, "no such key %s", key.boolean ? "true" : "false");
        return cm_cel_fail(cx, "no such key (a %.*s)", CM_SV_ARG(cm_cel_type_name(key)));
}

/* container[key] where that is possible: 1 found, 0 absent, -1 no such overload. */
static int look_up(struct cm_cel_value container, struct cm_cel_value key, struct cm_cel_value *ret)
{
        int64_t index = 0;
        if (container.kind == CM_CEL_MAP) {
                bool can_be_key = key.kind == CM_CEL_STRING || key.kind == CM_CEL_BOOL ||
                                  (key.kind >= CM_CEL_INT && key.kind <= CM_CEL_DOUBLE);
                return can_be_key ? cm_cel_map_get(container, key, ret) : -1;
        }
        if (container.kind != CM_CEL_LIST || !list_index(key, &index))
                return -1;
        if (index < 0 || (uint64_t)index >= cm_cel_list_count(container))
                return 0;
        *ret = cm_cel_list_at(container, (size_t)index);
        return 1;
}

/* What of a document a look-up read: the item, or the map or list that has none such. */
static void note_look_up(struct cm_cel_context *cx, struct cm_cel_value container,
                         struct cm_cel_value key)
{
        int64_t index = 0;
        const struct cm_node *item = NULL;
        if (!container.is_node)
                return;
        if (container.kind == CM_CEL_MAP && key.kind == CM_CEL_STRING)
                item = cm_node_get_sv(container.node, cm_cel_sv(key));
        else if (container.kind == CM_CEL_LIST && list_index(key, &index) && index >= 0)
                item = cm_node_at(container.node, (size_t)index);
        cm_cel_note_read(cx, item != NULL ? item : container.node);
}

static struct cm_cel_value absent(struct cm_cel_context *cx, struct cm_cel_value container,
                                  struct cm_cel_value key)
{
        int64_t index = 0;
        if (container.kind == CM_CEL_MAP || !list_index(key, &index))
                return no_key(cx, key);
        return cm_cel_fail(cx, "index out of range: %lld (the list has %zu items)",
                           (long long)index, cm_cel_list_count(container));
}

struct cm_cel_value cm_cel_index(struct cm_cel_context *cx, struct cm_cel_value container,
                                 struct cm_cel_value key, bool optional)
{
        if (container.kind == CM_CEL_ERROR)
                return container;
        if (key.kind == CM_CEL_ERROR)
                return key;
        if (container.kind == CM_CEL_OPTIONAL) {
                if (container.boxed == NULL)
                        return container;
                container = *container.boxed;
                optional = true;
        }
        struct cm_cel_value v = cm_cel_null();
        int found = look_up(container, key, &v);
        note_look_up(cx, container, key);
        if (found < 0)
                return cm_cel_fail(cx, "no such overload: %.*s[%.*s]",
                                   CM_SV_ARG(cm_cel_type_name(container)),
                                   CM_SV_ARG(cm_cel_type_name(key)));
        if (v.kind == CM_CEL_ERROR)
                return cm_cel_placed(cx, v);
        if (optional)
                return found == 0 ? cm_cel_none() : cm_cel_some(cx, v);
        return found == 0 ? absent(cx, container, key) : v;
}

struct cm_cel_value cm_cel_select(struct cm_cel_context *cx, struct cm_cel_value container,
                                  struct cm_cel_value key, bool optional)
{
        if (container.kind == CM_CEL_MAP || container.kind == CM_CEL_OPTIONAL ||
            container.kind == CM_CEL_ERROR) {
                const struct cm_cel_value *inner =
                        container.kind == CM_CEL_OPTIONAL ? container.boxed : NULL;
                if (inner == NULL || inner->kind == CM_CEL_MAP)
                        return cm_cel_index(cx, container, key, optional);
                container = *inner;
        }
        return cm_cel_fail(cx, "no such key '%s': %.*s has no fields",
                           cm_cel_show(cx, cm_cel_sv(key)), CM_SV_ARG(cm_cel_type_name(container)));
}

struct cm_cel_value cm_cel_has(struct cm_cel_context *cx, struct cm_cel_value container,
                               struct cm_cel_value key)
{
        if (container.kind == CM_CEL_ERROR)
                return container;
        if (container.kind == CM_CEL_OPTIONAL) {
                if (container.boxed == NULL)
                        return cm_cel_bool(false);
                container = *container.boxed;
        }
        struct cm_cel_value v = cm_cel_null();
        note_look_up(cx, container, key);
        if (container.kind == CM_CEL_MAP) {
                bool found = cm_cel_map_get(container, key, &v);
                return v.kind == CM_CEL_ERROR ? cm_cel_placed(cx, v) : cm_cel_bool(found);
        }
        return cm_cel_fail(cx, "has() of '%s': %.*s has no fields", cm_cel_show(cx, cm_cel_sv(key)),
                           CM_SV_ARG(cm_cel_type_name(container)));
}

/* Literals */

/* The value of an optional entry: false when it is left out; not an optional is an error. */
static bool entry_value(struct cm_cel_context *cx, struct cm_cel_value *v)
{
        if (v->kind != CM_CEL_OPTIONAL) {
                *v = cm_cel_fail(cx, "an optional entry takes an optional, not %.*s",
                                 CM_SV_ARG(cm_cel_type_name(*v)));
                return true;
        }
        if (v->boxed == NULL)
                return false;
        *v = *v->boxed;
        return true;
}

struct cm_cel_value cm_cel_make_list(struct cm_cel_context *cx, const struct cm_cel_value *items,
                                     size_t count, const char *flags)
{
        struct cm_cel_value *copy = cm_cel_alloc_values(cx, count);
        size_t kept = 0;
        if (copy == NULL)
                return cm_cel_no_memory(cx);
        for (size_t i = 0; i < count; i++) {
                struct cm_cel_value v = items[i];
                bool optional = flags != NULL && flags[i] && v.kind != CM_CEL_ERROR;
                if (optional && !entry_value(cx, &v))
                        continue;
                if (v.kind == CM_CEL_ERROR)
                        return v;
                copy[kept++] = v;
        }
        return cm_cel_list(copy, kept);
}

struct cm_cel_value cm_cel_make_map(struct cm_cel_context *cx, const struct cm_cel_value *cells,
                                    size_t count, const char *flags)
{
        struct cm_cel_map *map = cm_cel_map_new(cx, count / 2);
        for (size_t i = 0; i + 1 < count && map != NULL; i += 2) {
                struct cm_cel_value key = cells[i];
                struct cm_cel_value v = cells[i + 1];
                if (key.kind == CM_CEL_ERROR || v.kind == CM_CEL_ERROR)
                        return key.kind == CM_CEL_ERROR ? key : v;
                if (flags != NULL && flags[i / 2] && !entry_value(cx, &v))
                        continue;
                if (v.kind == CM_CEL_ERROR)
                        return v;
                if (key.kind != CM_CEL_STRING && key.kind != CM_CEL_BOOL &&
                    key.kind != CM_CEL_INT && key.kind != CM_CEL_UINT)
                        return cm_cel_fail(cx, "a map has no keys of type %.*s",
                                           CM_SV_ARG(cm_cel_type_name(key)));
                int r = cm_cel_map_add(cx, map, key, v);
                if (r > 0)
                        return cm_cel_fail(cx, "the map has a key twice");
                if (r < 0)
                        return cm_cel_no_memory(cx);
        }
        return map == NULL ? cm_cel_no_memory(cx) : cm_cel_map(map);
}

/* Merge sort of positions: stable, n log n whatever the input. */
static bool merge(const struct cm_cel_value *keys, const uint32_t *from, uint32_t *to, size_t a,
                  size_t mid, size_t end)
{
        size_t i = a;
        size_t j = mid;
        for (size_t k = a; k < end; k++) {
                int c = 0;
                bool both = i < mid && j < end;
                if (both && !cm_cel_compare(keys[from[j]], keys[from[i]], &c))
                        return false;
                to[k] = i < mid && (!both || c >= 0) ? from[i++] : from[j++];
        }
        return true;
}

/* The first of two values of the list that have no order: an error value, else null. */
static struct cm_cel_value check_order(struct cm_cel_context *cx, const struct cm_cel_value *keys,
                                       size_t count)
{
        for (size_t i = 0; i < count; i++) {
                int c = 0;
                if (!cm_cel_compare(keys[0], keys[i], &c) || keys[i].kind != keys[0].kind)
                        return cm_cel_fail(cx, "no order between %.*s and %.*s",
                                           CM_SV_ARG(cm_cel_type_name(keys[0])),
                                           CM_SV_ARG(cm_cel_type_name(keys[i])));
        }
        return cm_cel_null();
}

struct cm_cel_value cm_cel_sort(struct cm_cel_context *cx, struct cm_cel_value *values,
                                struct cm_cel_value *keys, size_t count)
{
        uint32_t *order = cm_cel_alloc_array(cx, count * 2, sizeof(*order));
        struct cm_cel_value *sorted = cm_cel_alloc_values(cx, count);
        if (order == NULL || sorted == NULL || !cm_cel_charge(cx, (uint64_t)count * 8))
                return cm_cel_no_memory(cx);
        struct cm_cel_value r = check_order(cx, keys, count);
        if (r.kind == CM_CEL_ERROR)
                return r;
        uint32_t *other = order + count;
        for (size_t i = 0; i < count; i++)
                order[i] = (uint32_t)i;
        for (size_t width = 1; width < count; width *= 2) {
                for (size_t a = 0; a < count; a += 2 * width)
                        if (!merge(keys, order, other, a, CM_MIN(a + width, count),
                                   CM_MIN(a + 2 * width, count)))
                                return cm_cel_fail(cx, "values without an order");
                uint32_t *swap = order;
                order = other;
                other = swap;
        }
        for (size_t i = 0; i < count; i++)
                sorted[i] = values[order[i]];
        if (count > 0)
                memcpy(values, sorted, count * sizeof(*values));
        return r;
}
