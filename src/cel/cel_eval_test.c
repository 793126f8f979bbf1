/* SPDX-License-Identifier: Apache-2.0 */
/* The engine as a whole: parsing, evaluation, faults, limits. */
#include <pthread.h>

#include "base/limits.h"
#include "cel/cel_test_util.h"

static const struct cm_node *document(struct cm_arena *arena)
{
        struct cm_node_pos at = { 1, 1 };
        struct cm_node *doc = cm_node_new_map(arena, at);
        struct cm_node *spec = cm_node_new_map(arena, at);
        struct cm_node *list = cm_node_new_list(arena, at);
        cm_node_put(arena, spec, CM_SV("name"), at, cm_node_new_string(arena, at, CM_SV("web")));
        cm_node_put(arena, spec, CM_SV("replicas"), at, cm_node_new_int(arena, at, 3));
        cm_node_put(arena, spec, CM_SV("ratio"), at, cm_node_new_real(arena, at, 0.5));
        cm_node_put(arena, spec, CM_SV("on"), at, cm_node_new_bool(arena, at, true));
        cm_node_put(arena, spec, CM_SV("none"), at, cm_node_new_null(arena, at));
        for (int i = 1; i <= 3; i++)
                cm_node_add(arena, list, cm_node_new_int(arena, at, i));
        cm_node_put(arena, doc, CM_SV("spec"), at, spec);
        cm_node_put(arena, doc, CM_SV("list"), at, list);
        const struct cm_node *gap = cm_cel_unavailable_node(arena, at, CM_SV("not readable"));
        struct cm_node *gaps = cm_node_new_list(arena, at);
        cm_node_add(arena, gaps, cm_node_new_int(arena, at, 1));
        cm_node_add(arena, gaps, gap);
        cm_node_put(arena, doc, CM_SV("gap"), at, gap);
        cm_node_put(arena, doc, CM_SV("gaps"), at, gaps);
        return doc;
}

void cm_cel_test_run(struct cm_cel_test *t, const char *text, uint64_t cost_max, size_t bytes_max)
{
        static const struct cm_sv names[] = { { "doc", 3 }, { "gone", 4 }, { "q.r", 3 } };
        struct cm_cel_options options = { .variables = names, .variable_count = 3 };
        *t = (struct cm_cel_test){ .arena = cm_arena_new(CM_MIB(256)) };
        struct cm_cel_value *slots = CM_NEW_ARRAY(t->arena, struct cm_cel_value, 3);
        slots[0] = cm_cel_from_node(document(t->arena));
        slots[1] = cm_cel_unavailable(t->arena, CM_SV("not readable"));
        slots[2] = cm_cel_int(5);
        t->run = (struct cm_cel_run){
                .slots = slots, .scratch = t->arena, .cost_max = cost_max, .bytes_max = bytes_max
        };
        t->result = cm_cel_parse_fault(t->arena, cm_sv_from_cstr(text), &options, &t->program,
                                       &t->fault, &t->err);
        if (t->result == 0)
                t->result = cm_cel_eval(t->program, &t->run, &t->value, &t->err);
        if (t->result == CM_CEL_FAILED)
                t->fault = cm_cel_fault_of(t->program, t->value);
}

struct cm_sv cm_cel_test_text(const char *text)
{
        struct cm_cel_test t;
        struct cm_buf out;
        cm_buf_init(&out, CM_KIB(64));
        cm_cel_test_run(&t, text, 0, 0);
        if (t.result < 0 && t.err.code == CM_E_LIMIT)
                cm_buf_put_str(&out, "limit");
        else if (t.result != 0)
                cm_buf_printf(&out, "%s %u:%u %.*s", t.result < 0 ? "refused" : "error",
                              t.fault.line, t.fault.column, CM_SV_ARG(t.fault.text));
        else
                cm_cel_put_json(&out, t.arena, t.value);
        return cm_buf_sv(&out);
}

CM_TEST(literals)
{
        CM_CHECK_CEL("[1, 0x1F, -5, 2u, 1.5, 1e3, .5, true, null]",
                     "[1,31,-5,2,1.5,1000.0,0.5,true,null]");
        CM_CHECK_CEL(
                "'a\\n\\x41\\u00e9\\U0001F600\\101' == \"a\\nA\\303\\251\\360\\237\\230\\200A\"",
                "false"); /* octal escapes in strings are characters, not bytes */
        CM_CHECK_CEL("b'\\303\\251' == bytes('\\u00e9')", "true");
        CM_CHECK_CEL("r'\\n' + '''it's''' + \"\"\"\"\"\"", "\"\\\\nit's\"");
        CM_CHECK_CEL("b'abc'", "\"YWJj\"");
        CM_CHECK_CEL("-9223372036854775808", "-9223372036854775808");
        CM_CHECK_CEL("18446744073709551615u", "18446744073709551615");
        CM_CHECK_CEL("{'a': 1, 2: 'b', true: [], 3u: {}}",
                     "{\"a\":1,\"2\":\"b\",\"true\":[],\"3\":{}}");
        CM_CHECK_CEL("{?'a': optional.of(1), ?'b': optional.none()}", "{\"a\":1}");
        CM_CHECK_CEL("[?optional.none(), ?optional.of(2), 3]", "[2,3]");
}

CM_TEST(documents)
{
        CM_CHECK_CEL("doc.spec.name == 'web' && doc.spec.replicas > 2", "true");
        CM_CHECK_CEL("doc.spec.ratio + 1.0", "1.5");
        CM_CHECK_CEL("doc.spec.none == null && has(doc.spec.none) && !has(doc.spec.zz)", "true");
        CM_CHECK_CEL("doc.list[1] + doc['list'][2]", "5");
        CM_CHECK_CEL("doc.list + [4]", "[1,2,3,4]");
        CM_CHECK_CEL("2 in doc.list && 'spec' in doc", "true");
        CM_CHECK_CEL("doc.list == [1, 2u, 3.0]", "true");
        CM_CHECK_CEL("doc.?zz.a.orValue('none')", "\"none\"");
        CM_CHECK_CEL("doc.list[?7].hasValue()", "false");
        CM_CHECK_CEL("q.r + 1", "6");
        CM_CHECK_CEL("doc.spec",
                     "{\"name\":\"web\",\"replicas\":3,\"ratio\":0.5,\"on\":true,\"none\":null}");
}

CM_TEST(faults_have_places)
{
        CM_CHECK_CEL("doc.specs.name", "error 1:5 no such key 'specs'");
        CM_CHECK_CEL("true &&\n doc.spec.zz", "error 2:11 no such key 'zz'");
        CM_CHECK_CEL("doc.list[3]", "error 1:9 index out of range: 3 (the list has 3 items)");
        CM_CHECK_CEL("1 + 'a'", "error 1:3 no such overload: int + string");
        CM_CHECK_CEL("doc.spec.name.zz", "error 1:15 no such key 'zz': string has no fields");
        CM_CHECK_CEL("gone.x", "error 1:1 not readable");
        CM_CHECK_CEL("1 / 0", "error 1:3 divide by zero");
        CM_CHECK_CEL("9223372036854775807 + 1", "error 1:21 integer overflow");
        CM_CHECK_CEL("-(-9223372036854775807 - 1)", "error 1:1 integer overflow");
        CM_CHECK_CEL("2u - 3u", "error 1:4 unsigned integer overflow");
        CM_CHECK_CEL("{'a': 1, 'a': 2}", "error 1:1 the map has a key twice");
        CM_CHECK_CEL("'abc'.substring('a')",
                     "error 1:7 no such overload: substring(string, string)");
        struct cm_cel_test t;
        cm_cel_test_run(&t, "doc.list.all(x, x > 0) && doc.spec.zz.y == 1", 0, 0);
        CM_CHECK_INT(t.result, CM_CEL_FAILED);
        CM_CHECK_SV(t.fault.failing, "doc.spec.zz");
}

CM_TEST(unavailable_parts_are_never_absent)
{
        CM_CHECK_CEL("doc.gap", "error 1:5 not readable");
        CM_CHECK_CEL("doc['gap'].x", "error 1:4 not readable");
        CM_CHECK_CEL("has(doc.gap)", "error 1:9 not readable");
        CM_CHECK_CEL("doc.?gap.orValue(1)", "error 1:6 not readable");
        CM_CHECK_CEL("doc.gap == null || true", "true");
        CM_CHECK_CEL("doc.gaps == [1, null]", "error 1:10 not readable");
        CM_CHECK_CEL("1 in doc.gaps", "true");
        CM_CHECK_CEL("2 in doc.gaps", "error 1:3 not readable");
        CM_CHECK_CEL("doc.gaps.exists(x, x == 1)", "true");
        CM_CHECK_CEL("doc.gaps.exists(x, x == 2)", "error 1:20 not readable");
        CM_CHECK_CEL("doc.gaps.indexOf(2)", "error 1:10 not readable");
        CM_CHECK_CEL("size(doc.gaps)", "2");
        CM_CHECK_CEL("doc.gaps.map(x, x)", "error 1:17 not readable");
}

CM_TEST(refused_texts)
{
        CM_CHECK_CEL("", "refused 1:1 an expression is expected, the expression ends here");
        CM_CHECK_CEL("doc.",
                     "refused 1:5 the name of a field or function is expected, the expression "
                     "ends here");
        CM_CHECK_CEL("zz", "refused 1:1 there is no variable 'zz'");
        CM_CHECK_CEL("doc.zz()", "refused 1:5 there is no function 'zz'");
        CM_CHECK_CEL("size()", "refused 1:1 wrong number of arguments for the function 'size'");
        CM_CHECK_CEL("1 +", "refused 1:4 an expression is expected, the expression ends here");
        CM_CHECK_CEL("1 2", "refused 1:3 an operator or the end is expected, not '2'");
        CM_CHECK_CEL("'abc", "refused 1:1 the string is not closed");
        CM_CHECK_CEL("'a\nb'", "refused 1:3 the string is not closed in its line");
        CM_CHECK_CEL("'\\q'", "refused 1:3 there is no such escape sequence");
        CM_CHECK_CEL("'\\uD800'", "refused 1:4 the escape sequence names no character");
        CM_CHECK_CEL("'\xff'", "refused 1:2 the text is not valid UTF-8");
        CM_CHECK_CEL("9223372036854775808", "refused 1:1 the integer has more than 64 bits");
        CM_CHECK_CEL("1a", "refused 1:2 a digit is expected");
        CM_CHECK_CEL("for", "refused 1:1 'for' is a reserved word");
        CM_CHECK_CEL("has(doc)", "refused 1:5 has() takes the selection of a field, e.f");
        CM_CHECK_CEL("[1].all(1, true)", "refused 1:9 argument 1 of all() must be a simple name");
        CM_CHECK_CEL("M{a: 1}", "refused 1:1 protobuf messages are not supported: 'M'");
        CM_CHECK_CEL("'a'.matches('(')",
                     "refused 1:13 regular expression has a group without its end at byte 0");
        CM_CHECK_CEL("a $ b", "refused 1:3 this character has no meaning here");
}

CM_TEST(errors_are_absorbed)
{
        CM_CHECK_CEL("1 / 0 == 1 || true", "true");
        CM_CHECK_CEL("true || 1 / 0 == 1", "true");
        CM_CHECK_CEL("1 / 0 == 1 && false", "false");
        CM_CHECK_CEL("1 / 0 == 1 && true && false", "false");
        CM_CHECK_CEL("1 / 0 == 1 && true", "error 1:3 divide by zero");
        CM_CHECK_CEL("1 && false", "false");
        CM_CHECK_CEL("1 && true", "error 1:1 no such overload: a bool is needed, not int");
        CM_CHECK_CEL("true ? 1 : 1 / 0", "1");
        CM_CHECK_CEL("(1 / 0 == 1) ? 1 : 2", "error 1:4 divide by zero");
        CM_CHECK_CEL("[1, 0].exists(x, 1 / x == 1)", "true");
        CM_CHECK_CEL("[0, 1].exists(x, 1 / x == 1)", "true");
        CM_CHECK_CEL("[0, 1].all(x, 1 / x == 2)", "false");
        CM_CHECK_CEL("[0, 1].all(x, 1 / x == 1)", "error 1:17 divide by zero");
        CM_CHECK_CEL("optional.of(1).orValue(1 / 0)", "1");
        CM_CHECK_CEL("optional.of(1).or(1 / 0).value()", "1");
}

CM_TEST(comprehensions)
{
        CM_CHECK_CEL("[1, 2, 3].map(x, x % 2 == 1, x * 10)", "[10,30]");
        CM_CHECK_CEL("{'a': 1, 'b': 2}.filter(k, k == 'b')", "[\"b\"]");
        CM_CHECK_CEL("[1, 2, 3].exists_one(x, x > 2)", "true");
        CM_CHECK_CEL("[1, 2].map(x, [3, 4].map(y, x * y))", "[[3,4],[6,8]]");
        CM_CHECK_CEL("['a', 'b'].transformMap(i, v, v + string(i))", "{\"0\":\"a0\",\"1\":\"b1\"}");
        CM_CHECK_CEL("{'a': 1}.transformMapEntry(k, v, {string(v): k})", "{\"1\":\"a\"}");
        CM_CHECK_CEL("[1, 1].transformMapEntry(i, v, {v: i})",
                     "error 1:32 the map has a key twice");
        CM_CHECK_CEL("{'a': 1, 'b': 2}.all(k, v, k != 'z' && v < 3)", "true");
        CM_CHECK_CEL("['bb', 'a', 'ccc'].sortBy(x, size(x))", "[\"a\",\"bb\",\"ccc\"]");
        CM_CHECK_CEL("[[2, 'b'], [1, 'x'], [2, 'a'], [1, 'y']].sortBy(p, p[0]).map(p, p[1])",
                     "[\"x\",\"y\",\"b\",\"a\"]");
        CM_CHECK_CEL("cel.bind(x, [1, 2], x + x)", "[1,2,1,2]");
        CM_CHECK_CEL("cel.bind(x, 1, [2].map(x, x) + [x])", "[2,1]");
        CM_CHECK_CEL("optional.of(4).optMap(x, x + 1).value()", "5");
        CM_CHECK_CEL("5.map(x, x)", "error 1:3 a int cannot be looped over");
}

CM_TEST(numbers_across_types)
{
        CM_CHECK_CEL("1 == 1u && 1u == 1.0 && 1 < 1.5 && 2u > 1", "true");
        CM_CHECK_CEL("-1 < 0u && 18446744073709551615u > 9223372036854775807", "true");
        CM_CHECK_CEL("0.0 / 0.0 == 0.0 / 0.0", "false");
        CM_CHECK_CEL("0.0 / 0.0 < 1.0 || 0.0 / 0.0 >= 1.0", "false");
        CM_CHECK_CEL("{1: 'a'}[1u] + {2u: 'b'}[2.0] + {-3: 'c'}[-3.0]", "\"abc\"");
        CM_CHECK_CEL("{1: 'a'}[1.5]", "error 1:9 no such key (a double)");
        CM_CHECK_CEL("[10, 20][1.0]", "20");
        CM_CHECK_CEL("int(9223372036854775808.0)",
                     "error 1:1 integer overflow: the number is beyond int");
        CM_CHECK_CEL("uint(-1)", "error 1:1 unsigned integer overflow: the number is beyond uint");
        CM_CHECK_CEL("string(1e6) + string(0.1) + string(100.0)", "\"1e+060.1100\"");
}

CM_TEST(large_maps_are_indexed)
{
        CM_CHECK_CEL("cel.bind(m, lists.range(1000).transformMap(i, v, v * 2),"
                     " m[0] + m[500u] + m[999.0] + size(m))",
                     "3998");
        CM_CHECK_CEL("lists.range(100).transformMapEntry(i, v, {string(v): v})['77']", "77");
        CM_CHECK_CEL(
                "lists.range(100).transformMap(i, v, v) == lists.range(100).transformMap(i, v, v)",
                "true");
}

CM_TEST(limits_end_an_evaluation)
{
        struct cm_cel_test t;
        CM_CHECK_CEL("lists.range(20000).all(x, lists.range(20000).all(y, x + y >= 0))", "limit");
        CM_CHECK_CEL("lists.range(1000000000)", "limit");
        cm_cel_test_run(&t, "doc.list.map(x, x)", 5, 0);
        CM_CHECK_INT(t.err.code, CM_E_LIMIT);
        cm_cel_test_run(&t, "doc.list.map(x, x)", 0, 10);
        CM_CHECK_INT(t.err.code, CM_E_LIMIT);
        cm_cel_test_run(&t, "doc.list.map(x, x)", 1000, 10000);
        CM_CHECK_INT(t.result, 0);
        CM_CHECK(t.run.cost > 5);
        /* Doubling a text sixty times in sixty bindings. */
        CM_CHECK_CEL(
                "['x'].map(a, a + a).map(a, lists.range(30).map(i, 'y').join('').replace('y', "
                "lists.range(100000).map(j, 'zzzzzzzzzz').join(''))).map(b, b.replace('z', b))",
                "limit");
}

static struct cm_sv repeated(struct cm_arena *arena, const char *before, const char *middle,
                             const char *after, size_t count)
{
        struct cm_buf buf;
        cm_buf_init(&buf, CM_MIB(4));
        for (size_t i = 0; i < count; i++)
                cm_buf_put_str(&buf, before);
        cm_buf_put_str(&buf, middle);
        for (size_t i = 0; i < count; i++)
                cm_buf_put_str(&buf, after);
        struct cm_sv text = cm_sv_dup(arena, cm_buf_sv(&buf));
        cm_buf_fini(&buf);
        return text;
}

static enum cm_err_code parse_code(struct cm_arena *arena, struct cm_sv text)
{
        struct cm_err err = CM_ERR_INIT;
        const struct cm_cel_program *program = NULL;
        CM_IGNORE(cm_cel_parse(arena, text, NULL, &program, &err));
        return err.code;
}

CM_TEST(limits_of_texts)
{
        struct cm_arena *a = cm_arena_new(CM_MIB(512));
        size_t deep = CM_CEL_DEPTH_MAX;
        CM_CHECK_INT(parse_code(a, repeated(a, "(", "1", ")", deep - 1)), CM_E_OK);
        CM_CHECK_INT(parse_code(a, repeated(a, "(", "1", ")", deep + 1)), CM_E_LIMIT);
        CM_CHECK_INT(parse_code(a, repeated(a, "[", "", "]", deep + 1)), CM_E_LIMIT);
        CM_CHECK_INT(parse_code(a, repeated(a, "{1:", "1", "}", deep + 1)), CM_E_LIMIT);
        CM_CHECK_INT(parse_code(a, repeated(a, "f(", "1", ")", deep + 1)), CM_E_LIMIT);
        CM_CHECK_INT(parse_code(a, repeated(a, "true ? 1 : ", "1", "", deep + 1)), CM_E_LIMIT);
        CM_CHECK_INT(parse_code(a, repeated(a, "!", "true", "", 60000)), CM_E_OK);
        CM_CHECK_INT(parse_code(a, repeated(a, "- ", "1", "", 30000)), CM_E_OK);
        CM_CHECK_INT(parse_code(a, repeated(a, "1 + ", "1", "", 900)), CM_E_OK);
        CM_CHECK_INT(parse_code(a, repeated(a, "1 + ", "1", "", 5000)), CM_E_LIMIT);
        CM_CHECK_INT(parse_code(a, repeated(a, "true && ", "true", "", 7000)), CM_E_OK);
        CM_CHECK_INT(parse_code(a, repeated(a, "", "{}", ".a", 5000)), CM_E_LIMIT);
        CM_CHECK_INT(parse_code(a, repeated(a, "", "x", ".a", 900)), CM_E_MALFORMED);
        CM_CHECK_INT(parse_code(a, repeated(a, "[1].map(x, ", "1", ")", CM_CEL_LOOPS_MAX)),
                     CM_E_OK);
        CM_CHECK_INT(parse_code(a, repeated(a, "[1].map(x, ", "1", ")", CM_CEL_LOOPS_MAX + 1)),
                     CM_E_LIMIT);
        CM_CHECK_INT(parse_code(a, repeated(a, "", "1", " ", CM_CEL_TEXT_BYTES_MAX)), CM_E_LIMIT);
        cm_arena_free(a);
}

static const struct cm_node *last_read(const struct cm_cel_run *run)
{
        return run->reads[(run->read_count - 1) % CM_CEL_READS];
}

CM_TEST(the_node_that_decided)
{
        struct cm_cel_test t;
        cm_cel_test_run(&t, "doc.spec.name == 'web' && doc.spec.on == false && doc.list == []", 0,
                        0);
        CM_CHECK_INT(t.result, 0);
        CM_CHECK(!cm_cel_is_true(t.value));
        CM_CHECK(cm_node_type(last_read(&t.run)) == CM_NODE_BOOL);
        cm_cel_test_run(&t, "doc.list.all(x, x < 2)", 0, 0);
        CM_CHECK_INT(cm_node_int(last_read(&t.run), 0), 2);
        cm_cel_test_run(&t, "has(doc.spec.zz)", 0, 0);
        CM_CHECK(cm_node_type(last_read(&t.run)) == CM_NODE_MAP);
        cm_cel_test_run(&t, "1 == 1", 0, 0);
        CM_CHECK(t.run.read_count == 0);
}

CM_TEST(types_are_kept_in_typed_json)
{
        struct cm_cel_test t;
        struct cm_buf out;
        cm_buf_init(&out, CM_KIB(4));
        cm_cel_test_run(&t, "[1, 1u, 1.0, 'a', b'a', null, {1: true}, optional.of(2), int]", 0, 0);
        cm_cel_put_typed_json(&out, t.arena, t.value);
        CM_CHECK_SV(
                cm_buf_sv(&out),
                "{\"list\":[{\"int\":\"1\"},{\"uint\":\"1\"},{\"double\":1.0},{\"string\":\"a\"},"
                "{\"bytes\":\"YQ==\"},{\"null\":null},{\"map\":[[{\"int\":\"1\"},{\"bool\":true}]]},"
                "{\"optional\":{\"int\":\"2\"}},{\"type\":\"int\"}]}");
        cm_buf_fini(&out);
}

CM_TEST(carets)
{
        struct cm_cel_test t;
        struct cm_buf out;
        cm_buf_init(&out, CM_KIB(4));
        const char *text = "true &&\n  '\xc3\xa9' + 1 == 2";
        cm_cel_test_run(&t, text, 0, 0);
        cm_cel_put_caret(&out, cm_sv_from_cstr(text), &t.fault);
        CM_CHECK_SV(cm_buf_sv(&out), "2:8: no such overload: string + int\n"
                                     "    '\xc3\xa9' + 1 == 2\n"
                                     "        ^\n");
        cm_buf_fini(&out);
}

struct worker {
        pthread_t thread;
        const struct cm_cel_test *test;
        size_t right;
};

static void *evaluate_often(void *arg)
{
        struct worker *w = arg;
        struct cm_arena *scratch = cm_arena_new(CM_MIB(128));
        for (int i = 0; i < 2000; i++) {
                struct cm_err err = CM_ERR_INIT;
                struct cm_cel_run run = { .slots = w->test->run.slots, .scratch = scratch };
                struct cm_cel_value v;
                if (cm_cel_eval(w->test->program, &run, &v, &err) == 0 && cm_cel_is_true(v))
                        w->right++;
                cm_arena_reset(scratch);
        }
        cm_arena_free(scratch);
        return NULL;
}

CM_TEST(threads_share_a_program)
{
        struct cm_cel_test t;
        struct worker workers[4];
        cm_cel_test_run(&t,
                        "doc.list.map(x, x * 2).exists(x, x == 6 && doc.spec.name.matches('^w'))",
                        0, 0);
        CM_CHECK_INT(t.result, 0);
        for (size_t i = 0; i < CM_ARRAY_LEN(workers); i++) {
                workers[i] = (struct worker){ .test = &t };
                CM_CHECK_INT(pthread_create(&workers[i].thread, NULL, evaluate_often, &workers[i]),
                             0);
        }
        for (size_t i = 0; i < CM_ARRAY_LEN(workers); i++) {
                pthread_join(workers[i].thread, NULL);
                CM_CHECK_INT(workers[i].right, 2000);
        }
}
