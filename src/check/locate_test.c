/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of check/locate.h: places of nodes, and what stays of them when lists change. */
#include "check/document.h"
#include "tests/harness.h"

static const struct cm_node *parse(struct cm_arena *arena, const char *text)
{
        const struct cm_node *root = NULL;
        struct cm_err err = CM_ERR_INIT;
        CM_CHECK_INT(cm_document_read_json(arena, cm_sv_from_cstr(text), &root, &err), 0);
        return root;
}

CM_TEST(anchors_name_items_that_have_a_name)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        static const struct {
                const char *text, *pointer, *anchor;
        } cases[] = {
                { "{\"c\":[{\"name\":\"a\"},{\"name\":\"b/c\",\"x\":1}]}", "/c/1/x", "/c/b~1c/x" },
                { "{\"c\":[{\"Id\":\"12\",\"Name\":\"/web\",\"x\":1}]}", "/c/0/x", "/c/~1web/x" },
                { "{\"c\":[{\"metadata\":{\"name\":\"pod\"},\"name\":\"no\",\"x\":1}]}", "/c/0/x",
                  "/c/pod/x" },
                { "{\"c\":[{\"name\":7,\"x\":1}]}", "/c/0/x", "/c/0/x" },
                { "{\"c\":[[0,{\"x\":1}]]}", "/c/0/1/x", "/c/0/1/x" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                const struct cm_node *root = parse(arena, cases[i].text);
                const struct cm_node *list = cm_node_get(root, "c");
                const struct cm_node *item = list->list.items[list->list.count - 1];
                if (item->type == CM_NODE_LIST)
                        item = item->list.items[1];
                struct cm_node_locator *locator = cm_node_locator_new(arena, root);
                struct cm_sv pointer, anchor;
                CM_CHECK(cm_node_locate(locator, arena, cm_node_get(item, "x"), &pointer, &anchor));
                CM_CHECK_SV(pointer, cases[i].pointer);
                CM_CHECK_SV(anchor, cases[i].anchor);
        }
}
