/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of codec/json_patch.h. That what is written gives the wanted tree is tested live. */
#include "codec/json_patch.h"
#include "codec/node_json.h"
#include "tests/harness.h"

static const struct cm_node *parse(struct cm_arena *arena, const char *text)
{
        const struct cm_node_json_options options = { 0 };
        struct cm_node_json_result result = { 0 };
        struct cm_err err = CM_ERR_INIT;
        CM_CHECK(cm_node_parse_json(arena, cm_sv_from_cstr(text), &options, &result, &err) == 0);
        return result.root;
}

CM_TEST(operations_make_one_tree_of_the_other)
{
        static const struct {
                const char *before;
                const char *after;
                const char *want;
        } cases[] = {
                { "{\"a\":1}", "{\"a\":1}", "[]" },
                { "{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", "[]" },
                { "{\"a\":1}", "{\"a\":\"1\"}",
                  "[{\"op\":\"replace\",\"path\":\"/a\",\"value\":\"1\"}]" },
                { "{\"a\":{\"b/c\":1,\"~\":2}}", "{\"a\":{\"~\":3}}",
                  "[{\"op\":\"remove\",\"path\":\"/a/b~1c\"},"
                  "{\"op\":\"replace\",\"path\":\"/a/~0\",\"value\":3}]" },
                { "{}", "{\"s\":{\"p\":false}}",
                  "[{\"op\":\"add\",\"path\":\"/s\",\"value\":{\"p\":false}}]" },
                { "[1,2,3,4]", "[1,4]",
                  "[{\"op\":\"remove\",\"path\":\"/1\"},{\"op\":\"remove\",\"path\":\"/1\"}]" },
                { "[1]", "[0,1,2]",
                  "[{\"op\":\"add\",\"path\":\"/0\",\"value\":0},"
                  "{\"op\":\"add\",\"path\":\"/-\",\"value\":2}]" },
                { "[{\"a\":1},{\"a\":2}]", "[{\"a\":1},{\"a\":3}]",
                  "[{\"op\":\"replace\",\"path\":\"/1/a\",\"value\":3}]" },
                { "{\"a\":1}", "[]", "[{\"op\":\"replace\",\"path\":\"\",\"value\":[]}]" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_arena *arena = cm_arena_new(CM_MIB(8));
                struct cm_buf out;
                cm_buf_init(&out, CM_KIB(64));
                cm_json_patch_put(arena, &out, parse(arena, cases[i].before),
                                  parse(arena, cases[i].after));
                CM_CHECK_SV(cm_buf_sv(&out), cases[i].want);
                cm_buf_fini(&out);
                cm_arena_free(arena);
        }
}
