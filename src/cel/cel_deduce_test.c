/* SPDX-License-Identifier: Apache-2.0 */
/* Types of expressions that are not evaluated. */
#include "cel/cel.h"
#include "tests/harness.h"

/* The type, or the fault as "COLUMN text"; "doc" is a variable. */
static struct cm_sv type_of(const char *text)
{
        static const struct cm_sv names[] = { { "doc", 3 } };
        struct cm_cel_options options = { .variables = names, .variable_count = 1 };
        struct cm_arena *arena = cm_arena_new(CM_MIB(64)); /* as long as the test */
        struct cm_err err = CM_ERR_INIT;
        struct cm_cel_fault fault;
        struct cm_sv type;
        if (cm_cel_deduce(arena, cm_sv_from_cstr(text), &options, &type, &fault, &err) == 0)
                return type;
        return cm_sv_printf(arena, "%u %.*s", fault.column, CM_SV_ARG(fault.text));
}

CM_TEST(types_of_values)
{
        CM_CHECK_SV(type_of("1 + 2"), "int");
        CM_CHECK_SV(type_of("[1u, 2u][0]"), "uint");
        CM_CHECK_SV(type_of("{'a': [b'x']}"), "map(string, list(bytes))");
        CM_CHECK_SV(type_of("doc.a.b + 1"), "int");
        CM_CHECK_SV(type_of("doc.a.b"), "dyn");
        CM_CHECK_SV(type_of("[1] + doc.a"), "list(int)");
        CM_CHECK_SV(type_of("doc.a + ['a']"), "list(string)");
        CM_CHECK_SV(type_of("[1, 'a']"), "list(dyn)");
        CM_CHECK_SV(type_of("[]"), "list(dyn)");
        CM_CHECK_SV(type_of("[[], [1]]"), "list(list(int))");
        CM_CHECK_SV(type_of("'a b'.split(' ').map(x, size(x))"), "list(int)");
        CM_CHECK_SV(type_of("{'a': 1}.?a"), "optional_type(int)");
        CM_CHECK_SV(type_of("{'a': 1}.?a.orValue(2)"), "int");
        CM_CHECK_SV(type_of("[1, 2].first().optMap(x, string(x))"), "optional_type(string)");
        CM_CHECK_SV(type_of("{'a': 1.0}.transformMap(k, v, k)"), "map(string, string)");
        CM_CHECK_SV(type_of("timestamp(0) - timestamp(1)"), "google.protobuf.Duration");
        CM_CHECK_SV(type_of("doc.exists(x, x.y) ? null : duration('1s')"),
                    "google.protobuf.Duration");
        CM_CHECK_SV(type_of("cel.bind(x, [1], x + [2])"), "list(int)");
        CM_CHECK_SV(type_of("format.named('uuid').value().validate('x')"),
                    "optional_type(list(string))");
}

CM_TEST(what_never_fits)
{
        CM_CHECK_SV(type_of("1 + 'a'"), "3 no such overload: _+_(int, string)");
        CM_CHECK_SV(type_of("1 == 'a'"), "3 no such overload: _==_(int, string)");
        CM_CHECK_SV(type_of("doc.a && 1"), "10 no such overload: _&&_(int)");
        CM_CHECK_SV(type_of("true ? 1 : 'a'"), "6 no such overload: _?_:_(bool, int, string)");
        CM_CHECK_SV(type_of("'a'.b"), "5 string has no fields");
        CM_CHECK_SV(type_of("5.map(x, x)"), "3 no such overload: loop(int)");
        CM_CHECK_SV(type_of("[1].map(x, x + 'a')"), "14 no such overload: _+_(int, string)");
        CM_CHECK_SV(type_of("size(1).startsWith('a')"),
                    "9 no such overload: startsWith(int, string)");
        CM_CHECK_SV(type_of("ip('::1') == 5"), "11 no such overload: _==_(object, int)");
        CM_CHECK_SV(type_of("zz"), "1 there is no variable 'zz'");
}

CM_TEST(types_do_not_explode)
{
        /* Each level holds the one below twice. */
        struct cm_buf buf;
        struct cm_arena *arena = cm_arena_new(CM_MIB(256));
        struct cm_err err = CM_ERR_INIT;
        struct cm_cel_fault fault;
        struct cm_sv type;
        cm_buf_init(&buf, CM_KIB(64));
        cm_buf_put_str(&buf, "cel.bind(a, [1], ");
        for (int i = 0; i < 100; i++)
                cm_buf_put_str(&buf, "cel.bind(a, [a].transformMapEntry(k, v, {a: a}), ");
        cm_buf_put_str(&buf, "a == a ? a : a)");
        for (int i = 0; i < 100; i++)
                cm_buf_put_char(&buf, ')');
        CM_CHECK_OK(cm_cel_deduce(arena, cm_buf_sv(&buf), NULL, &type, &fault, &err), &err);
        cm_buf_fini(&buf);
        cm_arena_free(arena);
}
