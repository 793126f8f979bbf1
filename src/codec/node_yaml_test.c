/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of codec/node_yaml.h: the trees as JSON, positions, schemas, refusals with place. */
#include "base/limits.h"
#include "codec/node_json.h"
#include "codec/node_yaml.h"
#include "tests/harness.h"

/* All documents of `text` as JSON, one a line, or the error's text. */
static struct cm_sv show(struct cm_arena *arena, struct cm_sv text,
                         const struct cm_node_yaml_options *options)
{
        struct cm_err err = CM_ERR_INIT;
        const struct cm_node_doc *docs = NULL;
        size_t count = 0;
        if (cm_node_parse_yaml(arena, text, options, &docs, &count, &err) < 0)
                return cm_sv_printf(arena, "%s: %s", cm_err_name(err.code), err.text);
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, CM_MIB(64));
        for (size_t i = 0; i < count; i++) {
                if (i > 0)
                        cm_buf_put_char(&buf, '\n');
                cm_node_write_json(&buf, docs[i].root);
        }
        return cm_sv_dup(arena, cm_buf_sv(&buf));
}

static int write_document(void *ctx, const struct cm_node_doc *doc, struct cm_err *err)
{
        struct cm_buf *buf = ctx;
        (void)err;
        if (buf->len > 0)
                cm_buf_put_char(buf, '\n');
        cm_node_write_json(buf, doc->root);
        return 0;
}

/* The same, given out one by one. */
static struct cm_sv show_walk(struct cm_arena *arena, struct cm_sv text,
                              const struct cm_node_yaml_options *options)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_arena *one CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(64));
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, CM_MIB(64));
        if (cm_node_walk_yaml(one, text, options, write_document, &buf, &err) < 0)
                return cm_sv_printf(arena, "%s: %s", cm_err_name(err.code), err.text);
        return cm_sv_dup(arena, cm_buf_sv(&buf));
}

struct row {
        const char *yaml;
        const char *want;
};

static void check_rows(const struct row *rows, size_t count,
                       const struct cm_node_yaml_options *options)
{
        for (size_t i = 0; i < count; i++) {
                struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
                = cm_arena_new(CM_MIB(64));
                struct cm_sv got = show(arena, cm_sv_from_cstr(rows[i].yaml), options);
                if (!cm_sv_eq(got, cm_sv_from_cstr(rows[i].want)))
                        cm_test_fail(__FILE__, __LINE__, "%s\ngives %.*s\nwant  %s", rows[i].yaml,
                                     CM_SV_ARG(got), rows[i].want);
                CM_CHECK_SV(show_walk(arena, cm_sv_from_cstr(rows[i].yaml), options), rows[i].want);
        }
}

CM_TEST(documents)
{
        static const struct row rows[] = {
                { "", "" },
                { "# only\n---\n# comments\n---\n...\n", "" },
                { "---\n# Source: a/b.yaml\na: 1\n---\n# Source: a/c.yaml\n---\n- x\n...\n---\nz\n",
                  "{\"a\":1}\n[\"x\"]\n\"z\"" },
                { "%YAML 1.1\n%TAG ! tag:x,2000:\n---\na: !q 1\n", "{\"a\":1}" },
                { "--- null\n--- ~\n", "null\nnull" },
                { "a: b\r\nc:\r\n- d\r\n", "{\"a\":\"b\",\"c\":[\"d\"]}" },
                { "\xef\xbb\xbfkey: value\n", "{\"key\":\"value\"}" },
                { "? a\n: b\n\"\": empty\n1: o\ntrue: t\n",
                  "{\"a\":\"b\",\"\":\"empty\",\"1\":\"o\",\"true\":\"t\"}" },
                { "a: |\n  x\n   y\n\nb: >-\n  p\n  q\nc: \"\\u00e9\\n\"\nd: 'it''s'\n",
                  "{\"a\":\"x\\n y\\n\",\"b\":\"p q\",\"c\":\"é\\n\",\"d\":\"it's\"}" },
        };
        const struct cm_node_yaml_options options = { 0 };
        check_rows(rows, CM_ARRAY_LEN(rows), &options);
}

static int count_documents(void *ctx, const struct cm_node_doc *doc, struct cm_err *err)
{
        size_t *count = ctx;
        (void)doc;
        return ++*count == 3 ? CM_RAISE(err, CM_E_LIMIT, "enough") : 0;
}

CM_TEST(a_walk_gives_documents_until_something_is_wrong)
{
        static const struct {
                const char *yaml;
                size_t documents;
                enum cm_err_code code;
        } cases[] = {
                { "a\n---\nb\n", 2, CM_E_OK },
                { "a\n---\nb\n---\nc: [\n---\nd\n", 2, CM_E_MALFORMED },
                { "&x a\n---\n*x\n", 1, CM_E_MALFORMED }, /* anchors end with their document */
                { "a\n---\nb\n---\nc\n---\nd\n", 3, CM_E_LIMIT },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                const struct cm_node_yaml_options options = { .schema = CM_NODE_YAML_GO2 };
                struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
                = cm_arena_new(CM_MIB(1));
                struct cm_err err = CM_ERR_INIT;
                size_t count = 0;
                int r = cm_node_walk_yaml(arena, cm_sv_from_cstr(cases[i].yaml), &options,
                                          count_documents, &count, &err);
                CM_CHECK_INT(count, cases[i].documents);
                CM_CHECK_INT(r, -(int)cases[i].code);
        }
}

CM_TEST(scalars_of_go_yaml_v2)
{
        static const struct row rows[] = {
                { "[y, Yes, on, true, TRUE, N, no, OFF, false, yES, tRue, oN]",
                  "[true,true,true,true,true,false,false,false,false,\"yES\",\"tRue\",\"oN\"]" },
                { "[~, null, NULL, nULL, '', \"null\"]",
                  "[null,null,null,\"nULL\",\"\",\"null\"]" },
                { "[0, -0, +7, 0644, 0o17, 0x1F, -0b101, 1_000, 0x, 08, -0644]",
                  "[0,0,7,420,15,31,-5,1000,\"0x\",8.0,-420]" },
                { "[9223372036854775807, -9223372036854775808, 9223372036854775808, "
                  "18446744073709551616]",
                  "[9223372036854775807,-9223372036854775808,9.223372036854776e+18,"
                  "1.8446744073709552e+19]" },
                { "[1.5, .5, 1., 1e3, -1.5e-3, 1.e+2, .e1, 1e999, ., +, 1_0.5, 1.2.3]",
                  "[1.5,0.5,1.0,1000.0,-0.0015,100.0,\".e1\",\"1e999\",\".\",\"+\",10.5,"
                  "\"1.2.3\"]" },
                { "[.inf, -.INF, .nan, .Nan, 2001-01-01, 12:30:45, 1.10]",
                  "[null,null,null,\".Nan\",\"2001-01-01\",\"12:30:45\",1.1]" },
                { "['1', \"true\", ! 1, !!str 1, !!int '3', !!float 3, !!bool on, !!null '', !x 1]",
                  "[\"1\",\"true\",\"1\",\"1\",3,3.0,true,null,1]" },
        };
        const struct cm_node_yaml_options options = { .schema = CM_NODE_YAML_GO2 };
        check_rows(rows, CM_ARRAY_LEN(rows), &options);
}

CM_TEST(scalars_of_the_other_schemas)
{
        static const struct row go3[] = {
                { "[y, yes, on, off, true, FALSE, 0o17, 017]",
                  "[\"y\",\"yes\",\"on\",\"off\",true,false,15,15]" },
        };
        static const struct row core[] = {
                { "[yes, true, 0644, 0o17, 0x1f, 0b1, -0x1, 1_0, -12, 0O7]",
                  "[\"yes\",true,644,15,31,\"0b1\",\"-0x1\",\"1_0\",-12,\"0O7\"]" },
        };
        static const struct row text[] = {
                { "[yes, true, 0644, 1.10, 1e3, ~, null, '1', !!str 2]",
                  "[\"yes\",\"true\",\"0644\",\"1.10\",\"1e3\",null,null,\"1\",\"2\"]" },
                { "- a: [\n    b,\n    c\n  ]\n  d: 1\n", "[{\"a\":[\"b\",\"c\"],\"d\":\"1\"}]" },
        };
        const struct cm_node_yaml_options with_text = { .schema = CM_NODE_YAML_TEXT };
        check_rows(text, CM_ARRAY_LEN(text), &with_text);
        const struct cm_node_yaml_options with_go3 = { .schema = CM_NODE_YAML_GO3 };
        const struct cm_node_yaml_options with_core = { .schema = CM_NODE_YAML_CORE };
        check_rows(go3, CM_ARRAY_LEN(go3), &with_go3);
        check_rows(core, CM_ARRAY_LEN(core), &with_core);
}

CM_TEST(aliases_and_merge_keys)
{
        static const struct row rows[] = {
                { "a: &x {p: 1}\nb: *x\nc: &x 2\nd: *x\n",
                  "{\"a\":{\"p\":1},\"b\":{\"p\":1},\"c\":2,\"d\":2}" },
                { "a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3\nc: {q: 4, <<: *x}\n",
                  "{\"a\":{\"p\":1,\"q\":2},\"b\":{\"q\":3,\"p\":1},\"c\":{\"q\":4,\"p\":1}}" },
                { "- &x {p: 1}\n- &y {p: 2, r: 3}\n- <<: [*x, *y]\n- <<: {s: 1}\n- {'<<': 1}\n",
                  "[{\"p\":1},{\"p\":2,\"r\":3},{\"p\":1,\"r\":3},{\"s\":1},{\"<<\":1}]" },
                { "&k key: *k\n*k : 1\n",
                  "malformed: YAML line 2 column 1: key 'key' appears twice, "
                  "first on line 1 column 4" },
                { "a: *no\n", "malformed: YAML line 1 column 4: alias of an anchor that does not "
                              "exist" },
                { "a: &x 1\n---\nb: *x\n",
                  "malformed: YAML line 3 column 4: alias of an anchor that "
                  "does not exist" },
                { "a: &x [1, *x]\n", "malformed: YAML line 1 column 11: alias of a value that "
                                     "contains it" },
                { "<<: 1\n",
                  "malformed: YAML line 1 column 1: the value of a merge key is neither a "
                  "map nor a list of maps" },
        };
        static const struct row in_order[] = {
                { "a: &x {p: 1, q: 2}\nb: {q: 4, <<: *x, p: 5}\n",
                  "{\"a\":{\"p\":1,\"q\":2},\"b\":{\"q\":2,\"p\":5}}" },
        };
        const struct cm_node_yaml_options options = { .schema = CM_NODE_YAML_GO3 };
        const struct cm_node_yaml_options go2 = { .schema = CM_NODE_YAML_GO2 };
        check_rows(rows, CM_ARRAY_LEN(rows), &options);
        check_rows(in_order, CM_ARRAY_LEN(in_order), &go2);
}

CM_TEST(cloudformation_tags)
{
        static const struct row rows[] = {
                { "a: !Ref b\nc: !Sub '${x}'\nd: !GetAtt p.q.r\ne: !GetAtt [p, q]\nf: !Condition isy\n",
                  "{\"a\":{\"Ref\":\"b\"},\"c\":{\"Fn::Sub\":\"${x}\"},\"d\":{\"Fn::GetAtt\":[\"p\","
                  "\"q.r\"]},\"e\":{\"Fn::GetAtt\":[\"p\",\"q\"]},\"f\":{\"Condition\":\"isy\"}}" },
                { "a: !Join ['', [!Ref b, !If [c, 1, !Ref 'AWS::NoValue']]]\nz: 1\n",
                  "{\"a\":{\"Fn::Join\":[\"\",[{\"Ref\":\"b\"},{\"Fn::If\":[\"c\",1,{\"Ref\":"
                  "\"AWS::NoValue\"}]}]]},\"z\":1}" },
                { "a: &x !Ref b\nc: *x\n", "{\"a\":{\"Ref\":\"b\"},\"c\":{\"Ref\":\"b\"}}" },
                { "!Ref x\n", "{\"Ref\":\"x\"}" },
        };
        static const struct row without[] = {
                { "a: !Ref b\nd: !GetAtt [p]\n", "{\"a\":\"b\",\"d\":[\"p\"]}" },
        };
        const struct cm_node_yaml_options options = { .cloudformation = true };
        const struct cm_node_yaml_options plain = { 0 };
        check_rows(rows, CM_ARRAY_LEN(rows), &options);
        check_rows(without, CM_ARRAY_LEN(without), &plain);
}

CM_TEST(duplicate_keys)
{
        static const struct row refused[] = {
                { "a: 1\nb:\n  c: 1\n  c: 2\n", "malformed: YAML line 4 column 3: key 'c' appears "
                                                "twice, first on line 3 column 3" },
        };
        static const struct row last[] = { { "a: 1\nb: 2\na: 3\n", "{\"a\":3,\"b\":2}" } };
        const struct cm_node_yaml_options strict = { 0 };
        const struct cm_node_yaml_options loose = { .last_key_wins = true };
        check_rows(refused, 1, &strict);
        check_rows(last, 1, &loose);
}

CM_TEST(refusals)
{
        static const struct row rows[] = {
                { "a:\n\tb: 1\n",
                  "malformed: YAML line 2 column 1: tab character may not be used as "
                  "indentation" },
                /* libfyaml's own lists are broken behind these two. */
                { "? a:\t:\t", "malformed: YAML line 1 column 5: cannot use tab for indentation of "
                               "block entry" },
                { " ? ???:\t\t???:\t\t\t", "malformed: YAML line 1 column 8: cannot use tab for "
                                           "indentation of block entry" },
                { "a: é\nb: \xff\n", "malformed: YAML line 2 column 4: text is not valid UTF-8" },
                { "a: \x01\n", "malformed: YAML line 1 column 4: text holds a control character" },
                { "a: !!int x\n", "malformed: YAML line 1 column 10: value is not an integer" },
                { "a: !!bool x\n", "malformed: YAML line 1 column 11: value is not a boolean" },
                { "{a: 1}: b\n", "malformed: YAML line 1 column 1: key is not a scalar" },
        };
        const struct cm_node_yaml_options options = { 0 };
        check_rows(rows, CM_ARRAY_LEN(rows), &options);
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(64));
        CM_CHECK_SV(show(arena, CM_SV("a: b\0c\n"), &options),
                    "malformed: YAML line 1 column 5: text holds a NUL byte");
        static const char *const broken[] = { "a: [1, 2\n",   "a: 'x\n", "a: b: c\n", "- a\nb: c\n",
                                              "a: \"\\q\"\n", "a: @x\n", "&a &b c\n" };
        for (size_t i = 0; i < CM_ARRAY_LEN(broken); i++) {
                struct cm_sv got = show(arena, cm_sv_from_cstr(broken[i]), &options);
                if (!cm_sv_has_prefix(got, CM_SV("malformed: YAML line ")))
                        cm_test_fail(__FILE__, __LINE__, "%s gives %.*s", broken[i],
                                     CM_SV_ARG(got));
        }
}

CM_TEST(bombs_are_refused_with_their_place)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(64));
        const struct cm_node_yaml_options options = { 0 };
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, CM_MIB(16));
        cm_buf_put_str(&buf, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 10; i++) {
                cm_buf_printf(&buf, "a%d: &a%d [*a%d", i, i, i - 1);
                for (int k = 0; k < 9; k++)
                        cm_buf_printf(&buf, ", *a%d", i - 1);
                cm_buf_put_str(&buf, "]\n");
        }
        struct cm_sv got = show(arena, cm_buf_sv(&buf), &options);
        CM_CHECK_SV(got, "limit: YAML line 7 column 45: more nodes, aliases counted as what they "
                         "repeat, than limit node_count_max");
        cm_buf_clear(&buf);
        cm_buf_put_str(&buf, "a0: &a0 [x]\n");
        for (int i = 1; i < 300; i++)
                cm_buf_printf(&buf, "a%d: &a%d [*a%d]\n", i, i, i - 1);
        got = show(arena, cm_buf_sv(&buf), &options);
        CM_CHECK_SV(got, "limit: YAML line 200 column 14: nesting is over limit node_depth_max");
        cm_buf_clear(&buf);
        for (int i = 0; i < 100000; i++)
                cm_buf_put_char(&buf, '[');
        got = show(arena, cm_buf_sv(&buf), &options);
        CM_CHECK_SV(got, "limit: YAML line 1 column 201: nesting is over limit node_depth_max");
        cm_buf_clear(&buf);
        for (int i = 0; i < 100000; i++)
                cm_buf_put_str(&buf, "- ");
        got = show(arena, cm_buf_sv(&buf), &options);
        CM_CHECK_SV(got, "limit: YAML line 1 column 401: nesting is over limit node_depth_max");
}

CM_TEST(long_lines_need_no_memory_of_libfyaml)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(256));
        const struct cm_node_yaml_options options = { 0 };
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, CM_MIB(16));
        cm_buf_put_str(&buf, "a: [");
        for (size_t i = 0; i < CM_YAML_LINE_TOKENS_MAX; i++)
                cm_buf_put_str(&buf, "x,");
        struct cm_sv got = show(arena, cm_buf_sv(&buf), &options);
        CM_CHECK_SV(got, "limit: YAML line 1 column 500002: more tokens on one line than limit "
                         "yaml_line_tokens_max");
        /* The same as JSON is read as JSON. */
        buf.ptr[0] = ' ';
        buf.ptr[1] = ' ';
        cm_buf_put_str(&buf, "1]");
        for (size_t i = 4; i < buf.len; i++)
                if (buf.ptr[i] == 'x')
                        buf.ptr[i] = '1';
        got = show(arena, cm_buf_sv(&buf), &options);
        CM_CHECK_INT(got.len, 2 * CM_YAML_LINE_TOKENS_MAX + 3);
}

CM_TEST(positions)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        struct cm_err err = CM_ERR_INIT;
        const struct cm_node_yaml_options options = { 0 };
        const struct cm_node_doc *docs = NULL;
        size_t count = 0;
        CM_CHECK_OK(cm_node_parse_yaml(arena,
                                       CM_SV("# head\né: {x: é, y: 1}\nlist:\n  - one\n  - two\n"
                                             "---\nspec:\n  none:\n  q: \"a\"\n"),
                                       &options, &docs, &count, &err),
                    &err);
        CM_CHECK_INT(count, 2);
        CM_CHECK_INT(docs[0].pos.line, 2);
        CM_CHECK_INT(docs[1].pos.line, 6);
        const struct cm_node *flow = cm_node_get(docs[0].root, "é");
        CM_CHECK_INT(flow->pos.column, 5);
        CM_CHECK_INT(cm_node_member(flow, CM_SV("y"))->key_pos.column, 13);
        CM_CHECK_INT(cm_node_get(flow, "y")->pos.column, 16);
        const struct cm_node *two = cm_node_at(cm_node_get(docs[0].root, "list"), 1);
        CM_CHECK_INT(two->pos.line, 5);
        CM_CHECK_INT(two->pos.column, 5);
        const struct cm_node *spec = cm_node_get(docs[1].root, "spec");
        CM_CHECK_INT(cm_node_get(spec, "none")->pos.line, 8);
        CM_CHECK_INT(cm_node_get(spec, "q")->pos.line, 9);
        CM_CHECK_INT(cm_node_get(spec, "q")->pos.column, 6);
}
