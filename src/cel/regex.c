/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiling and searching; see regex.h. Where a match is (and its groups) is found by running all
 * threads of the program side by side over the text, in order of preference, each instruction at
 * most once per position (Pike's machine). Whether there is one: regex_dfa.c.
 */
#include "cel/regex.h"

#include <pthread.h>
#include <string.h>

#include "base/limits.h"
#include "cel/regex_internal.h"

enum {
        /* What parsing and compiling need at most: bounded by the limits on patterns. */
        WORK_BYTES_MAX = 1 << 28,
        /* When a table is built: regex_internal.h. A large program has one at once or never, so that
         * what short texts cost without one stays bounded. */
        SHORT_TEXT_BYTES = 64,
        USES_MAX = 32,
        LAZY_PROGRAM_MAX = 256
};

/* An offset that is not set, and what is no instruction. */
#define NOWHERE UINT32_MAX

static pthread_mutex_t deciding = PTHREAD_MUTEX_INITIALIZER;

static void decide_table(const struct cm_regex *re, struct cm_arena *work)
{
        struct cm_re_lazy *lazy = re->lazy;
        pthread_mutex_lock(&deciding);
        if (!atomic_load_explicit(&lazy->is_decided, memory_order_relaxed)) {
                if (!cm_re_table_build(work, re, lazy->room, &lazy->table))
                        lazy->table.next = NULL;
                atomic_store_explicit(&lazy->is_decided, true, memory_order_release);
        }
        pthread_mutex_unlock(&deciding);
}

/* The table for a text of this length, or NULL: there is none, or it would not pay yet. */
static const struct cm_re_table *table_for(const struct cm_regex *re, size_t text_bytes)
{
        struct cm_re_lazy *lazy = re->lazy;
        if (CM_UNLIKELY(!atomic_load_explicit(&lazy->is_decided, memory_order_acquire))) {
                if (text_bytes < SHORT_TEXT_BYTES &&
                    atomic_fetch_add_explicit(&lazy->uses, 1, memory_order_relaxed) < USES_MAX)
                        return NULL;
                CM_CLEANUP(cm_arena_freep)
                struct cm_arena *work = cm_arena_new(WORK_BYTES_MAX);
                decide_table(re, work);
        }
        return lazy->table.next != NULL ? &lazy->table : NULL;
}

int cm_regex_compile(struct cm_arena *arena, struct cm_sv pattern, const struct cm_regex **ret,
                     struct cm_err *err)
{
        CM_CLEANUP(cm_arena_freep)
        struct cm_arena *work = cm_arena_new(WORK_BYTES_MAX);
        struct cm_regex *re = CM_NEW(arena, struct cm_regex);
        struct cm_re_tree tree;
        int r = cm_re_parse(work, pattern, &tree, err);
        if (r == 0)
                r = cm_re_compile(arena, work, &tree, re, err);
        if (r < 0)
                return r;
        re->lazy = cm_arena_alloc(arena, sizeof(*re->lazy), _Alignof(struct cm_re_lazy));
        atomic_init(&re->lazy->uses, 0);
        atomic_init(&re->lazy->is_decided, false);
        if (re->count > LAZY_PROGRAM_MAX)
                decide_table(re, work);
        *ret = re;
        return 0;
}

size_t cm_regex_group_count(const struct cm_regex *re)
{
        return re->group_count;
}

struct cm_sv cm_regex_group_name(const struct cm_regex *re, size_t index)
{
        return index <= re->group_count ? re->names[index] : CM_SV("");
}

/* Threads that wait for a symbol (or have matched), best first; each instruction once. */
struct threads {
        uint32_t *pcs;
        size_t count;
        uint32_t *slots; /* by thread: slot_count offsets */
        uint32_t *seen;  /* by instruction: generation */
        size_t seen_count;
        uint32_t generation;
};

/* Instructions still to be followed, and slots to be put back after those above. */
struct todo {
        uint32_t pc; /* NOWHERE: put back */
        uint32_t slot;
        uint32_t value;
};

struct machine {
        const struct cm_regex *re;
        struct cm_sv text;
        size_t slot_count; /* 0: only whether there is a match */
        struct threads lists[2];
        struct todo *todo;
        uint32_t *slots; /* of the thread being followed */
        uint32_t *best;  /* of the match */
        size_t end;      /* where the last run stopped */
        bool matched;
};

/* The scan: the symbol at a position and the contexts around the position. */
struct place {
        size_t at;
        size_t len;
        uint32_t symbol;
        unsigned before;
        unsigned after;
};

static void place_read(const struct machine *m, struct place *place)
{
        const struct cm_re_alphabet *a = &m->re->alphabet;
        place->len = 0;
        place->symbol = a->symbol_count;
        if (place->at < m->text.len)
                place->symbol = cm_re_symbol(a, (const unsigned char *)m->text.ptr + place->at,
                                             m->text.len - place->at, &place->len);
        place->after = a->contexts[place->symbol];
}

/* A place in the middle: what is before it has to be read backwards. */
static void place_set(const struct machine *m, size_t at, struct place *place)
{
        const struct cm_re_alphabet *a = &m->re->alphabet;
        *place = (struct place){ .at = at, .before = CM_RE_CTX_EDGE };
        if (at > 0) {
                size_t back = 1;
                size_t len = 0;
                while (back < 4 && back < at && (m->text.ptr[at - back] & 0xc0) == 0x80)
                        back++;
                const unsigned char *p = (const unsigned char *)m->text.ptr + at - back;
                uint32_t symbol = cm_re_symbol(a, p, back, &len);
                if (len != back) /* no UTF-8: the last byte is a symbol of its own */
                        symbol = cm_re_symbol(a, p + back - 1, 1, &len);
                place->before = a->contexts[symbol];
        }
        place_read(m, place);
}

static void place_next(const struct machine *m, struct place *place)
{
        place->before = place->after;
        place->at += place->len;
        place_read(m, place);
}

static void list_init(struct threads *list, size_t inst_count, size_t slot_count,
                      struct cm_arena *arena)
{
        *list = (struct threads){ .pcs = CM_NEW_ARRAY(arena, uint32_t, inst_count),
                                  .seen = CM_NEW_ARRAY(arena, uint32_t, inst_count),
                                  .seen_count = inst_count };
        /* Written before they are read. */
        list->slots = cm_arena_alloc_array(arena, inst_count * slot_count, sizeof(uint32_t),
                                           _Alignof(uint32_t));
}

static void list_clear(struct threads *list)
{
        list->count = 0;
        if (++list->generation == 0) {
                memset(list->seen, 0, list->seen_count * sizeof(list->seen[0]));
                list->generation = 1;
        }
}

static void machine_init(struct machine *m, const struct cm_regex *re, struct cm_sv text,
                         size_t slot_count, struct cm_arena *arena)
{
        *m = (struct machine){ .re = re, .text = text, .slot_count = slot_count };
        _Static_assert(CM_REGEX_PROGRAM_MAX * (CM_REGEX_GROUPS_MAX + 1) * 2 * 2 * 4 +
                                       CM_REGEX_PROGRAM_MAX * 40 <=
                               CM_REGEX_SCRATCH_BYTES_MAX,
                       "the working memory of a search is bounded");
        list_init(&m->lists[0], re->count, slot_count, arena);
        list_init(&m->lists[1], re->count, slot_count, arena);
        m->todo = CM_NEW_ARRAY(arena, struct todo, re->count + 1);
        m->slots = CM_NEW_ARRAY(arena, uint32_t, slot_count);
        m->best = CM_NEW_ARRAY(arena, uint32_t, slot_count);
}

static void save(struct machine *m, size_t *depth, uint32_t slot, uint32_t value)
{
        if (slot >= m->slot_count)
                return;
        m->todo[(*depth)++] = (struct todo){ NOWHERE, slot, m->slots[slot] };
        m->slots[slot] = value;
}

/*
 * Adds thread `pc` with m->slots, and what it leads to without a symbol. Each instruction puts at
 * most two on the stack and is followed once, so the stack needs no more than one for each.
 */
static void add_thread(struct machine *m, struct threads *list, uint32_t pc,
                       const struct place *place)
{
        size_t depth = 0;
        m->todo[depth++] = (struct todo){ .pc = pc };
        while (depth > 0) {
                struct todo t = m->todo[--depth];
                if (t.pc == NOWHERE) {
                        m->slots[t.slot] = t.value;
                        continue;
                }
                /* A loop, so that a chain of instructions needs no stack. */
                for (pc = t.pc; list->seen[pc] != list->generation;) {
                        const struct cm_re_inst *in = &m->re->insts[pc];
                        list->seen[pc] = list->generation;
                        if (in->op == CM_RE_OP_SPLIT) {
                                m->todo[depth++] = (struct todo){ .pc = in->arg };
                        } else if (in->op == CM_RE_OP_SAVE) {
                                save(m, &depth, in->arg, (uint32_t)place->at);
                        } else if (in->op == CM_RE_OP_ASSERT) {
                                if (!cm_re_assert_holds(in->arg, place->before, place->after))
                                        break;
                        } else {
                                memcpy(list->slots + list->count * m->slot_count, m->slots,
                                       m->slot_count * sizeof(m->slots[0]));
                                list->pcs[list->count++] = pc;
                                break;
                        }
                        pc = in->out;
                }
        }
}

/* Takes the symbol at `place`; threads that can have it go on in `to`. */
static void step(struct machine *m, const struct threads *from, struct threads *to,
                 const struct place *place, const struct place *next)
{
        const struct cm_re_alphabet *a = &m->re->alphabet;
        list_clear(to);
        for (size_t i = 0; i < from->count; i++) {
                const struct cm_re_inst *in = &m->re->insts[from->pcs[i]];
                const uint32_t *slots = from->slots + i * m->slot_count;
                if (in->op == CM_RE_OP_MATCH) {
                        m->matched = true;
                        if (m->slot_count > 0) {
                                memcpy(m->best, slots, m->slot_count * sizeof(slots[0]));
                                m->best[1] = (uint32_t)place->at;
                        }
                        return; /* the others are worse */
                }
                if (place->len > 0 && cm_re_set_has(a, in->arg, place->symbol)) {
                        if (m->slot_count > 0)
                                memcpy(m->slots, slots, m->slot_count * sizeof(slots[0]));
                        add_thread(m, to, in->out, next);
                }
        }
}

/* With no thread under way the next place worth a look is where the prefix is; false: nowhere. */
static bool skip_to_prefix(const struct machine *m, struct place *place)
{
        if (m->re->is_anchored)
                return place->at == 0;
        if (m->re->prefix.len == 0)
                return true;
        ptrdiff_t found = cm_sv_find(cm_sv_skip(m->text, place->at), m->re->prefix);
        if (found > 0)
                place_set(m, place->at + (size_t)found, place);
        return found >= 0;
}

/* The leftmost match that begins at or after `from`; its slots are in m->best. */
static bool machine_run(struct machine *m, size_t from)
{
        struct threads *now = &m->lists[0];
        struct threads *then = &m->lists[1];
        struct place place;
        m->matched = false;
        place_set(m, from, &place);
        list_clear(now);
        for (;;) {
                if (now->count == 0 && (m->matched || !skip_to_prefix(m, &place)))
                        break;
                if (!m->matched && (!m->re->is_anchored || place.at == 0)) {
                        for (size_t i = 0; i < m->slot_count; i++)
                                m->slots[i] = NOWHERE;
                        if (m->slot_count > 0)
                                m->slots[0] = (uint32_t)place.at;
                        add_thread(m, now, m->re->start, &place);
                }
                struct place next = place;
                if (place.len > 0)
                        place_next(m, &next);
                step(m, now, then, &place, &next);
                if (place.len == 0 || (m->matched && m->slot_count == 0))
                        break;
                struct threads *t = now;
                now = then;
                then = t;
                place = next;
        }
        m->end = place.at;
        return m->matched;
}

static void fill(const struct machine *m, struct cm_regex_match *ret)
{
        for (size_t i = 0; i < ret->count; i++) {
                uint32_t start = m->best[2 * i];
                uint32_t end = m->best[2 * i + 1];
                bool set = start != NOWHERE && end != NOWHERE;
                ret->spans[i] = set ? (struct cm_regex_span){ start, end }
                                    : (struct cm_regex_span){ SIZE_MAX, SIZE_MAX };
        }
}

uint64_t cm_regex_cost(const struct cm_regex *re, size_t text_bytes)
{
        uint64_t per_byte = 4 + re->count;
        if (re->is_literal)
                per_byte = 1;
        else if (re->count <= LAZY_PROGRAM_MAX && text_bytes < SHORT_TEXT_BYTES)
                per_byte = 1 + re->count / 16; /* the same before and after the table is there */
        else if (table_for(re, SHORT_TEXT_BYTES) != NULL)
                per_byte = 1;
        return 10 + text_bytes * per_byte / 4;
}

bool cm_regex_search(const struct cm_regex *re, struct cm_sv text, struct cm_arena *scratch,
                     struct cm_regex_match *ret_or_null)
{
        struct machine m;
        if (text.len >= NOWHERE)
                return false;
        if (ret_or_null != NULL) {
                struct cm_regex_iter *iter = cm_regex_iter_new(re, text, scratch);
                return cm_regex_iter_next(iter, ret_or_null);
        }
        if (re->is_literal)
                return cm_sv_find(text, re->prefix) >= 0;
        const struct cm_re_table *table = table_for(re, text.len);
        if (table != NULL)
                return cm_re_table_has(re, table, text, 0);
        int has = cm_re_dfa_has(re, text, scratch);
        if (has >= 0)
                return has > 0;
        machine_init(&m, re, text, 0, scratch);
        return machine_run(&m, 0);
}

struct cm_regex_iter {
        struct machine machine;
        const struct cm_re_table *table; /* or NULL */
        struct cm_regex_match match;
        size_t at;
        size_t last_end; /* of the match before; SIZE_MAX without one */
        uint64_t bytes;  /* looked at */
        bool done;
};

struct cm_regex_iter *cm_regex_iter_new(const struct cm_regex *re, struct cm_sv text,
                                        struct cm_arena *scratch)
{
        struct cm_regex_iter *iter = CM_NEW(scratch, struct cm_regex_iter);
        iter->last_end = SIZE_MAX;
        iter->match.count = re->group_count + 1;
        iter->match.spans = CM_NEW_ARRAY(scratch, struct cm_regex_span, iter->match.count);
        iter->table = re->is_literal ? NULL : table_for(re, text.len);
        iter->done = text.len >= NOWHERE ||
                     (iter->table != NULL && !cm_re_table_has(re, iter->table, text, 0));
        iter->machine = (struct machine){ .re = re, .text = text };
        if (!iter->done && !re->is_literal)
                machine_init(&iter->machine, re, text, iter->match.count * 2, scratch);
        return iter;
}

static bool find_from(struct cm_regex_iter *iter)
{
        const struct cm_regex *re = iter->machine.re;
        struct cm_sv text = iter->machine.text;
        if (re->is_literal) {
                ptrdiff_t found = cm_sv_find(cm_sv_skip(text, iter->at), re->prefix);
                if (found < 0)
                        return false;
                size_t start = iter->at + (size_t)found;
                iter->match.spans[0] = (struct cm_regex_span){ start, start + re->prefix.len };
                return true;
        }
        /* The rest after the last match is often long: the automaton is quicker to say so. */
        if (iter->table != NULL && !re->has_assert &&
            !cm_re_table_has(re, iter->table, text, iter->at))
                return false;
        bool found = machine_run(&iter->machine, iter->at);
        iter->bytes += iter->machine.end - iter->at;
        if (!found)
                return false;
        fill(&iter->machine, &iter->match);
        return true;
}

bool cm_regex_iter_next(struct cm_regex_iter *iter, struct cm_regex_match *ret)
{
        struct cm_sv text = iter->machine.text;
        while (!iter->done && find_from(iter)) {
                struct cm_regex_span span = iter->match.spans[0];
                bool accept = true;
                if (span.end == iter->at) { /* an empty one, right here */
                        accept = span.end != iter->last_end;
                        iter->done = iter->at >= text.len;
                        if (!iter->done) {
                                uint32_t rune = 0;
                                iter->at +=
                                        cm_rune_decode((const unsigned char *)text.ptr + iter->at,
                                                       text.len - iter->at, &rune);
                        }
                } else {
                        iter->at = span.end;
                }
                iter->last_end = span.end;
                if (accept) {
                        *ret = iter->match;
                        return true;
                }
        }
        iter->done = true;
        return false;
}

uint64_t cm_regex_iter_bytes(const struct cm_regex_iter *iter)
{
        return iter->bytes;
}
