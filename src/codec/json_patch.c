/* SPDX-License-Identifier: Apache-2.0 */
/* See json_patch.h. Operations are made in the order in which a reader makes them, from the front. */
#include "codec/json_patch.h"

#include "base/escape.h"
#include "codec/node_json.h"
#include "codec/pointer.h"
#include "codec/text_edit.h"

struct patch {
        struct cm_arena *arena;
        struct cm_buf *out;
        bool has_some;
};

static void put(struct patch *p, const char *op, struct cm_sv path, const struct cm_node *value)
{
        cm_buf_printf(p->out, "%s{\"op\":\"%s\",\"path\":", p->has_some ? "," : "", op);
        cm_buf_put_json(p->out, path);
        if (value != NULL) {
                cm_buf_put_str(p->out, ",\"value\":");
                cm_node_write_json(p->out, value);
        }
        cm_buf_put_char(p->out, '}');
        p->has_some = true;
}

static struct cm_sv item_path(const struct patch *p, struct cm_sv path, size_t number)
{
        return cm_sv_printf(p->arena, "%.*s/%zu", CM_SV_ARG(path), number);
}

static void compare(struct patch *p, struct cm_sv path, const struct cm_node *a,
                    const struct cm_node *b);

static void compare_maps(struct patch *p, struct cm_sv path, const struct cm_node *a,
                         const struct cm_node *b)
{
        for (size_t i = 0; i < a->map.count; i++) {
                const struct cm_node_member *m = &a->map.members[i];
                const struct cm_node_member *other = cm_node_member(b, m->key);
                struct cm_sv member = cm_pointer_join(p->arena, path, m->key);
                if (other == NULL)
                        put(p, "remove", member, NULL);
                else
                        compare(p, member, m->value, other->value);
        }
        for (size_t i = 0; i < b->map.count; i++) {
                const struct cm_node_member *m = &b->map.members[i];
                if (cm_node_member(a, m->key) == NULL)
                        put(p, "add", cm_pointer_join(p->arena, path, m->key), m->value);
        }
}

/* Items that are the same stay; of the others as many are taken out or put in as the lengths differ. */
static void compare_lists(struct patch *p, struct cm_sv path, const struct cm_node *a,
                          const struct cm_node *b)
{
        size_t i = 0;
        size_t j = 0;
        while (i < a->list.count || j < b->list.count) {
                size_t left_a = a->list.count - i;
                size_t left_b = b->list.count - j;
                bool is_same = left_a > 0 && left_b > 0 &&
                               cm_node_is_same(a->list.items[i], b->list.items[j]);
                if (!is_same && left_a > left_b) {
                        put(p, "remove", item_path(p, path, j), NULL);
                        i++;
                        continue;
                }
                if (!is_same && left_a < left_b) {
                        put(p, "add",
                            left_a == 0 ? cm_sv_join(p->arena, path, CM_SV("/-"))
                                        : item_path(p, path, j),
                            b->list.items[j]);
                        j++;
                        continue;
                }
                if (!is_same)
                        compare(p, item_path(p, path, j), a->list.items[i], b->list.items[j]);
                i++;
                j++;
        }
}

/* Readers bound the depth (CM_NODE_DEPTH_MAX). */
static void compare(struct patch *p, struct cm_sv path, const struct cm_node *a,
                    const struct cm_node *b)
{
        if (cm_node_is_same(a, b))
                return;
        if (cm_node_type(a) == CM_NODE_MAP && cm_node_type(b) == CM_NODE_MAP)
                compare_maps(p, path, a, b);
        else if (cm_node_type(a) == CM_NODE_LIST && cm_node_type(b) == CM_NODE_LIST)
                compare_lists(p, path, a, b);
        else
                put(p, "replace", path, b);
}

void cm_json_patch_put(struct cm_arena *arena, struct cm_buf *out, const struct cm_node *before,
                       const struct cm_node *after)
{
        struct patch p = { .arena = arena, .out = out };
        cm_buf_put_char(out, '[');
        compare(&p, CM_SV(""), before, after);
        cm_buf_put_char(out, ']');
}
