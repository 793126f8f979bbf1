/* SPDX-License-Identifier: Apache-2.0 */
/* Regular expression tree to program and alphabet; see regex_internal.h. */
#include <string.h>

#include "base/limits.h"
#include "cel/regex_internal.h"

enum {
        /* Nodes visited while repeats are written out: bounds those that emit nothing. */
        STEPS_MAX = 1 << 18
};

struct generator {
        struct cm_re_inst *insts;
        size_t count;
        size_t steps;
        bool too_large;
        bool has_assert;
};

/* Past the limit everything lands on instruction 0, and the caller refuses the program. */
static uint32_t emit(struct generator *g, enum cm_re_op op, uint32_t out, uint32_t arg)
{
        if (g->count >= CM_REGEX_PROGRAM_MAX) {
                g->too_large = true;
                return 0;
        }
        g->insts[g->count] = (struct cm_re_inst){ op, out, arg };
        return (uint32_t)g->count++;
}

static bool is_nullable(const struct cm_re_node *node)
{
        switch (node->kind) {
        case CM_RE_EMPTY:
        case CM_RE_ASSERT:
                return true;
        case CM_RE_SET:
                return false;
        case CM_RE_GROUP:
                return is_nullable(node->children.items[0]);
        case CM_RE_REPEAT:
                return node->min == 0 || is_nullable(node->children.items[0]);
        case CM_RE_CAT:
                for (size_t i = 0; i < node->children.count; i++)
                        if (!is_nullable(node->children.items[i]))
                                return false;
                return true;
        case CM_RE_ALT:
                for (size_t i = 0; i < node->children.count; i++)
                        if (is_nullable(node->children.items[i]))
                                return true;
                return false;
        }
        return false;
}

static uint32_t generate(struct generator *g, const struct cm_re_node *node, uint32_t next);

/* A choice between `body` and going on; the preferred way first. */
static uint32_t split(struct generator *g, bool greedy, uint32_t body, uint32_t next)
{
        return greedy ? emit(g, CM_RE_OP_SPLIT, body, next) : emit(g, CM_RE_OP_SPLIT, next, body);
}

/* x+: the body leads to the choice whether to enter it again. Returns the body. */
static uint32_t plus(struct generator *g, const struct cm_re_node *node, uint32_t next,
                     uint32_t *ret_choice)
{
        uint32_t choice = split(g, node->greedy, 0, next);
        uint32_t body = generate(g, node->children.items[0], choice);
        if (g->too_large)
                return 0;
        if (node->greedy)
                g->insts[choice].out = body;
        else
                g->insts[choice].arg = body;
        *ret_choice = choice;
        return body;
}

static uint32_t repeat(struct generator *g, const struct cm_re_node *node, uint32_t next)
{
        const struct cm_re_node *child = node->children.items[0];
        uint32_t choice = 0;
        uint32_t at = next;
        int32_t copies = node->min;
        if (node->max < 0) {
                at = plus(g, node, next, &choice);
                /* With an empty body x* is (x+)?: else the order of preference is wrong. */
                if (node->min == 0)
                        return is_nullable(child) ? split(g, node->greedy, at, next) : choice;
                copies--;
        } else {
                for (int32_t i = node->min; i < node->max && !g->too_large; i++)
                        at = split(g, node->greedy, generate(g, child, at), next);
        }
        for (int32_t i = 0; i < copies && !g->too_large; i++)
                at = generate(g, child, at);
        return at;
}

/* Emits what leads from the returned instruction through `node` to `next`. */
static uint32_t generate(struct generator *g, const struct cm_re_node *node, uint32_t next)
{
        uint32_t at = next;
        if (g->too_large || ++g->steps > STEPS_MAX) {
                g->too_large = true;
                return 0;
        }
        switch (node->kind) {
        case CM_RE_EMPTY:
                return next;
        case CM_RE_SET:
                return emit(g, CM_RE_OP_SET, next, node->set);
        case CM_RE_ASSERT:
                g->has_assert = true;
                return emit(g, CM_RE_OP_ASSERT, next, node->assertion);
        case CM_RE_CAT:
                for (size_t i = node->children.count; i-- > 0;)
                        at = generate(g, node->children.items[i], at);
                return at;
        case CM_RE_ALT:
                at = generate(g, node->children.items[node->children.count - 1], next);
                for (size_t i = node->children.count - 1; i-- > 0;)
                        at = emit(g, CM_RE_OP_SPLIT, generate(g, node->children.items[i], next),
                                  at);
                return at;
        case CM_RE_REPEAT:
                return repeat(g, node, next);
        case CM_RE_GROUP:
                at = emit(g, CM_RE_OP_SAVE, next, node->group * 2 + 1);
                at = generate(g, node->children.items[0], at);
                return emit(g, CM_RE_OP_SAVE, at, node->group * 2);
        }
        return next;
}

static bool begins_text(const struct cm_re_node *node)
{
        switch (node->kind) {
        case CM_RE_ASSERT:
                return node->assertion == CM_RE_TEXT_BEGIN;
        case CM_RE_GROUP:
                return begins_text(node->children.items[0]);
        case CM_RE_CAT:
                return node->children.count > 0 && begins_text(node->children.items[0]);
        case CM_RE_ALT:
                for (size_t i = 0; i < node->children.count; i++)
                        if (!begins_text(node->children.items[i]))
                                return false;
                return true;
        case CM_RE_REPEAT:
                return node->min > 0 && begins_text(node->children.items[0]);
        case CM_RE_EMPTY:
        case CM_RE_SET:
                break;
        }
        return false;
}

/* Appends the text that a match of `node` begins with; true when it is all of the match. */
static bool add_prefix(const struct cm_re_tree *tree, const struct cm_re_node *node, char *out,
                       size_t *len)
{
        switch (node->kind) {
        case CM_RE_EMPTY:
                return true;
        case CM_RE_SET: {
                const struct cm_runes *set = &tree->sets.items[node->set];
                if (set->count != 1 || set->items[0].low != set->items[0].high ||
                    set->items[0].low == CM_RUNE_ERROR || *len + 4 > CM_REGEX_PATTERN_BYTES_MAX)
                        return false;
                *len += cm_rune_encode(set->items[0].low, out + *len);
                return true;
        }
        case CM_RE_CAT:
                for (size_t i = 0; i < node->children.count; i++)
                        if (!add_prefix(tree, node->children.items[i], out, len))
                                return false;
                return true;
        case CM_RE_GROUP:
                return add_prefix(tree, node->children.items[0], out, len);
        case CM_RE_REPEAT:
                if (node->min > 0)
                        CM_IGNORE(add_prefix(tree, node->children.items[0], out, len));
                return false;
        case CM_RE_ALT:
        case CM_RE_ASSERT:
                break;
        }
        return false;
}

/* The alphabet. */
struct partition {
        uint32_t *starts;
        uint32_t *ids;
        size_t count;
        uint32_t id_count;
};

static void sift_u32(uint32_t *heap, size_t at, size_t count)
{
        while (2 * at + 1 < count) {
                size_t child = 2 * at + 1;
                if (child + 1 < count && heap[child] < heap[child + 1])
                        child++;
                if (heap[at] >= heap[child])
                        return;
                uint32_t t = heap[at];
                heap[at] = heap[child];
                heap[child] = t;
                at = child;
        }
}

static void sort_u32(uint32_t *items, size_t count)
{
        for (size_t i = count / 2; i-- > 0;)
                sift_u32(items, i, count);
        for (size_t end = count; end-- > 1;) {
                uint32_t t = items[0];
                items[0] = items[end];
                items[end] = t;
                sift_u32(items, 0, end);
        }
}

static void collect_starts(struct cm_arena *arena, const struct cm_re_tree *tree,
                           struct partition *p)
{
        size_t count = 1;
        for (size_t i = 0; i < tree->sets.count; i++)
                count += tree->sets.items[i].count * 2;
        p->starts = CM_NEW_ARRAY(arena, uint32_t, count);
        p->count = 1;
        for (size_t i = 0; i < tree->sets.count; i++) {
                const struct cm_runes *set = &tree->sets.items[i];
                for (size_t j = 0; j < set->count; j++) {
                        p->starts[p->count++] = set->items[j].low;
                        if (set->items[j].high < CM_RUNE_MAX)
                                p->starts[p->count++] = set->items[j].high + 1;
                }
        }
        sort_u32(p->starts, p->count);
        size_t n = 1;
        for (size_t i = 1; i < p->count; i++)
                if (p->starts[i] != p->starts[n - 1])
                        p->starts[n++] = p->starts[i];
        p->count = n;
        p->ids = CM_NEW_ARRAY(arena, uint32_t, n);
        p->id_count = 1;
}

/* Index of the interval that holds `rune`. */
static size_t interval_of(const uint32_t *starts, size_t count, uint32_t rune)
{
        size_t low = 0;
        size_t high = count;
        while (high - low > 1) {
                size_t middle = low + (high - low) / 2;
                if (starts[middle] <= rune)
                        low = middle;
                else
                        high = middle;
        }
        return low;
}

/* What refining by one set keeps, by id. */
struct counts {
        uint32_t *sizes;   /* intervals of the id */
        uint32_t *inside;  /* of which the set has so many; 0 between sets */
        uint32_t *renamed; /* the id of those inside, when some are outside; 0 between sets */
};

enum step {
        STEP_COUNT,
        STEP_RENAME,
        STEP_FORGET
};

static void refine_interval(struct partition *p, struct counts *c, enum step step, size_t i)
{
        uint32_t id = p->ids[i];
        switch (step) {
        case STEP_COUNT:
                c->inside[id]++;
                break;
        case STEP_RENAME:
                if (c->renamed[id] == 0 && c->inside[id] < c->sizes[id])
                        c->renamed[id] = p->id_count++;
                if (c->renamed[id] != 0) {
                        c->sizes[c->renamed[id]]++;
                        p->ids[i] = c->renamed[id];
                }
                break;
        case STEP_FORGET:
                c->inside[id] = 0;
                break;
        }
}

static void refine_step(struct partition *p, const struct cm_runes *set, struct counts *c,
                        enum step step)
{
        for (size_t j = 0; j < set->count; j++)
                for (size_t i = interval_of(p->starts, p->count, set->items[j].low);
                     i < p->count && p->starts[i] <= set->items[j].high; i++)
                        refine_interval(p, c, step, i);
}

static void refine_all(struct cm_arena *work, const struct cm_re_tree *tree, struct partition *p)
{
        struct counts c = { .sizes = CM_NEW_ARRAY(work, uint32_t, p->count + 1),
                            .inside = CM_NEW_ARRAY(work, uint32_t, p->count + 1),
                            .renamed = CM_NEW_ARRAY(work, uint32_t, p->count + 1) };
        c.sizes[0] = (uint32_t)p->count;
        for (size_t s = 0; s < tree->sets.count; s++) {
                /* Ids that are partly inside the set get a new id for that part. */
                for (enum step step = STEP_COUNT; step <= STEP_FORGET; step++)
                        refine_step(p, &tree->sets.items[s], &c, step);
                for (uint32_t id = 0; id < p->id_count; id++) {
                        if (c.renamed[id] == 0)
                                continue;
                        c.sizes[id] -= c.sizes[c.renamed[id]];
                        c.inside[id] = 0;
                        c.renamed[id] = 0;
                }
        }
        CM_ASSERT(p->id_count <= p->count && p->id_count < UINT16_MAX);
}

static void add_context(struct cm_arena *arena, const struct cm_re_tree *tree, size_t set,
                        const struct partition *p, struct cm_re_alphabet *out)
{
        uint8_t *contexts = CM_NEW_ARRAY(arena, uint8_t, p->id_count + 1);
        contexts[p->id_count] = CM_RE_CTX_EDGE;
        for (size_t k = 0; set != 0 && k < 2; k++) {
                const struct cm_runes *runes = &tree->sets.items[set + k];
                for (size_t j = 0; j < runes->count; j++)
                        for (size_t i = interval_of(p->starts, p->count, runes->items[j].low);
                             i < p->count && p->starts[i] <= runes->items[j].high; i++)
                                contexts[p->ids[i]] |= k == 0 ? CM_RE_CTX_WORD : CM_RE_CTX_NEWLINE;
        }
        out->contexts = contexts;
}

/* Two sets more when the program has assertions: words and newlines; the index of the first. */
static size_t add_assert_sets(struct cm_arena *arena, struct cm_re_tree *tree)
{
        struct cm_runes word = { 0 };
        struct cm_runes newline = { 0 };
        size_t index = tree->sets.count;
        cm_runes_add_perl(arena, &word, 'w');
        cm_runes_add(arena, &newline, '\n', '\n');
        *CM_VEC_PUSH(arena, &tree->sets) = word;
        *CM_VEC_PUSH(arena, &tree->sets) = newline;
        return index;
}

static void *keep(struct cm_arena *arena, const void *items, size_t size_bytes, size_t align)
{
        void *out = cm_arena_alloc(arena, size_bytes, align);
        if (size_bytes > 0)
                memcpy(out, items, size_bytes);
        return out;
}

static void build_alphabet(struct cm_arena *arena, struct cm_arena *work, struct cm_re_tree *tree,
                           bool has_assert, struct cm_re_alphabet *out)
{
        struct partition p;
        size_t contexts_set = 0;
        if (has_assert) {
                if (tree->sets.count == 0) /* index 0 means "none" */
                        *CM_VEC_PUSH(work, &tree->sets) = (struct cm_runes){ 0 };
                contexts_set = add_assert_sets(work, tree);
        }
        collect_starts(work, tree, &p);
        refine_all(work, tree, &p);
        uint16_t *symbols = CM_NEW_ARRAY(arena, uint16_t, p.count);
        for (size_t i = 0; i < p.count; i++)
                symbols[i] = (uint16_t)p.ids[i];
        out->starts = keep(arena, p.starts, p.count * sizeof(p.starts[0]), _Alignof(uint32_t));
        out->symbols = symbols;
        out->count = p.count;
        out->symbol_count = p.id_count;
        out->set_words = (p.id_count + 63) / 64;
        uint64_t *bits = CM_NEW_ARRAY(arena, uint64_t, out->set_words * tree->sets.count);
        for (size_t i = 0; i < tree->sets.count; i++) {
                const struct cm_runes *set = &tree->sets.items[i];
                for (size_t j = 0; j < set->count; j++)
                        for (size_t k = interval_of(p.starts, p.count, set->items[j].low);
                             k < p.count && p.starts[k] <= set->items[j].high; k++)
                                bits[i * out->set_words + p.ids[k] / 64] |= UINT64_C(1)
                                                                            << (p.ids[k] % 64);
        }
        out->set_bits = bits;
        add_context(arena, tree, contexts_set, &p, out);
        size_t interval = 0;
        for (uint32_t c = 0; c < CM_ARRAY_LEN(out->ascii); c++) {
                if (interval + 1 < p.count && p.starts[interval + 1] == c)
                        interval++;
                out->ascii[c] = symbols[interval];
        }
}

uint32_t cm_re_rune_symbol(const struct cm_re_alphabet *a, uint32_t rune)
{
        return a->symbols[interval_of(a->starts, a->count, rune)];
}

int cm_re_compile(struct cm_arena *arena, struct cm_arena *work, struct cm_re_tree *tree,
                  struct cm_regex *re, struct cm_err *err)
{
        struct generator g = { 0 };
        /* Not zeroed: most programs use little of it. */
        g.insts = cm_arena_alloc_array(work, CM_REGEX_PROGRAM_MAX, sizeof(g.insts[0]),
                                       _Alignof(struct cm_re_inst));
        uint32_t end = emit(&g, CM_RE_OP_MATCH, 0, 0);
        re->start = generate(&g, tree->root, end);
        if (g.too_large)
                return CM_RAISE(err, CM_E_LIMIT,
                                "regular expression needs more than %zu instructions "
                                "(regex_program_max)",
                                CM_REGEX_PROGRAM_MAX);
        re->insts = keep(arena, g.insts, g.count * sizeof(g.insts[0]), _Alignof(struct cm_re_inst));
        re->count = g.count;
        re->has_assert = g.has_assert;
        re->is_anchored = begins_text(tree->root);
        re->group_count = tree->names.count - 1;
        struct cm_sv *names = CM_NEW_ARRAY(arena, struct cm_sv, tree->names.count);
        for (size_t i = 0; i < tree->names.count; i++)
                names[i] = cm_sv_dup(arena, tree->names.items[i]);
        re->names = names;
        char *prefix = cm_arena_alloc(work, CM_REGEX_PATTERN_BYTES_MAX, 1);
        size_t len = 0;
        bool whole = add_prefix(tree, tree->root, prefix, &len);
        re->prefix = cm_sv_dup(arena, cm_sv_make(prefix, len));
        re->is_literal = whole && len > 0 && re->group_count == 0;
        build_alphabet(arena, work, tree, g.has_assert, &re->alphabet);
        return 0;
}
