/* SPDX-License-Identifier: Apache-2.0 */
/* See node_patch.h. */
#include "codec/node_patch.h"

#include "base/buf.h"
#include "base/escape.h"
#include "base/limits.h"
#include "codec/pointer.h"

struct patch {
        struct cm_arena *arena;
        struct cm_sv pointer; /* whole, for messages */
        const struct cm_node *value;
        struct cm_err *err;
};

static int nowhere(const struct patch *p)
{
        return CM_RAISE(p->err, CM_E_MALFORMED, "pointer '%s' leads to nothing",
                        cm_escape(p->arena, p->pointer));
}

static int put(const struct patch *p, const struct cm_node *n, struct cm_sv rest, size_t depth,
               const struct cm_node **ret);

static int put_in_map(const struct patch *p, const struct cm_node *n, struct cm_sv key,
                      struct cm_sv rest, size_t depth, const struct cm_node **ret)
{
        struct cm_node *copy =
                cm_node_new_map(p->arena, n != NULL ? n->pos : (struct cm_node_pos){ 0, 0 });
        const struct cm_node *old = cm_node_get_sv(n, key);
        const struct cm_node *changed = NULL;
        if (old == NULL && p->value == NULL)
                return nowhere(p);
        int r = put(p, old, rest, depth, &changed);
        if (r < 0)
                return r;
        for (size_t i = 0; i < cm_node_count(n); i++) {
                const struct cm_node_member *m = &n->map.members[i];
                if (!cm_sv_eq(m->key, key))
                        cm_node_put(p->arena, copy, m->key, m->key_pos, m->value);
                else if (changed != NULL)
                        cm_node_put(p->arena, copy, m->key, m->key_pos, changed);
        }
        if (old == NULL)
                cm_node_put(p->arena, copy, key, copy->pos, changed);
        *ret = copy;
        return 0;
}

static int put_in_list(const struct patch *p, const struct cm_node *n, struct cm_sv token,
                       struct cm_sv rest, size_t depth, const struct cm_node **ret)
{
        struct cm_node *copy = cm_node_new_list(p->arena, n->pos);
        const struct cm_node *changed = NULL;
        struct cm_err ignored = CM_ERR_INIT;
        size_t count = cm_node_count(n);
        uint64_t index = count;
        bool appends = cm_sv_eq(token, CM_SV("-"));
        if (!appends && cm_parse_u64(token, 0, count, &index, &ignored) < 0)
                return nowhere(p);
        if (index == count && (!appends || p->value == NULL))
                return nowhere(p);
        int r = put(p, cm_node_at(n, (size_t)index), rest, depth, &changed);
        if (r < 0)
                return r;
        for (size_t i = 0; i < count; i++) {
                if (i != index)
                        cm_node_add(p->arena, copy, cm_node_at(n, i));
                else if (changed != NULL)
                        cm_node_add(p->arena, copy, changed);
        }
        if (index == count)
                cm_node_add(p->arena, copy, changed);
        *ret = copy;
        return 0;
}

/* `rest` is what is left of the pointer: "" or "/token...". *ret NULL: leave it out. */
static int put(const struct patch *p, const struct cm_node *n, struct cm_sv rest, size_t depth,
               const struct cm_node **ret)
{
        if (rest.len == 0) {
                *ret = p->value;
                return 0;
        }
        struct cm_sv token;
        if (depth == CM_NODE_DEPTH_MAX || !cm_pointer_next(p->arena, &rest, &token))
                return nowhere(p);
        if (cm_node_type(n) == CM_NODE_NULL || n->type == CM_NODE_MAP)
                return put_in_map(p, n, token, rest, depth + 1, ret);
        if (n->type == CM_NODE_LIST)
                return put_in_list(p, n, token, rest, depth + 1, ret);
        return nowhere(p);
}

int cm_node_with(struct cm_arena *arena, const struct cm_node *root, struct cm_sv pointer,
                 const struct cm_node *value, const struct cm_node **ret, struct cm_err *err)
{
        const struct patch p = { arena, pointer, value, err };
        return put(&p, root, pointer, 0, ret);
}
