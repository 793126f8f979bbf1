/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of codec/node_json.h: values, positions, refusals; jansson's reader is the judge of
 * what both accept. */
#include "base/limits.h"
#include "codec/json.h"
#include "tests/harness.h"
#include "tests/node_text.h"

static struct cm_sv show(struct cm_arena *arena, struct cm_sv text, bool lines)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_node_json_result result;
        const struct cm_node_json_options options = { 0 };
        int r = lines ? cm_node_parse_json_lines(arena, text, &options, &result, &err)
                      : cm_node_parse_json(arena, text, &options, &result, &err);
        if (r < 0)
                return cm_sv_printf(arena, "%s: %s", cm_err_name(err.code), err.text);
        return cm_test_node_json(arena, result.root);
}

struct row {
        const char *json;
        const char *want;
};

static void check_rows(const struct row *rows, size_t count, bool lines)
{
        for (size_t i = 0; i < count; i++) {
                struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
                = cm_arena_new(CM_MIB(64));
                struct cm_sv got = show(arena, cm_sv_from_cstr(rows[i].json), lines);
                if (!cm_sv_eq(got, cm_sv_from_cstr(rows[i].want)))
                        cm_test_fail(__FILE__, __LINE__, "%s\ngives %.*s\nwant  %s", rows[i].json,
                                     CM_SV_ARG(got), rows[i].want);
        }
}

CM_TEST(values)
{
        static const struct row rows[] = {
                { " [ ] ", "[]" },
                { "{}", "{}" },
                { "\xef\xbb\xbf"
                  "1",
                  "1" },
                { "[1,-0,0.5,1e2,-1.5E-3,9223372036854775807,-9223372036854775808,"
                  "9223372036854775808,1e-999]",
                  "[1,0,0.5,100.0,-0.0015,9223372036854775807,-9223372036854775808,"
                  "9.223372036854776e+18,0.0]" },
                { "[true,false,null,\"\",{\"a\":{\"b\":[{}]}}]",
                  "[true,false,null,\"\",{\"a\":{\"b\":[{}]}}]" },
                { "\"\\u00e9\\ud83d\\ude00 \\\"\\\\\\/\\b\\f\\n\\r\\t plain é text\"",
                  "\"é😀 \\\"\\\\/\\u0008\\u000c\\n\\u000d\\t plain é text\"" },
                { "{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}" },
        };
        check_rows(rows, CM_ARRAY_LEN(rows), false);
}

CM_TEST(refusals)
{
        static const struct row rows[] = {
                { "", "malformed: JSON line 1 column 1: text ends where a value should stand" },
                { "[1,\n 2,]", "malformed: JSON line 2 column 4: not a JSON value" },
                { "{\"a\":1,}",
                  "malformed: JSON line 1 column 8: a key in quotes should stand here" },
                { "{\"a\" 1}", "malformed: JSON line 1 column 6: ':' should stand here" },
                { "{\"a\":1 \"b\"",
                  "malformed: JSON line 1 column 8: ',' or '}' should stand here" },
                { "[1", "malformed: JSON line 1 column 3: ',' or ']' should stand here" },
                { "01", "malformed: JSON line 1 column 1: not a number" },
                { "[1.]", "malformed: JSON line 1 column 2: not a number" },
                { "-", "malformed: JSON line 1 column 1: not a number" },
                { "1e", "malformed: JSON line 1 column 1: not a number" },
                { "1e999",
                  "malformed: JSON line 1 column 1: number is beyond the largest finite one" },
                { "\"abc", "malformed: JSON line 1 column 5: string does not end" },
                { "\"abcdefghijk\tl\"", "malformed: JSON line 1 column 13: string holds a control "
                                        "character" },
                { "\"\\x\"", "malformed: JSON line 1 column 2: escape that JSON does not have" },
                { "\"\\u12\"",
                  "malformed: JSON line 1 column 2: \\u needs four hexadecimal digits" },
                { "\"\\ud800\"", "malformed: JSON line 1 column 2: half of a surrogate pair" },
                { "\"\\ud800\\u0041\"",
                  "malformed: JSON line 1 column 2: half of a surrogate pair" },
                { "\"\\udc00\"", "malformed: JSON line 1 column 2: half of a surrogate pair" },
                { "\"\xed\xa0\x80\"", "malformed: JSON line 1 column 2: text is not valid UTF-8" },
                { "1 x", "malformed: JSON line 1 column 3: something follows the value" },
                { "truex", "malformed: JSON line 1 column 5: something follows the value" },
        };
        check_rows(rows, CM_ARRAY_LEN(rows), false);
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(64));
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, CM_MIB(1));
        for (int i = 0; i < 100000; i++)
                cm_buf_put_char(&buf, '[');
        CM_CHECK_SV(show(arena, cm_buf_sv(&buf), false),
                    "limit: JSON line 1 column 201: nesting is over limit node_depth_max");
}

CM_TEST(lines)
{
        static const struct row rows[] = {
                { "", "[]" },
                { "\n{\"a\":1}\n\n[2]\r\n3", "[{\"a\":1},[2],3]" },
                { "1 2\n",
                  "malformed: JSON line 1 column 3: something follows the value on its line" },
                { "1\n[2,\n3]\n",
                  "malformed: JSON line 3 column 3: a value of JSON Lines takes more "
                  "than one line" },
        };
        check_rows(rows, CM_ARRAY_LEN(rows), true);
}

CM_TEST(positions_and_duplicates)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        struct cm_err err = CM_ERR_INIT;
        struct cm_node_json_result result;
        struct cm_node_json_options options = { .allow_end = true };
        const struct cm_sv text =
                CM_SV("{\n  \"é\": [1,\n    {\"x\": true}],\n  \"é\": null} rest");
        CM_CHECK_OK(cm_node_parse_json(arena, CM_SV("{\"é\": [1,\n    {\"x\": true}]}"), &options,
                                       &result, &err),
                    &err);
        const struct cm_node *map = cm_node_at(cm_node_get(result.root, "é"), 1);
        CM_CHECK_INT(map->pos.line, 2);
        CM_CHECK_INT(map->pos.column, 5);
        CM_CHECK_INT(cm_node_member(map, CM_SV("x"))->key_pos.column, 6);
        CM_CHECK_INT(cm_node_get(map, "x")->pos.column, 11);
        CM_CHECK_OK(cm_node_parse_json(arena, text, &options, &result, &err), &err);
        CM_CHECK_SV(result.rest, " rest");
        CM_CHECK_INT(result.duplicate_count, 1);
        CM_CHECK_INT(result.duplicate_pos.line, 4);
        options.refuse_duplicate_keys = true;
        CM_CHECK(cm_node_parse_json(arena, text, &options, &result, &err) < 0);
        CM_CHECK_SV(cm_sv_from_cstr(err.text), "JSON line 4 column 3: key 'é' appears twice, first "
                                               "on line 2 column 3");
}

static bool same(const struct cm_node *n, const struct cm_json *j)
{
        switch (cm_node_type(n)) {
        case CM_NODE_NULL:
                return cm_json_type(j) == CM_JSON_NULL;
        case CM_NODE_BOOL:
                return cm_json_type(j) == CM_JSON_BOOL && cm_json_bool(j, false) == n->boolean;
        case CM_NODE_INT:
                return cm_json_type(j) == CM_JSON_INT && cm_json_int(j, 0) == n->integer;
        case CM_NODE_REAL: {
                double d = cm_json_number(j, 0);
                return cm_json_type(j) == CM_JSON_REAL && memcmp(&d, &n->real, sizeof(d)) == 0;
        }
        case CM_NODE_STRING:
                return cm_json_type(j) == CM_JSON_STRING && cm_sv_eq(cm_json_string(j), n->text);
        case CM_NODE_LIST:
                for (size_t i = 0; i < n->list.count; i++)
                        if (!same(n->list.items[i], cm_json_at(j, i)))
                                return false;
                return cm_json_is_array(j) && cm_json_count(j) == n->list.count;
        case CM_NODE_MAP:
                for (size_t i = 0; i < n->map.count; i++)
                        if (!same(n->map.members[i].value,
                                  cm_json_get_sv(j, n->map.members[i].key)))
                                return false;
                return cm_json_is_object(j) && cm_json_count(j) == n->map.count;
        }
        return false;
}

static uint32_t next(uint32_t *state)
{
        *state = *state * 1664525 + 1013904223;
        return *state >> 8;
}

static void put_random(struct cm_buf *buf, uint32_t *state, int depth)
{
        static const char *const scalars[] = { "0",
                                               "-1",
                                               "1.25",
                                               "1e5",
                                               "true",
                                               "false",
                                               "null",
                                               "\"\"",
                                               "\"é\\n x\"",
                                               "\"\\ud83d\\ude00\"",
                                               "12345678901234567",
                                               "0.1",
                                               "-2.5e-7",
                                               "\"abcdefghij\"" };
        uint32_t kind = next(state) % (depth > 4 ? 2 : 4);
        if (kind < 2) {
                cm_buf_put_str(buf, scalars[next(state) % CM_ARRAY_LEN(scalars)]);
                return;
        }
        uint32_t count = next(state) % 20;
        cm_buf_put_char(buf, kind == 2 ? '[' : '{');
        for (uint32_t i = 0; i < count; i++) {
                if (i > 0)
                        cm_buf_put_str(buf, next(state) % 2 == 0 ? " ,\n" : ",");
                if (kind == 3)
                        cm_buf_printf(buf, "\"k%u\": ", next(state) % 40);
                put_random(buf, state, depth + 1);
        }
        cm_buf_put_char(buf, kind == 2 ? ']' : '}');
}

CM_TEST(same_trees_as_jansson)
{
        uint32_t state = 20240607;
        for (int i = 0; i < 1000; i++) {
                struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
                = cm_arena_new(CM_MIB(64));
                struct cm_err err = CM_ERR_INIT;
                struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
                cm_buf_init(&buf, CM_MIB(16));
                put_random(&buf, &state, 0);
                /* Every third text is damaged, so that refusals are compared as well. */
                if (i % 3 == 0 && buf.len > 0)
                        buf.ptr[next(&state) % buf.len] = "[]{},:\"\\x0"[next(&state) % 10];
                const struct cm_json *j = NULL;
                struct cm_node_json_result result;
                const struct cm_node_json_options options = { 0 };
                int want = cm_json_parse(arena, cm_buf_sv(&buf), &j, &err);
                cm_err_clear(&err);
                int got = cm_node_parse_json(arena, cm_buf_sv(&buf), &options, &result, &err);
                if (want != got || (got == 0 && !same(result.root, j)))
                        cm_test_fail(__FILE__, __LINE__, "%.*s: %d, want %d: %s", (int)buf.len,
                                     buf.ptr, got, want, err.text);
        }
}
