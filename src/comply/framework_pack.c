/* SPDX-License-Identifier: Apache-2.0 */
/* See framework_pack.h. */
#include "comply/framework_pack.h"

#include "base/cursor.h"
#include "base/vec.h"
#include "check/document.h"

/* Put here by the source that tools/pack_checks.c writes. */
extern const char cm_frameworks_pack_begin[];
extern const char cm_frameworks_pack_end[];

/* Takes the next tree off the pack. Returns 1 at the end. */
static int next_tree(struct cm_arena *arena, struct cm_cursor *c, struct cm_sv *source,
                     const struct cm_node **ret, struct cm_err *err)
{
        if (c->len == 0)
                return 1;
        *source = cm_cursor_bytes(c);
        struct cm_sv text = cm_cursor_bytes(c);
        if (c->failed)
                return CM_RAISE(err, CM_E_INTERNAL, "the pack of frameworks is damaged");
        return cm_document_read_json(arena, text, ret, err);
}

static struct cm_sv packed(void)
{
        return cm_sv_make(cm_frameworks_pack_begin,
                          (size_t)(cm_frameworks_pack_end - cm_frameworks_pack_begin));
}

int cm_frameworks_open(struct cm_arena *arena, struct cm_frameworks *ret, struct cm_err *err)
{
        CM_VEC(struct cm_framework) found = { 0 };
        struct cm_cursor c = cm_cursor_make(packed());
        struct cm_sv source;
        const struct cm_node *root = NULL;
        int r = 0;
        while ((r = next_tree(arena, &c, &source, &root, err)) == 0) {
                struct cm_framework f;
                if (!cm_framework_is(root))
                        continue;
                r = cm_framework_load(arena, source, root, &f, err);
                if (r < 0)
                        return r;
                *CM_VEC_PUSH(arena, &found) = f;
        }
        if (r < 0)
                return r;
        ret->items = found.items;
        ret->count = found.count;
        return 0;
}

int cm_examples_open(struct cm_arena *arena, struct cm_examples *ret, struct cm_err *err)
{
        CM_VEC(struct cm_example) found = { 0 };
        struct cm_cursor c = cm_cursor_make(packed());
        struct cm_sv source;
        const struct cm_node *root = NULL;
        int r = 0;
        while ((r = next_tree(arena, &c, &source, &root, err)) == 0) {
                struct cm_examples one = { NULL, 0 };
                if (!cm_examples_is(root))
                        continue;
                r = cm_examples_load(arena, source, root, &one, err);
                if (r < 0)
                        return r;
                for (size_t i = 0; i < one.count; i++)
                        *CM_VEC_PUSH(arena, &found) = one.items[i];
        }
        if (r < 0)
                return r;
        ret->items = found.items;
        ret->count = found.count;
        return 0;
}
