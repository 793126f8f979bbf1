/* SPDX-License-Identifier: Apache-2.0 */
/* Two hash tables over one list of visited nodes: by address, and by place and type. */
#include "check/locate.h"

#include "base/buf.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/vec.h"
#include "codec/pointer.h"

/* A visited node and its way up; entry 0 is the root. */
struct entry {
        const struct cm_node *node;
        uint32_t parent;
        uint32_t number; /* of the item or member in the parent */
};

struct cm_node_locator {
        struct cm_arena *arena;
        const struct cm_node *root;
        bool is_made;
        CM_VEC(struct entry) entries;
        uint32_t *by_address; /* index + 1 into entries; 0 is free */
        uint32_t *by_place;
        size_t slot_count;
};

struct cm_node_locator *cm_node_locator_new(struct cm_arena *arena, const struct cm_node *root)
{
        struct cm_node_locator *l = CM_NEW(arena, struct cm_node_locator);
        l->arena = arena;
        l->root = root;
        return l;
}

static uint64_t hash_of(struct cm_sv bytes)
{
        return cm_hash64(bytes, 0);
}

static bool same_place(const struct cm_node *a, const struct cm_node *b)
{
        return a->pos.line == b->pos.line && a->pos.column == b->pos.column && a->type == b->type;
}

/* The slot of the node by address or by place: its own, or a free one. */
static uint32_t *slot_of(const struct cm_node_locator *l, const struct cm_node *n, bool by_place)
{
        const uint32_t place[] = { n->pos.line, n->pos.column, (uint32_t)n->type };
        uint64_t h = by_place ? hash_of(cm_sv_make(place, sizeof(place)))
                              : hash_of(cm_sv_make(&n, sizeof(n)));
        uint32_t *table = by_place ? l->by_place : l->by_address;
        for (size_t at = (size_t)h & (l->slot_count - 1);; at = (at + 1) & (l->slot_count - 1)) {
                const struct cm_node *other =
                        table[at] == 0 ? NULL : l->entries.items[table[at] - 1].node;
                if (other == NULL || (by_place ? same_place(other, n) : other == n))
                        return &table[at];
        }
}

static void grow(struct cm_node_locator *l)
{
        l->slot_count = l->slot_count == 0 ? 256 : l->slot_count * 2;
        l->by_address = CM_NEW_ARRAY(l->arena, uint32_t, l->slot_count);
        l->by_place = CM_NEW_ARRAY(l->arena, uint32_t, l->slot_count);
        for (size_t i = 0; i < l->entries.count; i++) {
                *slot_of(l, l->entries.items[i].node, false) = (uint32_t)i + 1;
                uint32_t *place = slot_of(l, l->entries.items[i].node, true);
                *place = *place == 0 ? (uint32_t)i + 1 : *place; /* the outermost stays */
        }
}

/* Nodes that aliases share are visited once. */
static void visit(struct cm_node_locator *l, const struct cm_node *n, size_t parent, size_t number)
{
        if (n == NULL || l->entries.count == CM_NODE_COUNT_MAX)
                return;
        if (l->entries.count * 2 >= l->slot_count)
                grow(l);
        uint32_t *slot = slot_of(l, n, false);
        if (*slot != 0)
                return;
        *CM_VEC_PUSH(l->arena, &l->entries) =
                (struct entry){ n, (uint32_t)parent, (uint32_t)number };
        *slot = (uint32_t)l->entries.count;
        uint32_t *place = slot_of(l, n, true);
        if (*place == 0)
                *place = *slot;
}

/* Breadth first: the list of entries is the queue. */
static void make(struct cm_node_locator *l)
{
        l->is_made = true;
        visit(l, l->root, 0, 0);
        for (size_t i = 0; i < l->entries.count; i++) {
                const struct cm_node *n = l->entries.items[i].node;
                for (size_t j = 0; j < cm_node_count(n); j++)
                        visit(l, cm_node_child(n, j), i, j);
        }
}

/* What an item of a list is called by those who write such lists; "" when it has no name. */
static struct cm_sv name_of(const struct cm_node *item)
{
        static const char *const keys[] = { "name", "Name", "Id", "ID" };
        const struct cm_node *name = cm_node_get(cm_node_get(item, "metadata"), "name");
        for (size_t i = 0; cm_node_string(name).len == 0 && i < CM_ARRAY_LEN(keys); i++)
                name = cm_node_get(item, keys[i]);
        return cm_node_string(name);
}

static struct cm_sv pointer_of(const struct cm_node_locator *l, struct cm_arena *out, uint32_t at,
                               bool by_name)
{
        uint32_t way[CM_NODE_DEPTH_MAX * 2];
        size_t depth = 0;
        for (; at != 0 && depth < CM_ARRAY_LEN(way); at = l->entries.items[at].parent)
                way[depth++] = at;
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&text, CM_MIB(1));
        while (depth > 0) {
                const struct entry *e = &l->entries.items[way[--depth]];
                const struct cm_node *parent = l->entries.items[e->parent].node;
                struct cm_sv name =
                        by_name && parent->type == CM_NODE_LIST ? name_of(e->node) : CM_SV("");
                if (name.len > 0)
                        cm_pointer_put(&text, name);
                else if (parent->type == CM_NODE_LIST)
                        cm_buf_printf(&text, "/%u", e->number);
                else
                        cm_pointer_put(&text, parent->map.members[e->number].key);
        }
        return cm_sv_dup(out, cm_buf_sv(&text));
}

bool cm_node_locate(struct cm_node_locator *l, struct cm_arena *out, const struct cm_node *wanted,
                    struct cm_sv *ret, struct cm_sv *ret_anchor)
{
        if (wanted == NULL)
                return false;
        if (!l->is_made)
                make(l);
        if (l->slot_count == 0)
                return false;
        uint32_t number = *slot_of(l, wanted, false);
        /* Views make one type of another ("80:80" becomes a map): of its own type, else of any. */
        if (number == 0 && wanted->pos.line > 0)
                number = *slot_of(l, wanted, true);
        for (unsigned type = 0; number == 0 && wanted->pos.line > 0 && type <= CM_NODE_MAP;
             type++) {
                const struct cm_node like = { .type = (enum cm_node_type)type, .pos = wanted->pos };
                number = *slot_of(l, &like, true);
        }
        if (number == 0)
                return false;
        *ret = pointer_of(l, out, number - 1, false);
        *ret_anchor = pointer_of(l, out, number - 1, true);
        return true;
}
