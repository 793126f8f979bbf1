/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of codec/node_patch.h. */
#include "codec/node_json.h"
#include "codec/node_patch.h"
#include "tests/harness.h"

static const struct cm_node *tree(struct cm_arena *arena, const char *text)
{
        const struct cm_node_json_options options = { .refuse_duplicate_keys = true };
        struct cm_node_json_result result;
        struct cm_err err = CM_ERR_INIT;
        CM_CHECK_OK(cm_node_parse_json(arena, cm_sv_from_cstr(text), &options, &result, &err),
                    &err);
        return result.root;
}

CM_TEST(values_are_put_and_left_out)
{
        static const struct {
                const char *pointer;
                const char *value; /* NULL: left out */
                const char *want;  /* NULL: refused */
        } cases[] = {
                { "/a/b", "2", "{\"a\":{\"b\":2,\"c\":[1,2]}}" },
                { "/a/c/0", "9", "{\"a\":{\"b\":1,\"c\":[9,2]}}" },
                { "/a/c/-", "9", "{\"a\":{\"b\":1,\"c\":[1,2,9]}}" },
                { "/a/c/1", NULL, "{\"a\":{\"b\":1,\"c\":[1]}}" },
                { "/a/b", NULL, "{\"a\":{\"c\":[1,2]}}" },
                { "/x/y", "true", "{\"a\":{\"b\":1,\"c\":[1,2]},\"x\":{\"y\":true}}" },
                { "/p~1q~0", "1", "{\"a\":{\"b\":1,\"c\":[1,2]},\"p/q~\":1}" },
                { "", "[]", "[]" },
                { "/a/b/c", "1", NULL },
                { "/a/c/2", "1", NULL },
                { "/a/c/x", "1", NULL },
                { "/a/c/-", NULL, NULL },
                { "/nothing", NULL, NULL },
                { "a", "1", NULL },
        };
        struct cm_arena *arena = cm_arena_new(CM_MIB(8));
        const char *before = "{\"a\":{\"b\":1,\"c\":[1,2]}}";
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                const struct cm_node *root = tree(arena, before);
                const struct cm_node *value =
                        cases[i].value != NULL ? tree(arena, cases[i].value) : NULL;
                const struct cm_node *got = NULL;
                struct cm_err err = CM_ERR_INIT;
                struct cm_buf out;
                int r = cm_node_with(arena, root, cm_sv_from_cstr(cases[i].pointer), value, &got,
                                     &err);
                CM_CHECK((r == 0) == (cases[i].want != NULL));
                cm_buf_init(&out, CM_KIB(64));
                cm_node_write_json(&out, r == 0 ? got : root);
                CM_CHECK_SV(cm_buf_sv(&out), r == 0 ? cases[i].want : before);
                cm_buf_clear(&out);
                cm_node_write_json(&out, root); /* what it was made from is as it was */
                CM_CHECK_SV(cm_buf_sv(&out), before);
                cm_buf_fini(&out);
        }
        cm_arena_free(arena);
}
