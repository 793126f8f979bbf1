/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether there is a match at all, by subset construction; see regex_internal.h. A small automaton
 * is built whole with the pattern and is then read-only; a large one is built along a text and
 * forgotten. A state is the set of instructions reached before assertions are looked at, for those
 * depend on the symbol that follows: so a match shows one symbol late, at the latest at the end.
 */
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "cel/regex_internal.h"

enum {
        UNKNOWN = 0xffff,
        STATES_MAX = 4096,
        CONTEXTS = 8, /* combinations of CM_RE_CTX_... */
        /* Entries of a table that is built along a text. */
        LAZY_ENTRIES_MAX = 1 << 19,
        /* Instructions in all states together: 4 MiB. */
        PCS_MAX = 1 << 20,
        /* Instructions looked at for a pattern's own table: bounds the time of compiling. */
        TABLE_STEPS_MAX = 200000,
        /* Below that, the set-up costs more than the search by threads. */
        LAZY_TEXT_BYTES_MIN = 256
};

struct state {
        const uint32_t *pcs; /* ascending */
        size_t count;
        unsigned context; /* of the symbol before */
};

/* The symbols that a state can take before one of a context: what is left of its instructions when
 * all that takes no symbol was followed. One for all symbols of the context. */
struct closure {
        uint32_t generation; /* of the state that it is for */
        bool is_match;
        uint32_t *pcs; /* of CM_RE_OP_SET */
        size_t count;
};

struct dfa {
        const struct cm_regex *re;
        struct cm_arena *arena;
        struct state *states;
        size_t count;
        size_t states_max;
        uint16_t *next;
        size_t stride;
        uint16_t *slots; /* hash table of states, 0 is free */
        size_t slots_mask;
        size_t steps;
        size_t pcs_count;
        /* Working sets. */
        uint32_t *stack;
        uint32_t *seen; /* by instruction: generation */
        uint32_t generation;
        uint64_t *target; /* bits by instruction */
        struct closure closures[CONTEXTS];
        size_t closed_state; /* that they are of */
        uint32_t closed_generation;
};

static uint16_t add_state(struct dfa *d, const uint32_t *pcs, size_t count, unsigned context)
{
        uint64_t hash = cm_hash64(cm_sv_make(pcs, count * sizeof(pcs[0])), context);
        size_t slot = (size_t)hash & d->slots_mask;
        for (; d->slots[slot] != 0; slot = (slot + 1) & d->slots_mask) {
                const struct state *s = &d->states[d->slots[slot]];
                if (s->count == count && s->context == context &&
                    (count == 0 || memcmp(s->pcs, pcs, count * sizeof(pcs[0])) == 0))
                        return d->slots[slot];
        }
        if (d->count >= d->states_max || d->pcs_count + count > PCS_MAX)
                return UNKNOWN;
        d->pcs_count += count;
        uint32_t *copy = CM_NEW_ARRAY(d->arena, uint32_t, count);
        if (count > 0)
                memcpy(copy, pcs, count * sizeof(pcs[0]));
        uint16_t id = (uint16_t)d->count++;
        d->states[id] = (struct state){ copy, count, context };
        memset(d->next + id * d->stride, 0xff, d->stride * sizeof(d->next[0]));
        d->slots[slot] = id;
        return id;
}

/* The state of having nothing but the start, after a symbol of that context. */
static uint16_t start_state(struct dfa *d, unsigned context)
{
        /* With a prefix no assertion comes first, so the context does not matter. */
        if (!d->re->has_assert || d->re->prefix.len > 0)
                context = 0;
        return add_state(d, &d->re->start, 1, context);
}

static void init(struct dfa *d, const struct cm_regex *re, struct cm_arena *arena,
                 size_t entries_max)
{
        *d = (struct dfa){ .re = re, .arena = arena };
        d->stride = (size_t)re->alphabet.symbol_count + 1;
        d->states_max = CM_MIN(entries_max / d->stride, (size_t)STATES_MAX);
        if (d->states_max < CM_RE_STATE_FIRST + 2)
                return;
        size_t slots = 64;
        while (slots < d->states_max * 2)
                slots *= 2;
        d->slots_mask = slots - 1;
        d->states = CM_NEW_ARRAY(arena, struct state, d->states_max);
        d->next = cm_arena_alloc_array(arena, d->states_max * d->stride, sizeof(d->next[0]),
                                       _Alignof(uint16_t));
        d->slots = CM_NEW_ARRAY(arena, uint16_t, slots);
        d->stack = CM_NEW_ARRAY(arena, uint32_t, re->count * 2 + 1);
        d->seen = CM_NEW_ARRAY(arena, uint32_t, re->count);
        d->target = CM_NEW_ARRAY(arena, uint64_t, (re->count + 63) / 64);
        d->count = CM_RE_STATE_START;
        for (size_t i = 0; i < d->stride; i++) {
                d->next[CM_RE_STATE_DEAD * d->stride + i] = CM_RE_STATE_DEAD;
                d->next[CM_RE_STATE_MATCH * d->stride + i] = CM_RE_STATE_MATCH;
        }
        if (re->prefix.len > 0 && !re->is_anchored)
                start_state(d, 0);
        else
                d->count = CM_RE_STATE_FIRST; /* an anchored search does not come back to it */
}

/* Follows what takes no symbol, from the state's instructions, before a symbol of context `after`. */
static void close_state(struct dfa *d, const struct state *state, unsigned after, struct closure *c)
{
        const struct cm_regex *re = d->re;
        size_t depth = 0;
        d->generation++;
        c->is_match = false;
        c->count = 0;
        if (c->pcs == NULL)
                c->pcs = CM_NEW_ARRAY(d->arena, uint32_t, re->count);
        for (size_t i = 0; i < state->count; i++) {
                d->stack[depth++] = state->pcs[i];
                while (depth > 0) {
                        uint32_t pc = d->stack[--depth];
                        const struct cm_re_inst *in = &re->insts[pc];
                        if (d->seen[pc] == d->generation)
                                continue;
                        d->seen[pc] = d->generation;
                        d->steps++;
                        switch (in->op) {
                        case CM_RE_OP_MATCH:
                                c->is_match = true;
                                return;
                        case CM_RE_OP_SPLIT:
                                d->stack[depth++] = in->arg;
                                d->stack[depth++] = in->out;
                                break;
                        case CM_RE_OP_SAVE:
                                d->stack[depth++] = in->out;
                                break;
                        case CM_RE_OP_ASSERT:
                                if (cm_re_assert_holds(in->arg, state->context, after))
                                        d->stack[depth++] = in->out;
                                break;
                        case CM_RE_OP_SET:
                                c->pcs[c->count++] = pc;
                                break;
                        }
                }
        }
}

static const struct closure *closure_of(struct dfa *d, size_t from, unsigned after)
{
        after = d->re->has_assert ? after : 0;
        struct closure *c = &d->closures[after];
        if (d->closed_generation == 0 || d->closed_state != from) {
                d->closed_state = from;
                d->closed_generation++;
        }
        if (c->generation != d->closed_generation) {
                close_state(d, &d->states[from], after, c);
                c->generation = d->closed_generation;
        }
        return c;
}

/* Sets the bits in `target` of what follows the symbol. True when the match is reached before it. */
static bool take_symbol(struct dfa *d, size_t from, uint32_t symbol)
{
        const struct cm_re_alphabet *a = &d->re->alphabet;
        const struct closure *c = closure_of(d, from, a->contexts[symbol]);
        if (c->is_match || symbol == a->symbol_count)
                return c->is_match;
        d->steps += c->count;
        for (size_t i = 0; i < c->count; i++) {
                const struct cm_re_inst *in = &d->re->insts[c->pcs[i]];
                if (cm_re_set_has(a, in->arg, symbol))
                        d->target[in->out / 64] |= UINT64_C(1) << (in->out % 64);
        }
        return false;
}

/* Moves the bits of `target` into the stack, ascending; the count. */
static size_t take_target(struct dfa *d)
{
        size_t count = 0;
        for (size_t word = 0; word < (d->re->count + 63) / 64; word++)
                for (; d->target[word] != 0; d->target[word] &= d->target[word] - 1)
                        d->stack[count++] =
                                (uint32_t)(word * 64) + (uint32_t)__builtin_ctzll(d->target[word]);
        return count;
}

/* The state after `symbol`, or UNKNOWN when there is no room for one more. */
static uint16_t step(struct dfa *d, uint16_t from, uint32_t symbol)
{
        const struct cm_regex *re = d->re;
        uint16_t *entry = &d->next[from * d->stride + symbol];
        if (*entry != UNKNOWN)
                return *entry;
        bool matched = take_symbol(d, from, symbol);
        uint16_t to = CM_RE_STATE_MATCH;
        if (!re->is_anchored)
                d->target[re->start / 64] |= UINT64_C(1) << (re->start % 64);
        size_t count = take_target(d);
        unsigned context = re->has_assert ? re->alphabet.contexts[symbol] : 0;
        if (!matched) {
                if (count == 0 || symbol == re->alphabet.symbol_count)
                        to = CM_RE_STATE_DEAD;
                else if (count == 1 && d->stack[0] == re->start && !re->is_anchored)
                        to = start_state(d, context);
                else
                        to = add_state(d, d->stack, count, context);
        }
        *entry = to;
        return to;
}

bool cm_re_table_build(struct cm_arena *work, const struct cm_regex *re, uint16_t *room,
                       struct cm_re_table *ret)
{
        struct dfa d;
        init(&d, re, work, CM_REGEX_TABLE_ENTRIES_MAX);
        if (d.states == NULL)
                return false;
        uint16_t begin = start_state(&d, CM_RE_CTX_EDGE);
        for (size_t from = CM_RE_STATE_START; from < d.count; from++)
                for (uint32_t symbol = 0; symbol < d.stride; symbol++)
                        if (d.states[from].pcs != NULL &&
                            (step(&d, (uint16_t)from, symbol) == UNKNOWN ||
                             d.steps > TABLE_STEPS_MAX))
                                return false;
        for (size_t i = 0; i < d.count * d.stride; i++)
                room[i] = d.next[i] == UNKNOWN ? 0 : (uint16_t)(d.next[i] * d.stride);
        *ret = (struct cm_re_table){ room, d.stride, (uint16_t)(begin * d.stride) };
        return true;
}

bool cm_re_table_has(const struct cm_regex *re, const struct cm_re_table *table, struct cm_sv text,
                     size_t from)
{
        const struct cm_re_alphabet *a = &re->alphabet;
        const unsigned char *bytes = (const unsigned char *)text.ptr;
        const uint16_t *next = table->next;
        bool can_skip = re->prefix.len > 0 && !re->is_anchored;
        size_t start = CM_RE_STATE_START * table->stride;
        size_t stop = (can_skip ? CM_RE_STATE_START : CM_RE_STATE_MATCH) * table->stride;
        size_t state = table->begin;
        size_t at = from;
        for (;;) {
                if (can_skip && state == start) {
                        ptrdiff_t found = cm_sv_find(cm_sv_skip(text, at), re->prefix);
                        if (found < 0)
                                return false;
                        at += (size_t)found;
                }
                while (at < text.len) {
                        size_t len = 1;
                        uint32_t symbol =
                                CM_LIKELY(bytes[at] < 0x80)
                                        ? a->ascii[bytes[at]]
                                        : cm_re_symbol(a, bytes + at, text.len - at, &len);
                        state = next[state + symbol];
                        at += len;
                        if (CM_UNLIKELY(state <= stop))
                                break;
                }
                if (can_skip && state == start && at < text.len)
                        continue;
                return next[state + a->symbol_count] == CM_RE_STATE_MATCH * table->stride;
        }
}

int cm_re_dfa_has(const struct cm_regex *re, struct cm_sv text, struct cm_arena *scratch)
{
        const unsigned char *bytes = (const unsigned char *)text.ptr;
        struct dfa d;
        if (text.len < LAZY_TEXT_BYTES_MIN)
                return -1;
        init(&d, re, scratch, LAZY_ENTRIES_MAX);
        if (d.states == NULL)
                return -1;
        uint16_t state = start_state(&d, CM_RE_CTX_EDGE);
        for (size_t at = 0; at < text.len;) {
                size_t len = 0;
                uint32_t symbol = cm_re_symbol(&re->alphabet, bytes + at, text.len - at, &len);
                state = step(&d, state, symbol);
                if (state <= CM_RE_STATE_MATCH)
                        return state == CM_RE_STATE_MATCH;
                if (state == UNKNOWN)
                        return -1;
                at += len;
        }
        return step(&d, state, re->alphabet.symbol_count) == CM_RE_STATE_MATCH;
}
