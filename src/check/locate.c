/* SPDX-License-Identifier: Apache-2.0 */
/* Depth-first search with a stack of its own; see locate.h. */
#include "check/locate.h"

#include "base/buf.h"
#include "base/limits.h"

struct level {
        const struct cm_node *node;
        size_t next;
};

static const struct cm_node *child(const struct cm_node *n, size_t i)
{
        return n->type == CM_NODE_LIST ? n->list.items[i] : n->map.members[i].value;
}

/* A view's own node stands where the node of the document does that it was made for. */
static bool is_same(const struct cm_node *n, const struct cm_node *wanted)
{
        return n == wanted || (wanted->pos.line > 0 && n->pos.line == wanted->pos.line &&
                               n->pos.column == wanted->pos.column && n->type == wanted->type);
}

static void put_key(struct cm_buf *out, struct cm_sv key)
{
        for (size_t i = 0; i < key.len; i++) {
                if (key.ptr[i] == '~')
                        cm_buf_put_str(out, "~0");
                else if (key.ptr[i] == '/')
                        cm_buf_put_str(out, "~1");
                else
                        cm_buf_put_char(out, key.ptr[i]);
        }
}

static struct cm_sv pointer_of(struct cm_arena *arena, const struct level *levels, size_t depth)
{
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, CM_MIB(1));
        for (size_t i = 0; i < depth; i++) {
                const struct cm_node *n = levels[i].node;
                size_t at = levels[i].next - 1;
                cm_buf_put_char(&out, '/');
                if (n->type == CM_NODE_LIST)
                        cm_buf_printf(&out, "%zu", at);
                else
                        put_key(&out, n->map.members[at].key);
        }
        return cm_sv_dup(arena, cm_buf_sv(&out));
}

bool cm_node_locate(struct cm_arena *arena, const struct cm_node *root,
                    const struct cm_node *wanted, struct cm_sv *ret)
{
        struct level levels[CM_NODE_DEPTH_MAX + 2];
        size_t depth = 0;
        if (root == NULL || wanted == NULL)
                return false;
        if (is_same(root, wanted)) {
                *ret = CM_SV("");
                return true;
        }
        levels[depth++] = (struct level){ root, 0 };
        /* Nodes shared by aliases could be visited very often: the search has an end. */
        for (size_t steps = 0; depth > 0 && steps < CM_NODE_COUNT_MAX; steps++) {
                struct level *top = &levels[depth - 1];
                if (top->next == cm_node_count(top->node)) {
                        depth--;
                        continue;
                }
                const struct cm_node *c = child(top->node, top->next++);
                if (is_same(c, wanted)) {
                        *ret = pointer_of(arena, levels, depth);
                        return true;
                }
                if (cm_node_count(c) > 0 && depth < CM_ARRAY_LEN(levels))
                        levels[depth++] = (struct level){ c, 0 };
        }
        return false;
}
