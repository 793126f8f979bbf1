/* SPDX-License-Identifier: Apache-2.0 */
/* See examples.h. */
#include "comply/examples.h"

#include "base/escape.h"
#include "base/vec.h"
#include "codec/node_expect.h"
#include "codec/node_patch.h"

struct loader {
        struct cm_arena *arena;
        struct cm_sv source;
        const struct cm_node *bases;
        CM_VEC(struct cm_example) examples;
};

bool cm_examples_is(const struct cm_node *root)
{
        return cm_node_get(root, "examples") != NULL;
}

/* The tree with all changes of a map of pointers to values; null leaves out. */
static int change(const struct loader *l, const struct cm_node *root, const struct cm_node *set,
                  const struct cm_node **ret, struct cm_err *err)
{
        int r = 0;
        if (set != NULL && set->type != CM_NODE_MAP)
                return cm_node_wrong(l->source, set->pos, err, "this must map pointers to values");
        for (size_t i = 0; i < cm_node_count(set) && r == 0; i++) {
                const struct cm_node_member *m = &set->map.members[i];
                bool leave_out = cm_node_type(m->value) == CM_NODE_NULL;
                r = cm_node_with(l->arena, root, m->key, leave_out ? NULL : m->value, &root, err);
                if (r < 0)
                        return cm_err_context(err, "%.*s:%u:%u", CM_SV_ARG(l->source),
                                              m->key_pos.line, m->key_pos.column);
        }
        *ret = root;
        return r;
}

/* A text: of its own, or the base with lines behind it; what puts it right are other such lines. */
static int load_text(struct loader *l, const struct cm_node *n, struct cm_sv base,
                     struct cm_example *e, struct cm_err *err)
{
        struct cm_sv whole = cm_node_get_string(n, "text");
        struct cm_sv lines = cm_node_get_string(n, "add");
        if ((whole.len > 0) == (lines.len > 0) || cm_node_get(n, "set") != NULL)
                return cm_node_wrong(l->source, n->pos, err,
                                     "an example of a base of text needs 'text' or 'add'");
        e->violating_text = whole.len > 0 ? whole : cm_sv_join(l->arena, base, lines);
        e->satisfying_text = cm_sv_join(l->arena, base, cm_node_get_string(n, "good"));
        return 0;
}

static int load_example(struct loader *l, struct cm_sv topic, const struct cm_node *n,
                        struct cm_err *err)
{
        static const char *const known[] = { "in", "set", "good", "text", "add", "params", NULL };
        struct cm_example e = { .topic = topic, .pos = n->pos };
        int r = cm_node_only(l->arena, l->source, n, known, err);
        if (r == 0)
                r = cm_node_text(l->source, n, "in", true, &e.base, err);
        if (r < 0)
                return r;
        const struct cm_node *base = cm_node_get_sv(l->bases, e.base);
        if (base == NULL)
                return cm_node_wrong(l->source, n->pos, err, "there is no base '%s'",
                                     cm_escape(l->arena, e.base));
        const struct cm_node *given = cm_node_get(base, "given");
        e.name = cm_node_get_string(base, "name");
        e.params = cm_node_get(n, "params");
        if (given == NULL) {
                r = load_text(l, n, cm_node_get_string(base, "text"), &e, err);
        } else if (cm_node_count(cm_node_get(n, "set")) == 0) {
                r = cm_node_wrong(l->source, n->pos, err, "an example needs 'set'");
        } else {
                r = change(l, given, cm_node_get(n, "good"), &e.satisfying, err);
                if (r == 0)
                        r = change(l, e.satisfying, cm_node_get(n, "set"), &e.violating, err);
        }
        if (r == 0)
                *CM_VEC_PUSH(l->arena, &l->examples) = e;
        return r;
}

static int load_topic(struct loader *l, const struct cm_node_member *m, struct cm_err *err)
{
        static const char *const known[] = { "asks", "violates", NULL };
        struct cm_sv asks = CM_SV("");
        const struct cm_node *violates = cm_node_get(m->value, "violates");
        int r = cm_node_only(l->arena, l->source, m->value, known, err);
        if (r == 0)
                r = cm_node_text(l->source, m->value, "asks", true, &asks, err);
        if (r == 0 && (cm_node_type(violates) != CM_NODE_LIST || cm_node_count(violates) == 0))
                r = cm_node_wrong(l->source, m->key_pos, err, "a topic needs 'violates', a list");
        for (size_t i = 0; i < cm_node_count(violates) && r == 0; i++) {
                r = load_example(l, m->key, cm_node_at(violates, i), err);
                if (r == 0)
                        l->examples.items[l->examples.count - 1].number = i + 1;
        }
        return r;
}

int cm_examples_load(struct cm_arena *arena, struct cm_sv source, const struct cm_node *root,
                     struct cm_examples *ret, struct cm_err *err)
{
        static const char *const known[] = { "examples", "bases", "topics", NULL };
        struct loader l = { .arena = arena, .source = source, .bases = cm_node_get(root, "bases") };
        const struct cm_node *topics = cm_node_get(root, "topics");
        int r = cm_node_only(arena, source, root, known, err);
        if (r == 0 && cm_node_type(topics) != CM_NODE_MAP)
                r = cm_node_wrong(source, root->pos, err, "examples need 'topics'");
        for (size_t i = 0; r == 0 && i < cm_node_count(topics); i++)
                r = load_topic(&l, &topics->map.members[i], err);
        if (r < 0)
                return r;
        ret->items = l.examples.items;
        ret->count = l.examples.count;
        return 0;
}

int cm_examples_verify(struct cm_arena *arena, const struct cm_examples *examples,
                       const struct cm_frameworks *frameworks, struct cm_err *err)
{
        for (size_t i = 0; i < frameworks->count; i++) {
                const struct cm_framework *f = &frameworks->items[i];
                for (size_t j = 0; j < f->row_count; j++) {
                        const struct cm_node *topics = f->rows[j].topics;
                        for (size_t k = 0; k < cm_node_count(topics); k++) {
                                const struct cm_node *topic = cm_node_at(topics, k);
                                bool found = false;
                                for (size_t m = 0; m < examples->count && !found; m++)
                                        found = cm_sv_eq(examples->items[m].topic, topic->text);
                                if (!found)
                                        return cm_node_wrong(f->source, topic->pos, err,
                                                             "topic '%s' has no example",
                                                             cm_escape(arena, topic->text));
                        }
                }
        }
        return 0;
}
