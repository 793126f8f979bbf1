/* SPDX-License-Identifier: Apache-2.0 */
/* The functions of the language definition itself: conversions, size, tests of text, types. */
#include "base/escape.h"
#include "cel/cel_number.h"
#include "cel/library.h"
#include "cel/text.h"

CM_CEL_FN(size)
{
        struct cm_cel_value v = args[0];
        if (v.kind == CM_CEL_STRING) {
                cm_cel_charge(cx, v.len / 10);
                return cm_cel_int((int64_t)cm_text_count(cm_cel_sv(v)));
        }
        if (v.kind == CM_CEL_BYTES)
                return cm_cel_int(v.len);
        if (v.kind == CM_CEL_LIST)
                return cm_cel_int((int64_t)cm_cel_list_count(v));
        if (v.kind == CM_CEL_MAP)
                return cm_cel_int((int64_t)cm_cel_map_count(v));
        return cm_cel_no_overload(cx, "size", args, 1);
}

CM_CEL_FN(to_dyn)
{
        return args[0];
}

CM_CEL_FN(to_type)
{
        return cm_cel_type(cm_cel_type_name(args[0]));
}

CM_CEL_FN(int_from_number)
{
        struct cm_cel_value v = args[0];
        if (v.kind == CM_CEL_UINT && v.natural > INT64_MAX)
                return cm_cel_fail(cx, "integer overflow: the number is beyond int");
        /* Doubles at the edges are refused: they stand for a range that crosses it. */
        if (v.kind == CM_CEL_DOUBLE &&
            !(v.real > -9223372036854775808.0 && v.real < 9223372036854775808.0))
                return cm_cel_fail(cx, "integer overflow: the number is beyond int");
        return v.kind == CM_CEL_DOUBLE ? cm_cel_int((int64_t)v.real) : cm_cel_int(v.integer);
}

CM_CEL_FN(int_from_time)
{
        return cm_cel_int(args[0].integer);
}

CM_CEL_FN(int_from_string)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_sv s = cm_cel_sv(args[0]);
        int64_t v = 0;
        if (s.len > 1 && s.ptr[0] == '+' && s.ptr[1] != '-')
                s = cm_sv_skip(s, 1);
        if (cm_parse_i64(s, INT64_MIN, INT64_MAX, &v, &err) < 0)
                return cm_cel_fail(cx, "'%s' is no int", cm_cel_show(cx, cm_cel_sv(args[0])));
        return cm_cel_int(v);
}

CM_CEL_FN(uint_from_number)
{
        struct cm_cel_value v = args[0];
        if ((v.kind == CM_CEL_INT && v.integer < 0) ||
            (v.kind == CM_CEL_DOUBLE && !(v.real >= 0 && v.real < 18446744073709551616.0)))
                return cm_cel_fail(cx, "unsigned integer overflow: the number is beyond uint");
        return v.kind == CM_CEL_DOUBLE ? cm_cel_uint((uint64_t)v.real) : cm_cel_uint(v.natural);
}

CM_CEL_FN(uint_from_string)
{
        struct cm_err err = CM_ERR_INIT;
        uint64_t v = 0;
        if (cm_parse_u64(cm_cel_sv(args[0]), 0, UINT64_MAX, &v, &err) < 0)
                return cm_cel_fail(cx, "'%s' is no uint", cm_cel_show(cx, cm_cel_sv(args[0])));
        return cm_cel_uint(v);
}

CM_CEL_FN(double_from_number)
{
        struct cm_cel_value v = args[0];
        if (v.kind == CM_CEL_INT)
                return cm_cel_double((double)v.integer);
        return v.kind == CM_CEL_UINT ? cm_cel_double((double)v.natural) : v;
}

CM_CEL_FN(double_from_string)
{
        double v = 0;
        if (!cm_cel_parse_double(cm_cel_sv(args[0]), &v))
                return cm_cel_fail(cx, "'%s' is no double", cm_cel_show(cx, cm_cel_sv(args[0])));
        return cm_cel_double(v);
}

CM_CEL_FN(string_from_scalar)
{
        struct cm_cel_value v = args[0];
        char text[CM_CEL_NUMBER_BYTES];
        if (v.kind == CM_CEL_STRING)
                return v;
        if (v.kind == CM_CEL_BOOL)
                return cm_cel_string(v.boolean ? CM_SV("true") : CM_SV("false"));
        if (v.kind == CM_CEL_INT || v.kind == CM_CEL_UINT || v.kind == CM_CEL_DOUBLE)
                return cm_cel_string_dup(cx, cm_cel_format_number(v, text));
        return cm_cel_no_overload(cx, "string", args, 1);
}

CM_CEL_FN(string_from_bytes)
{
        struct cm_sv s = cm_cel_sv(args[0]);
        cm_cel_charge(cx, s.len / 10);
        if (!cm_text_is_utf8(s))
                return cm_cel_fail(cx, "the bytes are not valid UTF-8");
        return cm_cel_string(s);
}

CM_CEL_FN(string_from_object)
{
        const struct cm_cel_object *o = args[0].object;
        if (o->type->put_text == NULL)
                return cm_cel_no_overload(cx, "string", args, 1);
        struct cm_buf buf;
        cm_buf_init(&buf, CM_KIB(64));
        o->type->put_text(&buf, o);
        struct cm_cel_value v = cm_cel_string_dup(cx, cm_buf_sv(&buf));
        cm_buf_fini(&buf);
        return v;
}

CM_CEL_FN(bytes_from_text)
{
        return cm_cel_bytes(cm_cel_sv(args[0]));
}

CM_CEL_FN(bool_from_string)
{
        static const char *const yes[] = { "true", "True", "TRUE", "t", "1", NULL };
        static const char *const no[] = { "false", "False", "FALSE", "f", "0", NULL };
        if (cm_sv_is_any(cm_cel_sv(args[0]), yes))
                return cm_cel_bool(true);
        if (cm_sv_is_any(cm_cel_sv(args[0]), no))
                return cm_cel_bool(false);
        return cm_cel_fail(cx, "'%s' is no bool", cm_cel_show(cx, cm_cel_sv(args[0])));
}

CM_CEL_FN(contains)
{
        cm_cel_charge(cx, args[0].len / 10);
        return cm_cel_bool(cm_sv_find(cm_cel_sv(args[0]), cm_cel_sv(args[1])) >= 0);
}

CM_CEL_FN(starts_with)
{
        return cm_cel_bool(cm_sv_has_prefix(cm_cel_sv(args[0]), cm_cel_sv(args[1])));
}

CM_CEL_FN(ends_with)
{
        return cm_cel_bool(cm_sv_has_suffix(cm_cel_sv(args[0]), cm_cel_sv(args[1])));
}

static const struct cm_cel_function functions[] = {
        { "size", CM_CEL_GLOBAL, "*:i", size },
        { "size", CM_CEL_METHOD, "*:i", size },
        { "dyn", CM_CEL_GLOBAL, "*:*", to_dyn },
        { "type", CM_CEL_GLOBAL, "*:T", to_type },
        { "int", CM_CEL_GLOBAL, "n:i", int_from_number },
        { "int", CM_CEL_GLOBAL, "s:i", int_from_string },
        { "int", CM_CEL_GLOBAL, "t:i", int_from_time },
        { "int", CM_CEL_GLOBAL, "r:i", int_from_time },
        { "uint", CM_CEL_GLOBAL, "n:u", uint_from_number },
        { "uint", CM_CEL_GLOBAL, "s:u", uint_from_string },
        { "double", CM_CEL_GLOBAL, "n:d", double_from_number },
        { "double", CM_CEL_GLOBAL, "s:d", double_from_string },
        { "string", CM_CEL_GLOBAL, "y:s", string_from_bytes },
        { "string", CM_CEL_GLOBAL, "x:s", string_from_object },
        { "string", CM_CEL_GLOBAL, "s:s", string_from_scalar },
        { "string", CM_CEL_GLOBAL, "b:s", string_from_scalar },
        { "string", CM_CEL_GLOBAL, "n:s", string_from_scalar },
        { "bytes", CM_CEL_GLOBAL, "y:y", bytes_from_text },
        { "bytes", CM_CEL_GLOBAL, "s:y", bytes_from_text },
        { "bool", CM_CEL_GLOBAL, "b:b", to_dyn },
        { "bool", CM_CEL_GLOBAL, "s:b", bool_from_string },
        { "contains", CM_CEL_METHOD, "ss:b", contains },
        { "startsWith", CM_CEL_METHOD, "ss:b", starts_with },
        { "endsWith", CM_CEL_METHOD, "ss:b", ends_with },
        { NULL },
};

static const char *const types[] = { "int",  "uint", "double",    "bool", "string", "bytes",
                                     "list", "map",  "null_type", "type", NULL };

extern const struct cm_cel_library cm_cel_lib_core;
const struct cm_cel_library cm_cel_lib_core = { "core", functions, types };
