/* SPDX-License-Identifier: Apache-2.0 */
/* math.*: extremes, rounding, signs, bits. */
#include <math.h>

#include "cel/library.h"

/* The greatest (sign 1) or least (-1) of numbers, or of one list of numbers. */
static struct cm_cel_value extreme(struct cm_cel_context *cx, const struct cm_cel_value *args,
                                   size_t count, int sign)
{
        bool is_list = count == 1 && args[0].kind == CM_CEL_LIST;
        size_t all = is_list ? cm_cel_list_count(args[0]) : count;
        struct cm_cel_value best = cm_cel_null();
        cm_cel_charge(cx, all);
        for (size_t i = 0; i < all; i++) {
                struct cm_cel_value v = is_list ? cm_cel_list_at(args[0], i) : args[i];
                int c = 0;
                if (v.kind != CM_CEL_INT && v.kind != CM_CEL_UINT && v.kind != CM_CEL_DOUBLE)
                        return cm_cel_no_overload(cx, sign > 0 ? "math.greatest" : "math.least",
                                                  args, count);
                if (i == 0 || (cm_cel_compare(v, best, &c) && c == sign))
                        best = v;
        }
        return all > 0 ? best : cm_cel_fail(cx, "an empty list has no extreme");
}

CM_CEL_FN(greatest)
{
        return extreme(cx, args, count, 1);
}

CM_CEL_FN(least)
{
        return extreme(cx, args, count, -1);
}

CM_CEL_FN(math_ceil)
{
        return cm_cel_double(ceil(args[0].real));
}

CM_CEL_FN(math_floor)
{
        return cm_cel_double(floor(args[0].real));
}

CM_CEL_FN(math_round)
{
        return cm_cel_double(round(args[0].real));
}

CM_CEL_FN(math_trunc)
{
        return cm_cel_double(trunc(args[0].real));
}

CM_CEL_FN(math_sqrt)
{
        struct cm_cel_value v = args[0];
        return cm_cel_double(sqrt(v.kind == CM_CEL_DOUBLE ? v.real
                                  : v.kind == CM_CEL_INT  ? (double)v.integer
                                                          : (double)v.natural));
}

CM_CEL_FN(is_inf)
{
        return cm_cel_bool(isinf(args[0].real));
}

CM_CEL_FN(is_nan)
{
        return cm_cel_bool(isnan(args[0].real));
}

CM_CEL_FN(is_finite)
{
        return cm_cel_bool(isfinite(args[0].real));
}

CM_CEL_FN(math_abs)
{
        struct cm_cel_value v = args[0];
        if (v.kind == CM_CEL_DOUBLE)
                return cm_cel_double(fabs(v.real));
        if (v.kind == CM_CEL_UINT || v.integer >= 0)
                return v;
        return v.integer == INT64_MIN ? cm_cel_fail(cx, "integer overflow")
                                      : cm_cel_int(-v.integer);
}

CM_CEL_FN(math_sign)
{
        struct cm_cel_value v = args[0];
        if (v.kind == CM_CEL_DOUBLE)
                return isnan(v.real) ? v : cm_cel_double((v.real > 0) - (v.real < 0));
        if (v.kind == CM_CEL_UINT)
                return cm_cel_uint(v.natural > 0);
        return cm_cel_int((v.integer > 0) - (v.integer < 0));
}

/* Bits: the operands have one type, which the result has. */
static struct cm_cel_value with_bits(struct cm_cel_value like, uint64_t bits)
{
        like.natural = bits;
        return like;
}

CM_CEL_FN(bit_and)
{
        return with_bits(args[0], args[0].natural & args[1].natural);
}

CM_CEL_FN(bit_or)
{
        return with_bits(args[0], args[0].natural | args[1].natural);
}

CM_CEL_FN(bit_xor)
{
        return with_bits(args[0], args[0].natural ^ args[1].natural);
}

CM_CEL_FN(bit_not)
{
        return with_bits(args[0], ~args[0].natural);
}

CM_CEL_FN(shift_left)
{
        int64_t by = args[1].integer;
        if (by < 0)
                return cm_cel_fail(cx, "math.bitShiftLeft() by a negative number: %lld",
                                   (long long)by);
        return with_bits(args[0], by > 63 ? 0 : args[0].natural << by);
}

/* Zeros come in from the left, also for negative numbers. */
CM_CEL_FN(shift_right)
{
        int64_t by = args[1].integer;
        if (by < 0)
                return cm_cel_fail(cx, "math.bitShiftRight() by a negative number: %lld",
                                   (long long)by);
        return with_bits(args[0], by > 63 ? 0 : args[0].natural >> by);
}

static const struct cm_cel_function functions[] = {
        { "math.greatest", CM_CEL_GLOBAL, "*+:*", greatest },
        { "math.least", CM_CEL_GLOBAL, "*+:*", least },
        { "math.ceil", CM_CEL_GLOBAL, "d:d", math_ceil },
        { "math.floor", CM_CEL_GLOBAL, "d:d", math_floor },
        { "math.round", CM_CEL_GLOBAL, "d:d", math_round },
        { "math.trunc", CM_CEL_GLOBAL, "d:d", math_trunc },
        { "math.sqrt", CM_CEL_GLOBAL, "n:d", math_sqrt },
        { "math.isInf", CM_CEL_GLOBAL, "d:b", is_inf },
        { "math.isNaN", CM_CEL_GLOBAL, "d:b", is_nan },
        { "math.isFinite", CM_CEL_GLOBAL, "d:b", is_finite },
        { "math.abs", CM_CEL_GLOBAL, "n:1", math_abs },
        { "math.sign", CM_CEL_GLOBAL, "n:1", math_sign },
        { "math.bitAnd", CM_CEL_GLOBAL, "ii:1", bit_and },
        { "math.bitAnd", CM_CEL_GLOBAL, "uu:1", bit_and },
        { "math.bitOr", CM_CEL_GLOBAL, "ii:1", bit_or },
        { "math.bitOr", CM_CEL_GLOBAL, "uu:1", bit_or },
        { "math.bitXor", CM_CEL_GLOBAL, "ii:1", bit_xor },
        { "math.bitXor", CM_CEL_GLOBAL, "uu:1", bit_xor },
        { "math.bitNot", CM_CEL_GLOBAL, "i:1", bit_not },
        { "math.bitNot", CM_CEL_GLOBAL, "u:1", bit_not },
        { "math.bitShiftLeft", CM_CEL_GLOBAL, "ii:1", shift_left },
        { "math.bitShiftLeft", CM_CEL_GLOBAL, "ui:1", shift_left },
        { "math.bitShiftRight", CM_CEL_GLOBAL, "ii:1", shift_right },
        { "math.bitShiftRight", CM_CEL_GLOBAL, "ui:1", shift_right },
        { NULL },
};

extern const struct cm_cel_library cm_cel_lib_math;
const struct cm_cel_library cm_cel_lib_math = { "math", functions, NULL };
