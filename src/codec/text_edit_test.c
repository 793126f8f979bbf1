/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of codec/text_edit.h: what a text becomes, byte for byte. */
#include "codec/node_json.h"
#include "codec/text_edit.h"
#include "tests/harness.h"

struct example {
        const char *before;
        const char *pointer;
        const char *value; /* JSON; NULL: left out */
        const char *after; /* NULL: refused */
};

static void try_edit(const struct example *x, size_t number, size_t document)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(16));
        const struct cm_node_json_options options = { .refuse_duplicate_keys = true };
        struct cm_node_json_result value = { 0 };
        struct cm_err err = CM_ERR_INIT;
        struct cm_sv got = CM_SV("");
        if (x->value != NULL)
                CM_CHECK_OK(cm_node_parse_json(arena, cm_sv_from_cstr(x->value), &options, &value,
                                               &err),
                            &err);
        const struct cm_text_edit edit = { document, cm_sv_from_cstr(x->pointer), value.root };
        int r = cm_text_edit(arena, cm_sv_from_cstr(x->before), CM_NODE_YAML_GO2, &edit, &got,
                             &err);
        if (x->after == NULL && r == 0)
                cm_test_fail(__FILE__, __LINE__, "%zu: not refused: %.*s", number, CM_SV_ARG(got));
        if (x->after != NULL && r < 0)
                cm_test_fail(__FILE__, __LINE__, "%zu: refused: %s", number, err.text);
        if (x->after != NULL && !cm_sv_eq(got, cm_sv_from_cstr(x->after)))
                cm_test_fail(__FILE__, __LINE__, "%zu: is\n%.*s\nwant\n%s", number, CM_SV_ARG(got),
                             x->after);
        cm_arena_free(arena);
}

static void try_all(const struct example *examples, size_t count)
{
        for (size_t i = 0; i < count; i++)
                try_edit(&examples[i], i, 0);
}

CM_TEST(values_take_others_places)
{
        static const struct example examples[] = {
                { "a: 1 # why\nb: 2\n", "/a", "3", "a: 3 # why\nb: 2\n" },
                { "a: 'x' # why\n", "/a", "\"y\"", "a: 'y' # why\n" },
                { "a: \"x\"\n", "/a", "\"y\"", "a: \"y\"\n" },
                { "a: x\n", "/a", "\"yes\"", "a: \"yes\"\n" },
                { "a: [1, 2] # c\n", "/a", "[]", "a: [] # c\n" },
                { "a:\n  b: 1\n  c: 2\nd: 3\n", "/a", "{}", "a: {}\nd: 3\n" },
                { "a: # keep\n- 1\n- 2\nd: 3\n", "/a", "[]", "a: [] # keep\nd: 3\n" },
                { "a:\nb: 1\n", "/a", "true", "a: true\nb: 1\n" },
                { "a:  # none\nb: 1\n", "/a/x", "true", "a:  # none\n  x: true\nb: 1\n" },
                { "a: null\nb: 1\n", "/a/x", "true", "a: {x: true}\nb: 1\n" },
                { "- a\n- b\n", "/1", "\"c\"", "- a\n- c\n" },
                { "{\"a\": 1, \"b\": \"x\"}", "/b", "\"y\"", "{\"a\": 1, \"b\": \"y\"}" },
                { "a: |\n  x\n  y\nb: 1\n", "/a", "\"z\"", NULL },
                { "a: x\n  y\nb: 1\n", "/a", "\"z\"", NULL },
                { "a: 1\r\nb: 2\r\n", "/b", "3", "a: 1\r\nb: 3\r\n" },
                { "a: 1\rb: 2\r", "/b", "3", NULL },
                { "a: 1", "/a", "3", "a: 3" },
                { "a: 1\n", "/a", "1", "a: 1\n" },
                { "\"k 1\": !!int 1\n", "/k 1", "3", "\"k 1\": !!int 3\n" },
        };
        try_all(examples, CM_ARRAY_LEN(examples));
}

CM_TEST(members_and_items_are_added)
{
        static const struct example examples[] = {
                { "a: 1\n", "/b", "true", "a: 1\nb: true\n" },
                { "a: 1", "/b", "true", "a: 1\nb: true" },
                { "a: 1\r\n", "/b/c", "true", "a: 1\r\nb:\r\n  c: true\r\n" },
                { "a:\n    b: 1\n    # about d\n\nd: 1\n", "/a/c", "2",
                  "a:\n    b: 1\n    c: 2\n    # about d\n\nd: 1\n" },
                { "l:\n- n: x\n  i: y\n- n: z\n", "/l/0/s/p", "false",
                  "l:\n- n: x\n  i: y\n  s:\n    p: false\n- n: z\n" },
                { "l:\n- n: x\n  i: y\n- n: z\n", "/l/1/s", "{\"d\":[\"ALL\"],\"e\":{}}",
                  "l:\n- n: x\n  i: y\n- n: z\n  s:\n    d:\n      - ALL\n    e: {}\n" },
                { "l:\n- a\nm: 1\n", "/l/-", "\"b\"", "l:\n- a\n- b\nm: 1\n" },
                { "l:\n  - a # c\n\nm: 1\n", "/l/-", "{\"x\":1,\"z\":2}",
                  "l:\n  - a # c\n  - x: 1\n    z: 2\n\nm: 1\n" },
                { "l: [a, b] # c\n", "/l/-", "\"c\"", "l: [a, b, c] # c\n" },
                { "l: []\n", "/l/-", "\"c\"", "l: [c]\n" },
                { "l: {}\n", "/l/x", "true", "l: {x: true}\n" },
                { "c: {a: 1, b: \"}\"} # c\n", "/c/d", "[1]", "c: {a: 1, b: \"}\", d: [1]} # c\n" },
                { "{\n  \"a\": 1\n}\n", "/b", "false", "{\n  \"a\": 1,\n  \"b\": false\n}\n" },
                { "{\r\n\t\"a\": {\"x\": [1]}\r\n}", "/b", "false",
                  "{\r\n\t\"a\": {\"x\": [1]},\r\n\t\"b\": false\r\n}" },
                { "{}", "/b/c", "1", "{\"b\": {\"c\": 1}}" },
                { "l: [\n  a, # one\n  b # two\n  ]\n", "/l/-", "\"c\"",
                  "l: [\n  a, # one\n  b, # two\n  c\n  ]\n" },
                { "a: |\n  text\n  # no comment\n\nb: 1\n", "/c", "1",
                  "a: |\n  text\n  # no comment\n\nb: 1\nc: 1\n" },
                { "a:\n  b: |\n    text\n    # no comment\nd: 1\n", "/a/c", "1",
                  "a:\n  b: |\n    text\n    # no comment\n  c: 1\nd: 1\n" },
                { "a: |+\n  text\n\n", "/b", "1", NULL },
                { "a: 1\n# end\n", "/b", "2", "a: 1\nb: 2\n# end\n" },
                { "# top\n---\na: 1\n...\n", "/b", "2", "# top\n---\na: 1\nb: 2\n...\n" },
        };
        try_all(examples, CM_ARRAY_LEN(examples));
}

CM_TEST(members_and_items_are_left_out)
{
        static const struct example examples[] = {
                { "a: 1\nb: 2\n", "/a", NULL, "b: 2\n" },
                { "a: 1\nb: 2 # c\n# d\n", "/b", NULL, "a: 1\n# d\n" },
                { "a: 1\nb:\n- 1\n- 2\nc: 3\n", "/b", NULL, "a: 1\nc: 3\n" },
                { "a: 1\nb:\n  - 1\n  # x\n  - 2\nc: 3\n", "/b/0", NULL,
                  "a: 1\nb:\n  # x\n  - 2\nc: 3\n" },
                { "l:\n- p: true\n  n: x\n", "/l/0/p", NULL, "l:\n- n: x\n" },
                { "l:\n- p: true # why\n  n: x\n", "/l/0/p", NULL, NULL },
                { "a:\n  b: 1\nc: 2\n", "/a/b", NULL, "a: {}\nc: 2\n" },
                { "a:\n- b\nc: 2\n", "/a/0", NULL, "a: []\nc: 2\n" },
                { "a: [x, y, z]\n", "/a/1", NULL, "a: [x, z]\n" },
                { "a: [x, y, z]\n", "/a/2", NULL, "a: [x, y]\n" },
                { "a: [x]\n", "/a/0", NULL, "a: []\n" },
                { "{\n  \"a\": 1,\n  \"b\": 2\n}\n", "/b", NULL, "{\n  \"a\": 1\n}\n" },
                { "{\n  \"a\": 1,\n  \"b\": 2\n}\n", "/a", NULL, "{\n  \"b\": 2\n}\n" },
                { "a: 1\n", "/b", NULL, NULL },
                { "a: 1\n", "", NULL, NULL },
                { "l:\n- - a\n  - b\n", "/l/0/0", NULL, NULL },
                { "l:\n- a\n-\n  x: 1\n- b", "/l/2", NULL, "l:\n- a\n-\n  x: 1\n" },
        };
        try_all(examples, CM_ARRAY_LEN(examples));
}

CM_TEST(what_aliases_share_is_not_changed)
{
        static const struct example examples[] = {
                { "a: &x {p: 1}\nb: *x\n", "/a/p", "2", NULL },
                { "a: &x {p: 1}\nb: *x\n", "/b/p", "2", NULL },
                { "a: &x\n  p: 1\nb:\n  <<: *x\n  q: 2\n", "/a/p", "2", NULL },
                { "a: &x\n  p: 1\nb:\n  <<: *x\n  q: 2\n", "/b/p", "2", NULL },
                { "a: &x\n  p: 1\nb:\n  <<: *x\n  q: 2\n", "/b/q", "3",
                  "a: &x\n  p: 1\nb:\n  <<: *x\n  q: 3\n" },
                { "a: &x\n  p: 1\nb:\n  <<: *x\n  q: 2\n", "/b/r", "3",
                  "a: &x\n  p: 1\nb:\n  <<: *x\n  q: 2\n  r: 3\n" },
                { "a: &x\n  p: 1\nb: 1\n", "/a/q", "3", "a: &x\n  p: 1\n  q: 3\nb: 1\n" },
        };
        try_all(examples, CM_ARRAY_LEN(examples));
}

CM_TEST(one_document_of_a_stream_is_changed)
{
        static const struct example second = { "a: 1\n---\n# c\na: 1\n---\na: 1\n", "/b", "2",
                                               "a: 1\n---\n# c\na: 1\nb: 2\n---\na: 1\n" };
        static const struct example none = { "a: 1\n", "/b", "2", NULL };
        try_edit(&second, 0, 1);
        try_edit(&none, 1, 1);
}
