/* SPDX-License-Identifier: Apache-2.0 */
/* Kubernetes' quantity library over quantity.h. Comparison: lib_compare.c. */
#include "cel/library.h"
#include "cel/quantity.h"

struct object {
        struct cm_cel_object object;
        struct cm_quantity q;
};

static const struct cm_quantity *quantity_of(const struct cm_cel_object *o)
{
        return &((const struct object *)o)->q;
}

static int compare(const struct cm_cel_object *a, const struct cm_cel_object *b)
{
        return cm_quantity_cmp(quantity_of(a), quantity_of(b));
}

static bool equal(const struct cm_cel_object *a, const struct cm_cel_object *b)
{
        return compare(a, b) == 0;
}

/* The exact decimal number. */
static void put_text(struct cm_buf *out, const struct cm_cel_object *o)
{
        char text[CM_QUANTITY_TEXT_BYTES];
        cm_buf_put_str(out, cm_quantity_format(quantity_of(o), text));
}

static const struct cm_cel_object_type type = {
        .name = "kubernetes.Quantity", .equal = equal, .compare = compare, .put_text = put_text
};

static struct cm_cel_value make(struct cm_cel_context *cx, const struct cm_quantity *q)
{
        struct object *o = cm_cel_alloc(cx, sizeof(*o));
        if (o == NULL)
                return cm_cel_no_memory(cx);
        *o = (struct object){ { &type }, *q };
        return cm_cel_object(&o->object);
}

/* The quantity of args[0], or NULL. */
static const struct cm_quantity *receiver(const struct cm_cel_value *args)
{
        return cm_cel_is_object(args[0], &type) ? quantity_of(args[0].object) : NULL;
}

CM_CEL_FN(from_string)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_quantity q;
        if (!cm_cel_charge(cx, args[0].len / 8))
                return cm_cel_no_memory(cx);
        if (cm_quantity_parse(cm_cel_sv(args[0]), &q, &err) < 0)
                return cm_cel_fail_err(cx, &err);
        return make(cx, &q);
}

CM_CEL_FN(is_quantity)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_quantity q;
        if (!cm_cel_charge(cx, args[0].len / 8))
                return cm_cel_no_memory(cx);
        return cm_cel_bool(cm_quantity_parse(cm_cel_sv(args[0]), &q, &err) == 0);
}

CM_CEL_FN(sign)
{
        const struct cm_quantity *q = receiver(args);
        return q == NULL ? cm_cel_no_overload(cx, "sign", args, count)
                         : cm_cel_int(cm_quantity_sign(q));
}

CM_CEL_FN(is_integer)
{
        const struct cm_quantity *q = receiver(args);
        int64_t n = 0;
        return q == NULL ? cm_cel_no_overload(cx, "isInteger", args, count)
                         : cm_cel_bool(cm_quantity_get_int(q, &n));
}

CM_CEL_FN(as_integer)
{
        const struct cm_quantity *q = receiver(args);
        int64_t n = 0;
        if (q == NULL)
                return cm_cel_no_overload(cx, "asInteger", args, count);
        if (!cm_quantity_get_int(q, &n))
                return cm_cel_fail(cx, "quantity is not an integer of 64 bits");
        return cm_cel_int(n);
}

CM_CEL_FN(as_float)
{
        const struct cm_quantity *q = receiver(args);
        return q == NULL ? cm_cel_no_overload(cx, "asApproximateFloat", args, count)
                         : cm_cel_double(cm_quantity_get_double(q));
}

typedef int (*arithmetic)(const struct cm_quantity *a, const struct cm_quantity *b,
                          struct cm_quantity *ret, struct cm_err *err);

static struct cm_cel_value calculate(struct cm_cel_context *cx, const struct cm_cel_value *args,
                                     const char *name, arithmetic f)
{
        struct cm_err err = CM_ERR_INIT;
        const struct cm_quantity *a = receiver(args);
        struct cm_quantity b;
        struct cm_quantity result;
        bool is_quantity_arg = cm_cel_is_object(args[1], &type);
        if (a == NULL || (args[1].kind != CM_CEL_INT && !is_quantity_arg))
                return cm_cel_no_overload(cx, name, args, 2);
        b = is_quantity_arg ? *quantity_of(args[1].object) : cm_quantity_from_int(args[1].integer);
        if (f(a, &b, &result, &err) < 0)
                return cm_cel_fail_err(cx, &err);
        return make(cx, &result);
}

CM_CEL_FN(plus)
{
        return calculate(cx, args, "add", cm_quantity_add);
}

CM_CEL_FN(minus)
{
        return calculate(cx, args, "sub", cm_quantity_sub);
}

/* sign() is a method in Kubernetes' documentation and a function in its declarations. */
static const struct cm_cel_function functions[] = {
        { "quantity", CM_CEL_GLOBAL, "s:x", from_string },
        { "isQuantity", CM_CEL_GLOBAL, "s:b", is_quantity },
        { "sign", CM_CEL_METHOD, "x:i", sign },
        { "sign", CM_CEL_GLOBAL, "x:i", sign },
        { "isInteger", CM_CEL_METHOD, "x:b", is_integer },
        { "asInteger", CM_CEL_METHOD, "x:i", as_integer },
        { "asApproximateFloat", CM_CEL_METHOD, "x:d", as_float },
        { "add", CM_CEL_METHOD, "xx:x", plus },
        { "add", CM_CEL_METHOD, "xi:x", plus },
        { "sub", CM_CEL_METHOD, "xx:x", minus },
        { "sub", CM_CEL_METHOD, "xi:x", minus },
        { NULL },
};
static const char *const types[] = { "kubernetes.Quantity", NULL };

extern const struct cm_cel_library cm_cel_lib_quantity;
const struct cm_cel_library cm_cel_lib_quantity = { "quantity", functions, types };
